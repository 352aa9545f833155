"""Tunes teams' models: whether a tuning is due, whose turn it is, and which weights may go. A run itself is `learning.run`.

While it runs, the team is served as before. Nothing here holds a connection to a chat or to the generation service.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import structlog

from bot.domain.errors import Refusal
from bot.domain.ideas import Team
from bot.domain.models import Tuning
from bot.ports import Adapters, Clock, Due, Phrasing, Store
from bot.words import _
from learning.gathering import gather
from learning.job import Base, Workshop
from learning.judge import Bar, Embed
from learning.plan import Plan, Threshold
from learning.prospects import due, forgotten, last_verdict, prospects
from learning.run import LEASE, News, Run, Tools
from learning.sets import split

log = structlog.get_logger(__name__)


class Learning:
    """Tunes teams' models."""

    def __init__(
        self,
        *,
        store: Store,
        adapters: Adapters,
        phrasing: Phrasing,
        workshop: Workshop,
        base: Base,
        runs_folder: Path,
        clock: Clock,
        new_id: Callable[[], str],
        plan: Plan | None = None,
        threshold: Threshold | None = None,
        bar: Bar | None = None,
        device: str = "cpu",
        embed: Embed | None = None,
    ) -> None:
        self.store = store
        self.adapters = adapters
        self.phrasing = phrasing
        self.workshop = workshop
        self.base = base
        self.runs_folder = runs_folder
        self.clock = clock
        self.new_id = new_id
        self.plan = plan or Plan()
        self.threshold = threshold or Threshold()
        self.bar = bar or Bar()
        self.device = device
        self.embed = embed

    async def due(self, team: Team) -> Due:
        """What there is to learn, and whether a tuning would pay. Reads only."""
        return await prospects(self.store, team, self.threshold)

    async def sweep(self) -> tuple[str, ...]:
        """Deletes weights that no version needs; the names of those deleted.

        Those of every version stay, as an admin may promote it again, but for retired ones that learned from votes which people
        have deleted since: they are made anew, and what they knew goes. Weights of teams that this store does not know stay too.
        """
        teams = await self.store.teams()
        ours = {f"{team.platform}:{team.id}" for team in teams}
        versions = [version for team in teams for version in await self.store.versions(team)]
        keep = {one.adapter for one in versions if one.adapter and (one.stage != "retired" or not one.forgotten)}
        keep |= {name for name in self.adapters.names() if self.adapters.manifest(name).get("team") not in ours}
        gone = await asyncio.to_thread(self.adapters.sweep, keep)
        if gone:
            log.info("weights that no version needs were deleted", adapters=list(gone))
        return gone

    async def learn(self, team: Team, news: News, *, now: bool = False) -> Tuning | None:
        """Tunes a team's model if that is due, or goes on with a run that was cut off.

        Args:
            team: whose.
            news: told of every change of the run.
            now: tune with whatever there is; the judge's bars stay.

        Returns:
            The ended run; None when it is not due, or another process is at it.

        Raises:
            Refusal: `now`, and there is nothing at all to learn from.
        """
        topics = await gather(self.store, team)
        chosen = split(topics)
        runs = await self.store.tunings(team)
        cut_off = bool(runs) and runs[0].state == "running"
        outlook = due(chosen, self.threshold, last_verdict(runs), await forgotten(self.store, team))
        if not (cut_off or now or outlook.ready):
            return None
        if not outlook.pairs and not cut_off:
            raise Refusal(
                _("There is nothing to tune with yet: no two ideas for one topic were clearly told apart by three people.")
            )
        at = self.clock()
        new = Tuning(id=self.new_id(), team=team, holder=self.new_id(), began_at=at, changed_at=at, leased_until=at + LEASE)
        run = await self.store.take_tuning(new, at)
        if run is None:
            return None
        return await Run(self._tools(), replace(run, holder=new.holder), news).through(chosen)

    def _tools(self) -> Tools:
        """As they are when a run begins."""
        return Tools(
            store=self.store,
            adapters=self.adapters,
            phrasing=self.phrasing,
            workshop=self.workshop,
            base=self.base,
            folder=self.runs_folder,
            clock=self.clock,
            plan=self.plan,
            bar=self.bar,
            device=self.device,
            embed=self.embed,
            sweep=self.sweep,
        )
