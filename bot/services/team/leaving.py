"""Teams that have removed Muselab: their data wait for a while, in case they come back, and are deleted then."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog

from bot.domain.ideas import Team
from bot.domain.moderation import Cleared
from bot.ports import Adapters, Clock, Store, Styles
from bot.services.team.abroad import Abroad
from bot.services.votes.refitting import Tasting

log = structlog.get_logger(__name__)


class Leaving:
    """Forgets whole teams."""

    def __init__(
        self,
        *,
        store: Store,
        tasting: Tasting,
        abroad: Abroad,
        adapters: Adapters,
        styles: Styles,
        runs: Path,
        clock: Clock,
        grace: timedelta,
    ) -> None:
        """`runs`: the folder of tuning runs, one folder each; `grace`: from a team's leaving to its end."""
        self.store = store
        self.tasting = tasting
        self.abroad = abroad
        self.adapters = adapters
        self.styles = styles
        self.runs = runs
        self.clock = clock
        self.grace = grace

    async def forget(self, team: Team) -> Cleared:
        """Deletes everything of a team: rows, files, tuned weights, its image style, what its tuning runs have left.

        What its people wrote and said in rounds of other teams goes first; the way there is among the rows.

        Weights that another team's version names too stay.

        Raises:
            StoreDown: it could not be deleted; nothing is.
        """
        runs = [run.id for run in await self.store.tunings(team, limit=10_000)]
        await self.abroad.forget_all(team)
        await self.abroad.guests.take_away(team)
        cleared = await self.store.forget_team(team)
        used = {version.adapter for other in await self.store.teams() for version in await self.store.versions(other)}
        await asyncio.to_thread(self._delete, team, [name for name in cleared.adapters if name not in used], runs)
        self.tasting.forget(team)
        log.info("a team was forgotten", platform=team.platform, rows=cleared.rows, files=cleared.files)
        return cleared

    def _delete(self, team: Team, adapters: Sequence[str], runs: Sequence[str]) -> None:
        self.adapters.drop(adapters)
        self.styles.drop(team)
        for run in runs:
            shutil.rmtree(self.runs / run, ignore_errors=True)

    async def sweep(self) -> list[Team]:
        """Forgets the teams whose time is over; which."""
        gone = []
        for departure in await self.store.departed(self.clock() - self.grace):
            await self.forget(departure.team)
            gone.append(departure.team)
        return gone
