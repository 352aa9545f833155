"""A round as people at a keyboard lead it, and its cards when forty ideas are in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import typed
from bot.domain.ideas import Person
from bot.messages import Call, Card
from bot.services.rounds.listing import MOST_SIGNS, by_theme, listed
from bot.services.rounds.showing import SHOWN
from generators.client.scripted import ScriptedGenerator
from tests.acceptance.drivers.bare import Sheet
from tests.builders import an_id, an_idea
from tests.unit.test_rounds import ANN, BOB, HERE, Town, living

MANY = 14  # more than a card has room for


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with living(tmp_path, ScriptedGenerator()) as town:
        yield town


async def said(town: Town, line: str, person: Person = ANN, *, explicit: bool = False) -> Card:
    """What a typed line is answered."""
    sheet = Sheet(town.chat, person.id)
    source = typed.Source(id=an_id(), person=person, channel=HERE, at=town.hands(), explicit=explicit)
    event = typed.parse(line, source)
    assert isinstance(event, Call)
    await town.house.desk.call(event, sheet)
    return town.chat.messages[sheet.address] if sheet.address else town.chat.whispers[person.id][-1]


@pytest.mark.parametrize(
    "line", ["/round next", "/round NEXT", "/round 下一步", "/共创 下一步", "/round --do 下一步", "/共创 继续"]
)
async def test_the_word_for_it_leads_a_round_on(town: Town, line: str) -> None:
    await town.open(ideas=0)
    await town.jot(BOB, "Lanterns")

    shown = await said(town, line)

    assert shown.title.startswith("Points")
    assert [line.text for line in shown.lines] == ["Lanterns"]


@pytest.mark.parametrize("line", ["/round stop", "/round 停止", "/共创 結束"])
async def test_the_word_for_it_ends_a_round(town: Town, line: str) -> None:
    round = await town.open(ideas=0)

    await said(town, line)

    assert (await town.now(round)).state == "stopped"


@pytest.mark.parametrize("line", ["/round extend", "/round 延长", "/共创 再加五分钟"])
async def test_the_word_for_it_gives_a_phase_five_minutes_more(town: Town, line: str) -> None:
    round = await town.open(ideas=0)

    await said(town, line)

    assert ((await town.now(round)).closes_at - round.closes_at).total_seconds() == 300


async def test_behind_an_announced_command_the_word_needs_no_slash(town: Town) -> None:
    round = await town.open(ideas=0)

    await said(town, "round next", explicit=True)

    assert (await town.now(round)).step == 2


async def test_a_word_of_leading_is_heard_from_whoever_may_lead_alone(town: Town) -> None:
    round = await town.open(ideas=0)

    refused = await said(town, "/round stop", BOB)

    assert "Only whoever opened the round" in refused.text
    assert (await town.now(round)).state == "running"


async def test_without_a_round_a_word_of_leading_says_how_to_open_one(town: Town) -> None:
    refused = await said(town, "/round next")

    assert "Open one with /round" in refused.text
    assert await town.house.store.rounds(HERE) == []


async def test_with_an_option_of_a_new_round_the_word_is_its_topic(town: Town) -> None:
    await said(town, "/round next --ideas 0 --method classic")

    assert (await town.rounds.latest(HERE)).topic == "next"


async def test_who_opens_a_second_round_is_told_how_the_first_goes_on_and_ends(town: Town) -> None:
    await town.open(ideas=0)

    refused = await said(town, "/round names for the winter party")

    assert "/round next" in refused.text
    assert "/round stop" in refused.text


async def many(town: Town) -> list[str]:
    """A round at its points, with more ideas than a card has room for; their texts by number."""
    await town.open(ideas=0)
    for start in range(0, MANY, 7):
        await town.jot(BOB, "\n".join(f"{word} {'abcdefghijklmn'[start + place] * 5}" for place, word in enumerate(WORDS)))
    await town.next()
    while (await town.rounds.latest(HERE)).now.phase != "points":
        await town.next()
    return [idea.text for idea in sorted(await town.ideas(), key=lambda idea: idea.number)]


WORDS = ("kites", "soup", "lanterns", "chess", "a choir", "poems", "seeds")


async def test_where_points_are_given_to_many_ideas_all_stand_in_one_list_in_their_order(town: Town) -> None:
    texts = await many(town)

    card = town.card(await town.rounds.latest(HERE))

    assert len(texts) == MANY > SHOWN
    assert card.lines == ()
    assert [row.partition(" ")[2] for row in card.text.splitlines() if row.startswith("#")] == texts


async def test_the_best_of_many_ideas_stand_at_the_top_of_where_they_are_talked_about_and_of_the_result(town: Town) -> None:
    texts = await many(town)
    await town.give(BOB, f"{MANY}x5")

    await town.next()
    talk = town.card(await town.rounds.latest(HERE))
    for _phase in range(2):
        await town.next()
    result = town.card(await town.rounds.latest(HERE))

    for card in (talk, result):
        assert card.lines[0].text == texts[-1]
        assert len(card.lines) == SHOWN
        assert f"The best {SHOWN} of {MANY}; the others are on the board." in card.text
        assert not any(text in card.text for text in texts)


def test_a_card_that_names_the_most_ideas_fits_a_message() -> None:
    text = listed(
        by_theme([an_idea("w" * 200)] * (MOST_SIGNS // 74 + 1), [])
    )  # 74: number, blank, seventy characters, line break

    assert text.endswith("… and 1 more on the board")
    assert len(text) < 3500  # of the 4 000 that a message holds, of which a phase's own words take less than 500


async def test_what_was_decided_is_told_once(town: Town) -> None:
    await town.open(ideas=0)
    await town.jot(BOB, "Lanterns")
    for _phase in range(3):
        await town.next()

    decided = await said(town, '/decide 1 --action "buy paper" --owner Cat')

    assert decided.text == "buy paper — owner: Cat"
    assert [line.text for line in decided.lines] == ["Lanterns"]
