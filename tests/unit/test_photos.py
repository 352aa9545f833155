"""A photo of sticky notes becomes ideas: read, shown by column, changed, and only then on the board."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot import wiring
from bot.config import Settings
from bot.messages import Card, Form, Progress, Upload
from bot.ports import Commission, Made
from bot.services.media.drafts import MOST_THOUGHTS, Thought, thoughts_in, written
from bot.services.media.reviewing import listed
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import PINNED, png
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_call, a_person, a_press

Columns = Sequence[tuple[str, Sequence[str]]]


class Shown:
    """Keeps what is shown."""

    address, back = "message-1", ""

    def __init__(self) -> None:
        self.cards: list[Card] = []
        self.private: list[bool] = []

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        self.private.append(private)

    async def show(self, card: Card) -> None:
        self.cards.append(card)

    async def tell(self, card: Card) -> None:
        self.cards.append(card)

    async def settle(self) -> bool:
        return True


class Eye:
    """Reads what it is told to."""

    def __init__(self, columns: Columns, unread: int = 0) -> None:
        self.columns, self.unread = columns, unread
        self.asked: list[Commission] = []

    async def make(self, commission: Commission) -> AsyncGenerator[Progress | Made, None]:
        self.asked.append(commission)
        yield Progress(doing="Reading", done=50, total=100)
        yield Made(files=(), alt="", facts={"columns": json.dumps(self.columns), "unread": self.unread})

    async def close(self) -> None:
        """Nothing is held."""


async def a_house(tmp_path: Path, columns: Columns = PINNED, unread: int = 0) -> House:
    store = MemoryStore()
    await store.open()
    maker = Eye(columns, unread)
    return wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), maker=maker, now=Hands())


def a_photo(content: bytes = png(3), name: str = "wall.png") -> Upload:
    async def fetch() -> bytes:
        return content

    return Upload(name=name, media_type="image/png", size=len(content), fetch=fetch, param="file")


async def asked(house: House, *uploads: Upload, **args: str) -> Shown:
    reply = Shown()
    await house.desk.call(replace(a_call("photo", person="ann", **args), uploads=uploads), reply)
    return reply


async def pressed(house: House, key: str, person: str = "ann", **values: str) -> Shown:
    reply = Shown()
    await house.desk.press(a_press(key, person=person, values=values), reply)
    return reply


async def board(house: House) -> list[tuple[str, str, str]]:
    """Of each idea its text, its author's id and its topic."""
    found = []
    for idea in sorted(await house.store.ideas(RED), key=lambda idea: idea.number):
        under = idea.brainstorm and await house.store.brainstorm(RED.team, idea.brainstorm)
        found.append((idea.text, idea.author.id if idea.author else "", under.prompt.text if under and under.prompt else ""))
    return found


async def test_notes_are_shown_by_column_to_who_took_the_photo_and_the_board_is_as_it_was(tmp_path: Path) -> None:
    house = await a_house(tmp_path)

    reply = await asked(house, a_photo())

    assert reply.cards[-1].text == "Pros:\n1. Cheap rent.\n2. Large windows.\n\nCons:\n3. A loud street."
    assert reply.private == [True]
    assert all(card.private for card in reply.cards)
    assert await board(house) == []


async def test_they_go_on_the_board_for_all_to_see_credited_and_each_for_its_heading(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    _edit, add = (await asked(house, a_photo())).cards[-1].controls

    reply = await pressed(house, str(add.key))

    assert reply.private == [False]
    assert not reply.cards[-1].private
    assert [(line.text, line.note, line.by) for line in reply.cards[-1].lines] == [
        ("Cheap rent.", "Pros · added by hand", a_person("ann")),
        ("Large windows.", "Pros · added by hand", a_person("ann")),
        ("A loud street.", "Cons · added by hand", a_person("ann")),
    ]
    assert [(text, topic) for text, _by, topic in await board(house)] == [
        ("Cheap rent.", "Pros"), ("Large windows.", "Pros"), ("A loud street.", "Cons"),
    ]  # fmt: skip


async def test_the_heading_stands_beside_an_idea_on_the_board_and_a_vote_for_it_counts(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    _edit, add = (await asked(house, a_photo())).cards[-1].controls
    line = (await pressed(house, str(add.key))).cards[-1].lines[-1]

    await pressed(house, f"vote:{line.idea}:up", person="bob")
    reply = Shown()
    await house.desk.call(a_call("board", person="ann"), reply)

    best = reply.cards[-1].lines[0]
    assert (best.text, best.note) == ("A loud street.", "added by hand · for “Cons”")
    assert best.tally is not None
    assert best.tally.ups == 1


async def test_words_and_headings_can_be_changed_before(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    edit, _add = (await asked(house, a_photo())).cards[-1].controls

    form = await house.desk.form(a_press(str(edit.key)))
    assert isinstance(form, Form)
    assert form.fields[0].value == "Pros:\nCheap rent.\nLarge windows.\n\nCons:\nA loud street."
    await pressed(house, str(form.key), text="For it：\nCheap rent.\n\nTea by boat.")

    assert [(text, topic) for text, _by, topic in await board(house)] == [("Cheap rent.", "For it"), ("Tea by boat.", "")]


async def test_some_can_be_taken_by_number(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    await asked(house, a_photo())

    await asked(house, add="2-3")

    assert [text for text, _by, _topic in await board(house)] == ["Large windows.", "A loud street."]


async def test_somebody_else_cannot_put_them_there(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    _edit, add = (await asked(house, a_photo())).cards[-1].controls

    assert "Only who sent this" in (await pressed(house, str(add.key), person="bob")).cards[-1].text
    assert await board(house) == []


async def test_of_a_wall_of_48_all_are_on_the_board_and_the_answer_says_where_the_rest_is(tmp_path: Path) -> None:
    house = await a_house(tmp_path, [("", [f"idea of note {number}" for number in range(48)])])
    _edit, add = (await asked(house, a_photo())).cards[-1].controls

    card = (await pressed(house, str(add.key))).cards[-1]

    assert len(await board(house)) == 48
    assert len(card.lines) == 10
    assert "/board has all" in card.footer


async def test_what_is_more_than_fits_is_said_and_not_dropped_without_a_word(tmp_path: Path) -> None:
    house = await a_house(tmp_path, [("", [f"idea of note {number}" for number in range(MOST_THOUGHTS + 3)])])

    card = (await asked(house, a_photo())).cards[-1]

    assert card.footer.startswith("3 more were found than fit here.")


async def test_once_their_words_are_deleted_neither_notes_nor_headings_are_kept(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    _edit, add = (await asked(house, a_photo())).cards[-1].controls
    await pressed(house, str(add.key))

    await house.services.forgetting.forget(a_person("ann"), RED.team)

    kept = [one.prompt for one in await house.store.brainstorms(RED, limit=10)]
    assert not any(kept)
    assert "not kept here any more" in (await pressed(house, str(add.key))).cards[-1].text


@pytest.mark.parametrize(
    ("columns", "unread", "upload", "why"),
    [
        ([], 0, None, "attach a photo"),
        ([], 0, a_photo(), "Nothing could be read"),
        ([], 4, a_photo(), "in a script that cannot be read"),
        (PINNED, 0, a_photo(b"MZ\x90 a program"), "is a program"),
        (PINNED, 0, a_photo(b"\0\0\0\x1cftypheic" + bytes(20), "IMG_1.HEIC"), "Send it as JPEG"),
    ],
)
async def test_what_cannot_be_read_is_a_sentence(
    tmp_path: Path, columns: Columns, unread: int, upload: Upload | None, why: str
) -> None:
    house = await a_house(tmp_path, columns, unread)

    assert why in (await asked(house, *([upload] if upload else []))).cards[-1].text


def test_what_is_written_to_be_changed_is_read_back_as_it_was() -> None:
    thoughts = [Thought(text="a"), Thought(text="b", group="Pros"), Thought(text="c"), Thought(text="d", group="Cons")]

    assert thoughts_in(written(thoughts, 1000)[0]) == thoughts


def test_what_a_field_cannot_hold_is_counted_and_no_line_is_cut() -> None:
    thoughts = [Thought(text="twelve words " * 3, group="Pros") for _number in range(9)]

    text, fit = written(thoughts, 120)

    assert fit == 2
    assert len(thoughts_in(text)) == 2
    assert len(text) <= 120


def test_numbers_go_on_over_groups() -> None:
    assert listed([Thought(text="a", group="x"), Thought(text="b", group="y")]) == "x:\n1. a\n\ny:\n2. b"


async def a_round(house: House) -> None:
    await house.desk.call(a_call("round", person="ann", topic="a tea bar", ideas=0), Shown())


async def test_a_photo_that_is_imported_is_read_as_one(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    reply = Shown()

    await house.desk.call(replace(a_call("import"), uploads=(a_photo(),)), reply)
    added = await pressed(house, str(reply.cards[-1].controls[1].key))

    assert reply.cards[-1].private
    assert reply.cards[-1].text == listed([Thought(text=text, group=group) for group, texts in PINNED for text in texts])
    assert len(added.cards[-1].lines) == 3


async def test_what_is_on_a_photo_goes_into_a_round_unseen(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    await a_round(house)
    reply = await asked(house, a_photo())
    into = next(control.key for control in reply.cards[-1].controls if control.key.token == "round")

    told = await pressed(house, str(into))
    (round,) = await house.store.rounds(RED)

    assert told.cards[-1].text == "All 3 are kept until the reveal."
    assert told.private == [True]
    kept = {note.text for note in await house.store.notes(RED.team, round.id)}
    assert kept == {text for _group, texts in PINNED for text in texts}
    assert await house.store.ideas(RED) == []


async def test_without_a_round_that_takes_ideas_none_is_offered(tmp_path: Path) -> None:
    house = await a_house(tmp_path)

    reply = await asked(house, a_photo())

    assert {control.key.token for control in reply.cards[-1].controls} == {"edit", "add"}
