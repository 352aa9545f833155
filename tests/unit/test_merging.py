"""Two ideas that say the same become one, with the votes on both, and two again."""

from __future__ import annotations

from bot.wiring import House
from tests.builders import RED, an_idea
from tests.unit.test_boards import asked, for_topic, house, pressed, texts

__all__ = ["house"]


async def voted(house: House, number: int, person: str, token: str = "up") -> None:
    idea = await house.store.numbered(RED, number)
    assert idea is not None
    await pressed(house, f"vote:{idea.id}:{token}", person=person)


async def test_merged_ideas_stand_once_with_the_votes_on_both(house: House) -> None:
    await for_topic(house, "tea", "Steep & Co", "Steep and Co", "Leaf")
    await voted(house, 1, "ann")
    await voted(house, 2, "bob")
    await voted(house, 2, "ann")

    card = await asked(house, "merge", idea="2", into="1")
    board = await asked(house, "board")

    assert card.title == "#2 is part of #1 now"
    assert texts(board) == ["Steep & Co", "Leaf"]
    assert board.lines[0].tally is not None
    assert board.lines[0].tally.ups == 2
    assert "with #2" in board.lines[0].note


async def test_undo_parts_them_with_the_votes_that_each_had(house: House) -> None:
    await for_topic(house, "tea", "Steep & Co", "Steep and Co")
    await voted(house, 1, "ann")
    await voted(house, 2, "bob", "down")
    merged = await asked(house, "merge", idea="2", into="1")

    parted = await pressed(house, str(merged.controls[0].key))

    tallies = {line.text: (line.tally.ups, line.tally.downs) for line in parted.lines if line.tally is not None}
    assert tallies == {"Steep & Co": (1, 0), "Steep and Co": (0, 1)}
    assert "stands for itself" in (await asked(house, "merge", idea="2", undo=True)).text


async def test_what_is_said_of_a_merged_idea_is_said_of_the_one_that_stays(house: House) -> None:
    await for_topic(house, "tea", "Steep & Co", "Steep and Co")
    await asked(house, "merge", idea="2", into="1")

    await voted(house, 2, "ann")
    picked = await asked(house, "pick", idea="2")

    assert [line.number for line in picked.lines] == [1]
    assert [line.tally.ups for line in picked.lines if line.tally] == [1]


async def test_an_idea_is_not_merged_into_itself_nor_with_a_picture_nor_put_back_by_restore(house: House) -> None:
    await for_topic(house, "tea", "Steep & Co", "Steep and Co")
    await house.store.add(an_idea("A teapot", modality="image"))

    itself = await asked(house, "merge", idea="1", into="1")
    picture = await asked(house, "merge", idea="1", into="3")
    alone = await asked(house, "merge", idea="1")
    await asked(house, "merge", idea="2", into="1")
    restored = await asked(house, "restore", idea="2", admin=True)

    assert "into itself" in itself.text
    assert "Only words" in picture.text
    assert "Into which idea" in alone.text
    assert "/merge 2 --undo" in restored.text
