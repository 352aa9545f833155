"""People at work for an hour that takes a minute: nothing is left behind, and no rule of a platform is broken."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.soaking import CALM_S, CROWDS, IDLE_S, HastyLoop, Weight, grown

WARM = 4  # meetings until what is remembered up to a bound is full
WEIGHINGS = 4


@dataclass(frozen=True, kw_only=True)
class Soaked:
    """What came of a soak."""

    leaks: list[str]
    violations: list[str]
    events: int
    seconds: float  #: as people and the bot saw it


async def soak(chat: str, home: Path, *, meetings: int, leak: bool = False, judged: int = 1) -> Soaked:
    """People meet so many times between two weighings, and after each time the connection breaks.

    Args:
        chat: where.
        home: a folder for the bot.
        meetings: between two weighings.
        leak: the bot keeps what it should let go of.
        judged: how many meetings are held against the specifications; that takes longer than the meetings themselves.
    """
    loop = asyncio.get_running_loop()
    began, met = loop.time(), 0
    weights: list[Weight] = []
    async with CROWDS[chat](home, leak=leak) as crowd:
        for count in (WARM, *[meetings] * (WEIGHINGS - 1)):
            for _meeting in range(count):
                crowd.judge(met < judged)
                await crowd.meet(met)
                await asyncio.sleep(CALM_S)
                await crowd.disturb(met)
                met += 1
            await asyncio.sleep(IDLE_S)
            weights.append(await crowd.bot.weight())
        seconds = loop.time() - began
        leaks = grown(weights, meetings, crowd.events * meetings // met)
        return Soaked(leaks=leaks, violations=crowd.violations, events=crowd.events, seconds=seconds)


def soaked(chat: str, home: Path, *, speed: float, meetings: int, leak: bool = False, judged: int = 1) -> Soaked:
    """The same, in a loop of short seconds."""
    with asyncio.Runner(loop_factory=lambda: HastyLoop(speed)) as runner:
        return runner.run(soak(chat, home, meetings=meetings, leak=leak, judged=judged))


@pytest.mark.parametrize("chat", CROWDS)
def test_nothing_is_left_behind_by_people_who_come_and_go(chat: str, tmp_path: Path) -> None:
    found = soaked(chat, tmp_path, speed=100.0, meetings=3)

    assert found.events >= 100
    assert found.leaks == []
    assert found.violations == []


def test_one_object_left_behind_by_every_event_is_noticed(tmp_path: Path) -> None:
    found = soaked("slack", tmp_path, speed=100.0, meetings=3, leak=True)

    assert any("bot.messages.Press" in leak for leak in found.leaks)
    assert any("bot.messages.Call" in leak for leak in found.leaks)
    assert any("blocks" in leak for leak in found.leaks)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("chat", CROWDS)
def test_an_hour_of_work_leaves_nothing_behind(chat: str, tmp_path: Path) -> None:
    found = soaked(chat, tmp_path, speed=60.0, meetings=60, judged=6)

    assert found.seconds >= 3600.0
    assert found.leaks == []
    assert found.violations == []
