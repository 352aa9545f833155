"""The `muselab learn` command: says what there is to learn, tunes what is due, and shows how far it is."""

from __future__ import annotations

import asyncio
import sys
from math import ceil

from bot import wiring
from bot.config import Settings
from bot.domain.errors import Refusal
from bot.domain.ideas import Team
from bot.domain.models import Tuning
from bot.ports import Store
from bot.services.models.reporting import step_of
from bot.services.models.verdicts import came_of
from bot.services.team.governing import whole
from bot.words import _
from learning.loop import Learning
from learning.prospects import prospects

BAR = 30  # characters of the progress bar
KNOWN = 10  # teams that are named to who misspelt one
LOOK_S = 1.0  # between two looks whether anybody works on a run; who does renews its lease every five seconds


async def run(settings: Settings, team: Team | None, *, now: bool, dry_run: bool, watch: bool, cancel: bool) -> None:
    """The command.

    Args:
        settings: the host's.
        team: whose model; None: every team's.
        now: tune with what there is.
        dry_run: only say what there is.
        watch: stay and look again every `settings.learn.every_s`.
        cancel: only end the running tuning.

    Raises:
        Refusal: `now` without anything to learn from.
    """
    async with wiring.opened_store(settings) as store:
        if cancel:
            await _cancel(store, await _teams(store, team))
            return
        if dry_run:
            for one in await _teams(store, team):
                await _tell(store, one)
            return
        learning: Learning | None = None
        while True:
            for one in await _teams(store, team):
                if not watch:
                    await _tell(store, one)
                if (await store.settings(whole(one))).paused:
                    print(_("{team}: tuning is paused.").format(team=named(one)))
                    continue
                if now or await _wanted(store, one):
                    learning = learning or wiring.learning_of(settings, store)
                    await _learn(learning, store, one, now=now)
            if not watch:
                return
            await asyncio.sleep(settings.learn.every_s)


async def _teams(store: Store, team: Team | None) -> list[Team]:
    """The team that was named, or all.

    Raises:
        Refusal: the one named has no ideas.
    """
    teams = await store.teams()
    if not teams:
        print(_("Nobody has asked for ideas yet, so there is nothing to learn."))
    elif team is not None and team not in teams:
        known = ", ".join(map(named, teams[:KNOWN])) + (" …" if len(teams) > KNOWN else "")
        raise Refusal(_("No team “{team}” has asked for ideas. There are: {known}.").format(team=named(team), known=known))
    return teams if team is None else [team] if team in teams else []


async def _cancel(store: Store, teams: list[Team]) -> None:
    for one in teams:
        line = _("{team}: the tuning is cancelled.") if await store.cancel_tuning(one) else _("{team}: no tuning is running.")
        print(line.format(team=named(one)))


async def _tell(store: Store, team: Team) -> None:
    outlook = await prospects(store, team)
    print(f"{named(team)}: {' '.join(outlook.say)}")


async def _wanted(store: Store, team: Team) -> bool:
    """Whether loading a model for the team may pay: a run was cut off, or there is enough. `Learning` looks closely."""
    return await _running(store, team) is not None or (await prospects(store, team)).ready


async def _learn(learning: Learning, store: Store, team: Team, *, now: bool) -> None:
    shown = Shown(team)
    try:
        ended = await learning.learn(team, shown, now=now)
        if ended is None and await free(store, team):
            ended = await learning.learn(team, shown, now=now)
    except Refusal as error:  # the next team may have more to learn from
        print(f"{named(team)}: {error}")
        return
    finally:
        shown.end()
    if ended is None or ended.state == "running":
        if now or ended is not None:
            print(_("{team}: another process is tuning this team's model just now.").format(team=named(team)))
        return
    print(f"{named(team)}: {came_of(ended)}")


async def free(store: Store, team: Team) -> bool:
    """Waits, a minute at most, until a run whose process was killed is free; False where none is, or somebody works on it."""
    last = await _running(store, team)
    if last is None or last.leased_until is None:
        return False
    left = last.leased_until - wiring.clock()
    wait = _("{team}: a run was cut off; it is taken up in {seconds} s at most.")
    print(wait.format(team=named(team), seconds=max(1, ceil(left.total_seconds()))), file=sys.stderr, flush=True)
    while last.leased_until > wiring.clock():
        await asyncio.sleep(LOOK_S)
        run = await _running(store, team)
        if run != last:
            return False  # somebody lives who says how far it is, or ended it
    return True


async def _running(store: Store, team: Team) -> Tuning | None:
    return next((run for run in await store.tunings(team, limit=1) if run.state == "running"), None)


class Shown:
    """Progress on stderr: a bar where a person looks on, a line for every tenth elsewhere."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.last = ("", -1)

    async def __call__(self, tuning: Tuning) -> None:
        """Shows where a run is."""
        doing = step_of(tuning)
        if sys.stderr.isatty():
            full = round(BAR * tuning.done)
            print(f"\r\x1b[K{'█' * full}{'░' * (BAR - full)} {tuning.done:4.0%} {doing}", end="", file=sys.stderr, flush=True)
        elif (step := (tuning.doing, int(10 * tuning.done))) != self.last:
            self.last = step
            print(f"{named(self.team)}: {doing} {tuning.done:.0%}", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Gives the line back."""
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def named(team: Team) -> str:
    """As people write a team."""
    return f"{team.platform}:{team.id}"


def team(text: str) -> Team:
    """The team written as PLATFORM:TEAM.

    Raises:
        Refusal: it is not written so.
    """
    platform, colon, id = text.partition(":")
    if not (platform and colon and id) or ":" in id:
        raise Refusal(_("“{text}” is not a team. Write PLATFORM:TEAM, such as terminal:local.").format(text=text))
    return Team(platform=platform, id=id)
