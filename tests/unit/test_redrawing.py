"""Messages are redrawn once what they show was deleted: when that can be, and no sooner."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.ideas import Channel, Prompt, Team
from bot.domain.models import Tuning
from bot.messages import Card, File, Line
from bot.ports import Reply
from bot.services.team.forgetting import MOST_ARCHIVE
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import NOON, RED, Hands, a_brainstorm, a_person, an_idea


class Page:
    """A message at an address."""

    def __init__(self, chat: Wall, address: str) -> None:
        self.chat = chat
        self.address = address

    async def ack(self, *, private: bool = False) -> None:
        """Nobody waits."""

    async def show(self, card: Card) -> None:
        self.chat.cards[self.address] = card

    async def tell(self, card: Card) -> None:
        """Nobody listens."""


class Wall:
    """A chat whose messages can be changed."""

    name = "test"
    changes = True

    def __init__(self) -> None:
        self.cards: dict[str, Card] = {}
        self.torn: set[str] = set()

    def at(self, address: str) -> Reply | None:
        return None if address in self.torn else Page(self, address)  # type: ignore[return-value]


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def house(tmp_path: Path, wall: Wall) -> AsyncIterator[House]:
    store = MemoryStore()
    made = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands(), learns=False)
    made.services.redrawing.chats = lambda: [wall]  # type: ignore[list-item]
    yield made
    await made.desk.close()


async def test_a_card_is_redrawn_once_and_a_board_says_what_happened(house: House, wall: Wall) -> None:
    hers = a_brainstorm(prompt=Prompt(text="a secret plan"), address="1", state="done")
    await house.store.begin(hers)
    wrote = await house.store.add(an_idea("A secret of mine", author=a_person(), brainstorm=hers.id))
    await house.services.redrawing.show(Page(wall, "2"), Card(title="Board", lines=(a_line(wrote.id),)), RED)  # type: ignore[arg-type]

    await house.services.forgetting.forget(a_person(), RED.team)
    assert await house.services.redrawing.redraw()

    assert (wall.cards["1"].title, wall.cards["1"].lines) == ("Ideas", ())
    assert wall.cards["2"] == Card(text="What stood here was deleted by the person who wrote it.")
    wall.cards.clear()
    assert await house.services.redrawing.redraw()
    assert wall.cards == {}


def a_line(idea: str) -> Line:
    return Line(idea=idea, number=1, text="A secret of mine")  # type: ignore[arg-type]


async def test_a_card_that_still_grows_is_redrawn_when_it_is_done(house: House, wall: Wall) -> None:
    hers = a_brainstorm(prompt=Prompt(text="a secret plan"), address="1")
    await house.store.begin(hers)
    await house.services.forgetting.forget(a_person(), RED.team)

    assert not await house.services.redrawing.redraw()
    assert wall.cards == {}
    await house.store.finish(hers, "done", NOON)
    assert await house.services.redrawing.redraw()

    assert wall.cards["1"].title == "Ideas"


async def test_a_message_out_of_reach_is_given_up(house: House, wall: Wall) -> None:
    await house.store.begin(a_brainstorm(address="1", state="done"))
    wall.torn.add("1")
    await house.services.forgetting.forget(a_person(), RED.team)

    assert await house.services.redrawing.redraw()

    assert await house.store.stale_posts(["test"]) == []


async def test_another_platform_s_messages_wait_for_who_serves_it(house: House, wall: Wall) -> None:
    there = Channel(team=replace(RED.team, platform="elsewhere"), id="general")
    await house.store.begin(a_brainstorm(channel=there, address="1", state="done"))
    await house.services.forgetting.forget(a_person(), there.team)

    assert await house.services.redrawing.redraw()

    assert len(await house.store.stale_posts(["elsewhere"])) == 1


async def test_private_cards_and_those_without_ideas_are_not_noted(house: House, wall: Wall) -> None:
    mine = await house.store.add(an_idea(author=a_person()))
    await house.services.redrawing.show(Page(wall, "1"), Card(lines=(a_line(mine.id),), private=True), RED)  # type: ignore[arg-type]
    await house.services.redrawing.show(Page(wall, "2"), Card(text="Nothing here yet"), RED)  # type: ignore[arg-type]

    await house.services.forgetting.forget(a_person(), RED.team)

    assert await house.store.stale_posts(["test"]) == []


async def test_the_export_has_everything_they_said_and_their_files(house: House) -> None:
    said = Prompt(
        text="a plan",
        style="dry",
        tone="warm",
        options=(("audience", "cats"),),
        operation="remix",
        about=("one", "two"),
        kind="copy",
    )
    asked = a_brainstorm(prompt=said)
    await house.store.begin(asked)
    await house.store.add(an_idea("Mine", author=a_person(), asker=a_person()))
    file = File(name="../odd\u202ename.png", media_type="image/png", content=b"pixels", alt="A cat")
    await house.store.keep_media(RED.team, asked.id, [file], NOON)

    told = json.loads((await house.services.forgetting.export(a_person(), RED.team)).content)
    (archive,) = await house.services.forgetting.archives(a_person(), RED.team)

    assert told["topics"][0] | {"at": "", "id": ""} == {
        "at": "",
        "id": "",
        "channel": "general",
        "topic": "a plan",
        "count": 5,
        "style": "dry",
        "tone": "warm",
        "kind": "copy",
        "language": "en",
        "modality": "text",
        "operation": "remix",
        "about": ["one", "two"],
        "options": {"audience": "cats"},
    }
    assert told["ideas"][0]["text"] == "Mine"
    assert (told["media"][0]["shows"], told["media"][0]["size"]) == ("A cat", 6)
    with zipfile.ZipFile(io.BytesIO(archive.content)) as packed:
        (name,) = packed.namelist()
        assert packed.read(name) == b"pixels"
    assert name == told["media"][0]["file"]
    assert name.startswith(f"{asked.id}/0-")
    assert "/.." not in name


async def test_many_files_are_several_archives(house: House) -> None:
    asked = a_brainstorm()
    await house.store.begin(asked)
    half = MOST_ARCHIVE // 2 + 1
    files = [File(name=f"{n}.png", media_type="image/png", content=bytes([n]) * half) for n in range(3)]
    await house.store.keep_media(RED.team, asked.id, files, NOON)

    archives = await house.services.forgetting.archives(a_person(), RED.team)

    assert [file.name for file in archives] == [f"muselab-about-me-{n}.zip" for n in (1, 2, 3)]


async def test_an_interrupted_tuning_run_keeps_nothing_of_what_it_was_to_learn(house: House, tmp_path: Path) -> None:
    runs = tmp_path / "tuning"
    for id, until in (("left", None), ("alive", NOON + timedelta(minutes=1))):
        await house.store.take_tuning(
            Tuning(id=id, team=Team(platform="test", id=id), began_at=NOON, changed_at=NOON, leased_until=until), NOON
        )
        (runs / id).mkdir(parents=True)
        (runs / id / "training-set.json").write_text("her words")

    for id in ("left", "alive"):
        await house.services.forgetting.forget(a_person(), Team(platform="test", id=id))

    assert [(runs / id).exists() for id in ("left", "alive")] == [False, True]
