"""The part of the store on SQLite or PostgreSQL that sums up who used what."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.ideas import Team
from bot.ports import Usage
from storage import _tables as t

DAY_S = 86_400.0  # SQLite counts days


class SqlUsage:
    """The method of the `Store` port about usage."""

    _engine: AsyncEngine

    def _read_transaction(self) -> AbstractAsyncContextManager[AsyncConnection]:
        raise NotImplementedError

    async def usage(self, since: datetime) -> list[Usage]:
        """What each team used of what was begun since a moment."""
        sums: dict[Team, dict[str, Any]] = {}
        async with self._read_transaction() as connection:
            for query in self._queries(since):
                for row in (await connection.execute(query)).mappings():
                    figures = dict(row)
                    team = Team(platform=figures.pop("platform"), id=figures.pop("team"))
                    sums.setdefault(team, {}).update({name: value or 0 for name, value in figures.items()})
        return [Usage(team=team, **sums[team]) for team in sorted(sums)]

    def _queries(self, since: datetime) -> list[Select[Any]]:
        b, i, f, c = t.brainstorms.c, t.ideas.c, t.feedback.c, t.candidates.c
        whose = (b.platform, b.team)
        begun = b.created_at >= since
        drafts = select(*whose, func.sum(c.tokens).label("tokens")).join_from(
            t.brainstorms, t.candidates, and_(c.brainstorm == b.id, begun)
        )
        return [
            select(
                *whose,
                func.count().label("brainstorms"),
                func.count(b.asker.distinct()).label("people"),
                func.sum(self._lasted()).label("seconds"),
            )
            .where(begun)
            .group_by(*whose),
            drafts.group_by(*whose),
            select(i.platform, i.team, func.count().label("ideas")).where(i.created_at >= since).group_by(i.platform, i.team),
            select(f.platform, f.team, func.count().label("votes")).where(f.at >= since).group_by(f.platform, f.team),
        ]

    def _lasted(self) -> ColumnElement[float]:
        """Seconds of one brainstorm; nothing while it is not over."""
        began, ended = t.brainstorms.c.created_at, t.brainstorms.c.finished_at
        if self._engine.dialect.name == "sqlite":
            return (func.julianday(ended) - func.julianday(began)) * DAY_S
        return cast(func.extract("epoch", ended - began), Float)
