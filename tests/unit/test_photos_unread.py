"""Notes that could not be read are shown as pictures, typed in by the person or left out."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path

from bot import wiring
from bot.config import Settings
from bot.messages import THUMBNAIL, Card, File, Form, Progress, Upload
from bot.ports import Commission, Made
from bot.services.media.drafts import Thought, thoughts_in, written
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import png
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_call, a_press
from tests.unit.test_memos import Shown

HALF = (("", ("Cheap rent.", "")), ("Cons", ("", "A loud street.")))
NONE = (("", ("", "")),)


class Eye:
    """Reads what it is told to, and cuts out the rest."""

    def __init__(self, columns: Sequence[tuple[str, Sequence[str]]]) -> None:
        self.columns = columns

    async def make(self, commission: Commission) -> AsyncGenerator[Progress | Made, None]:
        picture = File(name="unread-1.jpg", media_type="image/png", content=png(1))
        small = File(name=THUMBNAIL, media_type="image/jpeg", content=b"")  # what the workers add to every work with pictures
        yield Made(files=(picture, small), alt="", facts={"columns": json.dumps(self.columns), "unread": 2})

    async def close(self) -> None:
        """Nothing is held."""


async def photographed(tmp_path: Path, columns: Sequence[tuple[str, Sequence[str]]] = HALF) -> tuple[House, Card]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), maker=Eye(columns), now=Hands())

    async def fetch() -> bytes:
        return png(3)

    photo = Upload(name="wall.png", media_type="image/png", size=len(png(3)), fetch=fetch, param="file")
    reply = Shown()
    await house.desk.call(replace(a_call("photo", person="ann"), uploads=(photo,)), reply)
    return house, reply.cards[-1]


async def pressed(house: House, key: str, **values: str) -> Card:
    reply = Shown()
    await house.desk.press(a_press(key, person="ann", values=values), reply)
    return reply.cards[-1]


async def board(house: House) -> list[str]:
    return [idea.text for idea in sorted(await house.store.ideas(RED), key=lambda idea: idea.number)]


async def test_what_could_not_be_read_is_shown_as_pictures_to_who_took_the_photo(tmp_path: Path) -> None:
    _house, card = await photographed(tmp_path)

    assert card.private
    assert card.text == "1. Cheap rent.\n2. [picture 1]\n\nCons:\n3. [picture 2]\n4. A loud street."
    assert [(file.name, file.alt) for file in card.files] == [
        ("unread-1.jpg", "Notes that could not be read, each with its number")
    ]
    assert card.footer.startswith("2 notes could not be read")
    assert [control.label for control in card.controls] == ["Type them in", "Put all 2 on the board"]


async def test_they_are_typed_in_over_their_names_and_those_left_as_they_are_become_no_ideas(tmp_path: Path) -> None:
    house, card = await photographed(tmp_path)
    key = str(card.controls[0].key)

    form = await house.desk.form(a_press(key))
    assert isinstance(form, Form)
    typed = form.fields[0].value.replace("[picture 2]", "No kitchen")
    await pressed(house, key, text=typed)

    assert "[picture 1]" in typed
    assert await board(house) == ["Cheap rent.", "No kitchen", "A loud street."]


async def test_all_are_those_that_were_read(tmp_path: Path) -> None:
    house, card = await photographed(tmp_path)

    await pressed(house, str(card.controls[1].key))

    assert await board(house) == ["Cheap rent.", "A loud street."]


async def test_where_nothing_was_read_only_typing_is_offered_and_nothing_typed_is_a_sentence(tmp_path: Path) -> None:
    house, card = await photographed(tmp_path, NONE)
    (edit,) = card.controls

    told = await pressed(house, str(edit.key), text="[picture 1]\n[图片 2]")

    assert "not typed in yet" in told.text
    assert await board(house) == []
    await pressed(house, str(edit.key), text="[picture 1] Tea by boat\n[picture 2]")
    assert await board(house) == ["Tea by boat"]


async def test_into_a_round_goes_what_was_read(tmp_path: Path) -> None:
    house, _card = await photographed(tmp_path)
    await house.desk.call(a_call("round", person="ann", topic="a tea bar", ideas=0), Shown())
    draft = next(one for one in await house.store.brainstorms(RED, limit=5) if one.prompt and one.prompt.modality == "vision")

    told = await pressed(house, f"photo:{draft.id}:round")

    assert told.text == "All 2 are kept until the reveal."


def test_pictures_that_were_typed_in_keep_their_heading() -> None:
    thoughts = [Thought(text="", group="Pros", picture=1), Thought(text="b", group="Pros")]

    assert thoughts_in(written(thoughts, 100)[0].replace("[picture 1]", "[picture 1] a")) == [
        Thought(text="a", group="Pros"), Thought(text="b", group="Pros"),
    ]  # fmt: skip
