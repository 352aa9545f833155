"""Recordings become ideas: heard, shown, changed, and only then on the board."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.errors import Refusal, UnknownIdea
from bot.messages import Card, Form, Progress, Upload
from bot.ports import Commission, Made
from bot.services.media.drafts import Thought, parted
from bot.services.media.memos import sound_of
from bot.services.media.reviewing import picked
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import SAID, wav
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_call, a_person, a_press


class Shown:
    """Keeps what is shown."""

    address, back = "message-1", ""

    def __init__(self) -> None:
        self.cards: list[Card] = []

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Nobody waits."""

    async def show(self, card: Card) -> None:
        self.cards.append(card)

    async def tell(self, card: Card) -> None:
        self.cards.append(card)

    async def settle(self) -> bool:
        return True


class Ear:
    """Hears what it is told to."""

    def __init__(self, *thoughts: str) -> None:
        self.thoughts = thoughts

    async def make(self, commission: Commission) -> AsyncGenerator[Progress | Made, None]:
        yield Progress(doing="Listening", done=50, total=100)
        text = " ".join(self.thoughts)
        yield Made(files=(), alt=text, facts={"text": text, "thoughts": json.dumps(self.thoughts)})

    async def close(self) -> None:
        """Nothing is held."""


async def a_house(tmp_path: Path, *thoughts: str) -> House:
    store = MemoryStore()
    await store.open()
    return wiring.furnish(
        Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), maker=Ear(*(thoughts or SAID)), now=Hands()
    )


def a_recording(content: bytes = wav(0), name: str = "memo.wav") -> Upload:
    async def fetch() -> bytes:
        return content

    return Upload(name=name, media_type="audio/wav", size=len(content), fetch=fetch, param="file")


async def asked(house: House, *uploads: Upload, person: str = "ann", **args: Any) -> Card:
    reply = Shown()
    call = a_call("memo", person=person, **args)
    await house.desk.call(call if not uploads else _with(call, uploads), reply)
    return reply.cards[-1]


def _with(call: Any, uploads: tuple[Upload, ...]) -> Any:
    from dataclasses import replace

    return replace(call, uploads=uploads)


async def pressed(house: House, key: str, person: str = "ann", **values: str) -> Card:
    reply = Shown()
    await house.desk.press(a_press(key, person=person, values=values), reply)
    return reply.cards[-1]


async def board(house: House) -> list[tuple[str, Any]]:
    ideas = sorted(await house.store.ideas(RED), key=lambda idea: idea.number)
    return [(idea.text, idea.author) for idea in ideas]


async def test_what_was_heard_is_shown_and_on_the_board_only_when_its_speaker_says_so(tmp_path: Path) -> None:
    house = await a_house(tmp_path)

    heard = await asked(house, a_recording())
    before = await board(house)
    _edit, add = heard.controls
    card = await pressed(house, str(add.key))

    assert heard.text == "1. A tea bar on a roof.\n2. Tea by bicycle."
    assert before == []
    assert await board(house) == [(text, a_person("ann")) for text in SAID]
    assert [line.text for line in card.lines] == list(SAID)
    assert all(line.controls for line in card.lines)  # they can be voted on at once


async def test_it_can_be_changed_before(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    edit, _add = (await asked(house, a_recording())).controls

    form = await house.desk.form(a_press(str(edit.key)))
    assert isinstance(form, Form)
    await pressed(house, str(form.key), text="A tea bar under a roof.\n\nTea by boat.")

    assert form.fields[0].value == "\n".join(SAID)
    assert [text for text, _by in await board(house)] == ["A tea bar under a roof.", "Tea by boat."]


async def test_some_of_it_can_be_taken_by_number(tmp_path: Path) -> None:
    house = await a_house(tmp_path, "One idea.", "Two ideas.", "Three ideas.")
    await asked(house, a_recording())

    await asked(house, add="1 3")

    assert [text for text, _by in await board(house)] == ["One idea.", "Three ideas."]


async def test_it_is_nobody_else_s(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    edit, add = (await asked(house, a_recording())).controls

    others = await pressed(house, str(add.key), person="bob")
    form = await house.desk.form(a_press(str(edit.key), person="bob"))

    assert "Only who sent this" in others.text
    assert isinstance(form, Card)
    assert await board(house) == []


async def test_once_its_speaker_s_words_are_deleted_it_cannot_be_put_there(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    _edit, add = (await asked(house, a_recording())).controls
    await house.services.forgetting.forget(a_person("ann"), RED.team)

    assert "not kept here any more" in (await pressed(house, str(add.key))).text


async def test_what_stands_on_the_board_already_is_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    house = await a_house(tmp_path)
    await house.services.listening.own(a_person("bob"), RED, SAID[0])
    _edit, add = (await asked(house, a_recording())).controls

    card = await pressed(house, str(add.key))

    assert [line.text for line in card.lines] == [SAID[1]]
    assert "already" in card.footer


@pytest.mark.parametrize(
    ("uploads", "why"),
    [
        ((), "attach a recording"),
        ((a_recording(b"MZ\x90 a program", "memo.wav"),), "is not a recording"),
        ((a_recording(b"", "memo.wav"),), "is empty"),
    ],
)
async def test_what_is_no_recording_is_a_sentence(tmp_path: Path, uploads: tuple[Upload, ...], why: str) -> None:
    assert why in (await asked(await a_house(tmp_path), *uploads)).text


async def test_silence_is_a_sentence(tmp_path: Path) -> None:
    house = await a_house(tmp_path, "")

    assert "Nothing was understood" in (await asked(house, a_recording())).text


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (b"RIFF\0\0\0\0WAVE", "WAV"), (b"ID3\x04", "MP3"), (b"\xff\xfb\x90", "MP3"), (b"OggS", "Ogg"), (b"fLaC", "FLAC"),
        (b"\0\0\0\x1cftypM4A ", "M4A"), (b"\0\0\0\x1cftypisom", "M4A"), (b"\0\0\0\x1cftypheic", ""),
        (b"\x1a\x45\xdf\xa3", "WebM"),
        (b"\x89PNG\r\n\x1a\n", ""), (b"hello", ""),
    ],
)  # fmt: skip
def test_a_sound_is_known_by_how_it_begins(begin: bytes, kind: str) -> None:
    assert sound_of(begin) == kind


def test_a_long_thought_is_cut_between_words_and_nothing_is_lost() -> None:
    thought = "tea and cake " * 100

    parts = parted(thought)

    assert max(map(len, parts)) <= 400
    assert " ".join(parts) == thought.strip()


@pytest.mark.parametrize(("which", "taken"), [("all", [0, 1, 2]), ("1 3", [0, 2]), ("2-3", [1, 2]), ("3,3", [2])])
def test_numbers_say_which(which: str, taken: list[int]) -> None:
    thoughts = [Thought(text=one) for one in "abc"]

    assert picked(thoughts, which) == [thoughts[place] for place in taken]


@pytest.mark.parametrize("which", ["4", "none", "0"])
def test_what_says_none_is_refused(which: str) -> None:
    with pytest.raises(Refusal, match="Which of them"):
        picked([Thought(text=one) for one in "abc"], which)


async def test_a_memo_of_another_kind_or_channel_is_unknown(tmp_path: Path) -> None:
    house = await a_house(tmp_path)

    with pytest.raises(UnknownIdea):
        await house.services.drafts.draft(a_person("ann"), RED, "hearing", "0" * 24)
