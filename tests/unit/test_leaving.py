"""A team that has left is forgotten wholly when its time is over, and no other loses anything."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.cli import oneshot
from bot.config import Settings, StoreTable
from bot.domain.errors import Refusal
from bot.domain.ideas import Channel, Team
from bot.domain.models import Tuning, content_name
from bot.messages import File
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.weights import FILES, MANIFEST, AdapterFolder
from tests.builders import BLUE, NOON, RED, Hands, a_brainstorm, a_person, a_version, an_idea, an_opinion


def an_adapter(home: Path, content: bytes) -> str:
    """A kept adapter with these weights."""
    import hashlib

    name = content_name(hashlib.sha256(b"{}").digest(), hashlib.sha256(content).digest())
    folder = home / wiring.ADAPTERS / name
    folder.mkdir(parents=True)
    for file, bytes in zip(FILES, (b"{}", content), strict=True):
        (folder / file).write_bytes(bytes)
    (folder / MANIFEST).write_text(json.dumps({"adapter": name}))
    return name


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, store=StoreTable(leave_days=30))


@pytest.fixture
async def house(settings: Settings, hands: Hands) -> AsyncIterator[House]:
    async with wiring.opened_store(settings) as store:
        yield wiring.furnish(settings, store=store, generator=ScriptedGenerator(), now=hands, learns=False)


async def filled(house: House, channel: Channel, shared: str) -> dict[str, Path]:
    """Something of everything; the paths that are the team's own."""
    store, home, team = house.store, house.settings.home, channel.team
    source = a_brainstorm(channel=channel)
    await store.begin(source)
    idea = await store.add(an_idea(f"of {team.id}", channel=channel, brainstorm=source.id))
    await store.hear(team, an_opinion(idea))
    await store.keep_media(team, idea.id, [File(name="a.png", media_type="image/png", content=team.id.encode())], NOON)
    own = an_adapter(home, team.id.encode())
    await store.keep_version(a_version(1, id=f"{team.id}-v1", team=team, adapter=own))
    await store.keep_version(a_version(2, id=f"{team.id}-v2", team=team, adapter=shared))
    await store.take_tuning(Tuning(id=f"run-{team.id}", team=team, began_at=NOON, changed_at=NOON), NOON)
    run = home / wiring.RUNS / f"run-{team.id}"
    run.mkdir(parents=True)
    weights = home / f"{team.id}.part"
    weights.write_bytes(b"style")
    styles = house.services.leaving.styles
    styles.keep(team, weights, {"base": "x", "pictures": []})
    return {"adapter": home / wiring.ADAPTERS / own, "run": run, "style": home / "styles" / styles.name(team)}


async def test_a_team_is_forgotten_with_its_weights_files_and_runs_and_the_others_keep_theirs(house: House) -> None:
    shared = an_adapter(house.settings.home, b"shared")
    red, blue = await filled(house, RED, shared), await filled(house, BLUE, shared)
    before = await house.store.ideas(BLUE)

    cleared = await house.services.leaving.forget(RED.team)

    assert cleared.rows > 5
    assert not [what for what, path in red.items() if path.exists()]
    assert all(path.exists() for path in blue.values())
    assert set(AdapterFolder(house.settings.home / wiring.ADAPTERS).names()) == {shared, blue["adapter"].name}
    assert await house.store.ideas(BLUE) == before
    assert await house.store.media_used(BLUE.team) > 0
    assert await house.store.media_used(RED.team) == 0
    assert (await house.store.about(RED.team, a_person())).feedback == ()


async def test_a_team_that_left_is_forgotten_after_its_days_and_not_before(house: House, hands: Hands) -> None:
    await house.store.add(an_idea())
    await house.store.depart(RED.team, hands())

    hands.forward(days=29)
    early = await house.services.leaving.sweep()
    hands.forward(days=2)
    late = await house.services.leaving.sweep()

    assert (early, late) == ([], [RED.team])
    assert await house.store.ideas(RED) == []
    assert await house.services.leaving.sweep() == []


async def test_a_team_that_is_back_in_time_keeps_everything(house: House, hands: Hands) -> None:
    await house.store.add(an_idea())
    await house.store.depart(RED.team, hands())
    hands.forward(days=20)
    await house.store.stay(RED.team)
    hands.forward(days=20)

    assert await house.services.leaving.sweep() == []
    assert len(await house.store.ideas(RED)) == 1


async def test_the_host_forgets_a_team_by_its_name(house: House, settings: Settings, capsys: Any) -> None:
    team = Team(platform="slack", id="T0RED")
    await house.store.add(an_idea(channel=Channel(team=team, id="C1")))

    await oneshot.forget(settings, "slack:T0RED", sure=True)

    assert "slack:T0RED is forgotten: 2 rows" in capsys.readouterr().out
    assert await house.store.team_ideas(team) == []
    with pytest.raises(Refusal, match=r"Nothing is kept of slack:T0RED\."):
        await oneshot.forget(settings, "slack:T0RED", sure=True)


@pytest.mark.parametrize(("named", "said"), [("slack", "is not a team"), (":T0", "is not a team"), ("slack:T0", "--yes")])
async def test_what_is_no_team_or_not_confirmed_is_refused(settings: Settings, named: str, said: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody sits there

    with pytest.raises(Refusal, match=said):
        await oneshot.forget(settings, named, sure=False)
