"""The part of the store on SQLite or PostgreSQL that knows which messages show what, and which are to be redrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ideas import BrainstormId, IdeaId, Team
from bot.ports import Post
from storage import _reading, _rows
from storage import _tables as t
from storage._connections import Connections
from storage._rules import MOST_POSTS, SHOWN_POSTS

KEY = ("platform", "team", "address")


class SqlPosts(Connections):
    """The methods of the `Store` port about messages."""

    async def posted(
        self, team: Team, address: str, ideas: Sequence[IdeaId], at: datetime, *, card: str = "", locale: str = ""
    ) -> None:
        """Notes that a message shows ideas, in the place of what it showed before."""
        row = {"brainstorm": "", "ideas": list(ideas), "stale": False, "at": at, "card": card, "locale": locale}
        async with self._prepared_write() as runner:
            await runner.run(self._ready.posted, {**_rows.team_of(team), "address": address, **row})

    async def posts(self, team: Team, ideas: Collection[IdeaId]) -> list[Post]:
        """The latest messages that show one of these ideas and can be drawn anew, newest first."""
        async with self._prepared_read() as runner:
            rows = await runner.run(self._ready.posts, _rows.team_of(team))
        return [
            Post(team=team, address=row["address"], card=row["card"], ideas=tuple(row["ideas"]), locale=row["locale"])
            for row in rows
            if not set(ideas).isdisjoint(row["ideas"])
        ][:SHOWN_POSTS]

    async def stale_posts(self, platforms: Sequence[str]) -> list[Post]:
        """Messages on these platforms that show what was deleted, the oldest first."""
        mine = t.posts.c
        query = select(t.posts).where(mine.stale, mine.platform.in_(platforms)).order_by(mine.at, mine.address).limit(MOST_POSTS)
        async with self._read_autocommit() as connection:
            return [
                Post(
                    team=Team(platform=row["platform"], id=row["team"]),
                    address=row["address"],
                    brainstorm=BrainstormId(row["brainstorm"]),
                )
                for row in (await connection.execute(query)).mappings()
            ]

    async def redrawn(self, post: Post) -> None:
        """Notes that a message shows nothing deleted any more."""
        mine = t.posts.c
        this = delete(t.posts).where(_rows.in_team(t.posts, post.team), mine.address == post.address, mine.stale)
        async with self._write_autocommit() as connection:
            await connection.execute(this)


async def outdate(
    connection: AsyncConnection, insert: Any, team: Team, ideas: Collection[str], brainstorms: Iterable[str]
) -> None:
    """Marks the messages that show one of these ideas, and these brainstorms' cards, as to be redrawn."""
    mine = t.posts.c
    here = _rows.in_team(t.posts, team)
    for row in (await connection.execute(select(mine.address, mine.ideas).where(here))).all():
        if not set(ideas).isdisjoint(row.ideas):
            await connection.execute(
                update(t.posts).where(here, mine.address == row.address).values(stale=True, ideas=[], card="")
            )
    asked = t.brainstorms.c
    for some in _reading.batches(sorted(brainstorms)):
        shown = select(asked.id, asked.address, asked.created_at).where(
            _rows.in_team(t.brainstorms, team), asked.id.in_(some), asked.address != ""
        )
        for card in (await connection.execute(shown)).all():
            stale = {"brainstorm": card.id, "ideas": [], "stale": True, "at": card.created_at, "card": ""}
            upsert = insert(t.posts).values(**_rows.team_of(team), address=card.address, **stale)
            await connection.execute(upsert.on_conflict_do_update(index_elements=list(KEY), set_=stale))
