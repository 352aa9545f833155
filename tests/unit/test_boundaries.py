"""What somebody names of another team is not there: every place in which an id is typed or carried by a control."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import commands, plugins, signals, wiring
from bot.config import Settings
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import PLATFORM, BareChat, Sheet
from tests.builders import BLUE, NOON, RED, a_brainstorm, a_call, a_press, a_version, an_idea

IDEA, OTHER = "{idea}", "{other}"  # an idea of the other team, and its brainstorm
#: Arguments of each command that takes what an idea or a brainstorm is named by.
CALLS: dict[str, dict[str, Any]] = {
    "compose": {"what": IDEA},
    "correct": {"topic": "tea", "brainstorm": OTHER},
    "decide": {"number": IDEA},
    "delete": {"brainstorm": OTHER},
    "hide": {"idea": IDEA},
    "imagine": {"what": IDEA},
    "poem": {"topic": IDEA},
    "merge": {"idea": IDEA, "into": IDEA},
    "more": {"idea": IDEA},
    "pick": {"idea": IDEA},
    "pitch": {"what": IDEA},
    "polish": {"idea": IDEA},
    "remix": {"first": IDEA, "second": IDEA},
    "restore": {"idea": IDEA},
    "say": {"what": IDEA},
    "state": {"idea": IDEA, "state": "dropped"},
    "spin": {"brainstorm": OTHER, "direction": "underwater"},
    "stop": {"brainstorm": OTHER},
    "why": {"idea": IDEA},
}
#: Signals by what is said with them.
SIGNALS = {"edit": "text", "emoji": "🔥", "pick": "yes", "stars": "4", "vote": "up"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    made = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator())
    yield made
    await made.desk.close()


@pytest.fixture
async def theirs(house: House) -> dict[str, str]:
    """What the other team has, by how it stands in `CALLS`."""
    other = a_brainstorm(channel=BLUE)
    await house.store.begin(other)
    await house.store.finish(other, "done", NOON)
    idea = await house.store.add(an_idea("Blue Leaf", channel=BLUE, brainstorm=other.id))
    return {IDEA: idea.id, OTHER: other.id}


@pytest.fixture
def chat(house: House) -> BareChat:
    made = BareChat()
    house.desk.watch.chats = {PLATFORM: made, "test": made}
    return made


def seen(chat: BareChat) -> str:
    """All that anybody read."""
    cards = [*chat.messages.values(), *(card for said in chat.whispers.values() for card in said)]
    return "\n".join([card.title + card.text + "".join(line.text for line in card.lines) for card in cards])


async def unchanged(house: House, theirs: dict[str, str]) -> None:
    (idea,) = await house.store.ideas(BLUE, hidden=True)
    assert not idea.hidden
    assert await house.store.feedback(BLUE.team, [idea.id]) == []
    assert await house.store.hidings(BLUE, limit=9) == []
    assert [one.id for one in await house.store.brainstorms(BLUE, limit=9)] == [theirs[OTHER]]
    assert await house.store.ideas(RED, hidden=True) == []


@pytest.mark.parametrize("command", CALLS)
async def test_no_command_takes_an_idea_or_a_brainstorm_of_another_team(
    house: House, chat: BareChat, theirs: dict[str, str], command: str
) -> None:
    args = {name: theirs.get(value, value) for name, value in CALLS[command].items()}

    await house.desk.call(a_call(command, admin=True, **args), Sheet(chat, "ann"))

    assert "Blue Leaf" not in seen(chat)
    assert "There is no" in seen(chat)
    await unchanged(house, theirs)


@pytest.mark.parametrize("signal", plugins.names(signals))
async def test_nothing_is_said_of_an_idea_of_another_team(
    house: House, chat: BareChat, theirs: dict[str, str], signal: str
) -> None:
    press = a_press(f"{signal}:{theirs[IDEA]}:{SIGNALS[signal]}", admin=True, values={"text": "Red Leaf", "stars": "4"})

    await house.desk.press(press, Sheet(chat, "ann"))

    assert "Blue Leaf" not in seen(chat)
    await unchanged(house, theirs)


@pytest.mark.parametrize("action", ["show", "promote", "rollback"])
async def test_no_version_of_another_team_s_model_is_taken(
    house: House, chat: BareChat, theirs: dict[str, str], action: str
) -> None:
    version = a_version(team=BLUE.team)
    await house.store.keep_version(version)

    await house.desk.call(a_call("model", admin=True, action=action, version=version.id), Sheet(chat, "ann"))

    assert [one.stage for one in await house.store.versions(BLUE.team)] == [version.stage]
    assert await house.store.versions(RED.team) == []


def test_every_command_that_takes_an_idea_is_tried() -> None:
    takes = {
        name
        for name in plugins.names(commands)
        if any(param.kind in ("idea", "about") for param in plugins.load(commands, name).PARAMS)
        or hasattr(plugins.load(commands, name), "on_idea")
    }

    assert takes <= set(CALLS)
    assert set(SIGNALS) == set(plugins.names(signals))
