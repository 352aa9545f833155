"""The part of the store on SQLite or PostgreSQL that keeps how people shape a board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import UnknownIdea
from bot.domain.ideas import Channel, IdeaId, Person, Team
from bot.domain.shaping import Mark, Merge, Theme, roots
from storage import _reading, _rows
from storage import _tables as t
from storage._connections import Connections
from storage._quotes import Quotes
from storage._rules import storable


class SqlShaping(Connections):
    """The methods of the `ShapeStore` port."""

    async def mark(self, team: Team, mark: Mark) -> Mark | None:
        """Notes what became of an idea; what was said of it before."""
        new = storable(mark)
        before = select(t.marks).where(t.marks.c.idea == new.idea).order_by(t.marks.c.id.desc()).limit(1)
        known = select(t.ideas.c.id).where(_rows.in_team(t.ideas, team), t.ideas.c.id == new.idea)
        async with self._write_transaction() as connection:
            if (await connection.execute(known.with_for_update())).first() is None:
                raise UnknownIdea
            row = (await connection.execute(before)).mappings().first()
            await connection.execute(
                insert(t.marks).values(
                    idea=new.idea,
                    **_rows.place_of(new.channel),
                    state=new.state,
                    reason=new.reason,
                    **_rows.columns_of(new.by, "person"),
                    at=new.at,
                )
            )
        return None if row is None else mark_of(row)

    async def unmark(self, team: Team, idea: IdeaId, at: datetime) -> bool:
        """Takes the mark of that moment back; False where it is not the idea's latest."""
        mine = t.marks.c
        latest = select(func.max(mine.id)).where(_rows.in_team(t.marks, team), mine.idea == idea).scalar_subquery()
        async with self._write_transaction() as connection:
            return (await connection.execute(delete(t.marks).where(mine.id == latest, mine.at == at))).rowcount > 0

    async def marks(self, channel: Channel) -> Mapping[IdeaId, Mark]:
        """The latest mark of each of the channel's ideas that has any."""
        async with self._prepared_read() as runner:
            rows = await runner.run(self._ready.marks, _rows.place_of(channel))
        return {row["idea"]: mark_of(row) for row in rows}

    async def merge(self, team: Team, merge: Merge) -> bool:
        """Makes an idea part of another; see the port."""
        new = storable(merge)
        mine = t.ideas.c
        both = select(mine.id, mine.hidden).where(_rows.in_channel(t.ideas, new.channel), mine.id.in_([new.idea, new.into]))
        async with self._write_transaction() as connection:
            await _alone(connection, new.channel)
            rows = (await connection.execute(both)).all()
            if new.channel.team != storable(team) or len(rows) < 2:
                raise UnknownIdea
            if any(row.hidden for row in rows):
                return False
            await connection.execute(
                insert(t.merges).values(
                    idea=new.idea,
                    **_rows.place_of(new.channel),
                    into=new.into,
                    kept=new.into,
                    **_rows.columns_of(new.by, "person"),
                    at=new.at,
                )
            )
            await connection.execute(update(t.merges).where(t.merges.c.kept == new.idea).values(kept=new.into))
            await connection.execute(update(t.ideas).where(mine.id == new.idea).values(hidden=True))
        return True

    async def split(self, team: Team, idea: IdeaId) -> bool:
        """Undoes `merge`; False where the idea stands for itself."""
        async with self._write_transaction() as connection:
            found = select(t.merges).where(_rows.in_team(t.merges, team), t.merges.c.idea == idea)
            row = (await connection.execute(found)).mappings().first()
            if row is None:
                return False
            await _alone(connection, _rows.channel_of(dict(row)))
            return await _split_off(connection, team, [idea]) > 0

    async def merges(self, channel: Channel) -> list[Merge]:
        """What is merged in a channel, the oldest first."""
        async with self._prepared_read() as runner:
            return [merge_of(row) for row in await runner.run(self._ready.merges, _rows.place_of(channel))]

    async def merged_into(self, team: Team, idea: IdeaId) -> IdeaId | None:
        """The idea that stands for a merged one on the board."""
        query = select(t.merges.c.kept).where(_rows.in_team(t.merges, team), t.merges.c.idea == idea)
        async with self._read_autocommit() as connection:
            kept = (await connection.execute(query)).scalar()
        return None if kept is None else IdeaId(kept)

    async def keep_themes(self, channel: Channel, topic: str, themes: Sequence[Theme]) -> None:
        """Stores a board's themes in the place of those it had."""
        board = (_rows.in_channel(t.themes, channel), t.themes.c.topic == storable(topic))
        async with self._write_transaction() as connection:
            await connection.execute(delete(t.themes).where(*board))
            for place, theme in enumerate(map(storable, themes)):
                added = self._insert(t.themes).values(theme_row(theme, place)).on_conflict_do_nothing()
                if (await connection.execute(added)).rowcount > 0:
                    await _fill(connection, theme, 0)

    async def reshape(self, theme: Theme) -> None:
        """Changes one theme, or adds it behind its board's others."""
        new = storable(theme)
        board = select(t.themes.c.id).where(_rows.in_channel(t.themes, new.channel), t.themes.c.topic == new.topic)
        count = select(func.count()).select_from(t.themes).where(t.themes.c.id.in_(board))
        most = select(func.coalesce(func.max(t.theme_ideas.c.place), -1)).where(t.theme_ideas.c.theme == new.id)
        moved = delete(t.theme_ideas).where(t.theme_ideas.c.theme.in_(board), t.theme_ideas.c.idea.in_(new.ideas))
        async with self._write_transaction() as connection:
            place = (await connection.execute(count)).scalar_one()
            added = self._insert(t.themes).values(theme_row(new, place)).on_conflict_do_nothing()
            fresh = (await connection.execute(added)).rowcount > 0
            if not fresh:
                known = (await connection.execute(board.where(t.themes.c.id == new.id))).first()
                if known is None:
                    return
                if new.name:
                    change = update(t.themes).where(t.themes.c.id == new.id)
                    await connection.execute(change.values(name=new.name, **_rows.columns_of(new.by, "person")))
            await connection.execute(moved)
            await _fill(connection, new, (await connection.execute(most)).scalar_one() + 1)

    async def loosen(self, channel: Channel, topic: str, ideas: Sequence[IdeaId]) -> None:
        """Takes ideas out of the themes of a board."""
        mine = (_rows.in_channel(t.themes, channel), t.themes.c.topic == storable(topic))
        board = select(t.themes.c.id).where(*mine)
        async with self._write_transaction() as connection:
            for some in _reading.batches(list(ideas)):
                gone = (t.theme_ideas.c.theme.in_(board), t.theme_ideas.c.idea.in_(some))
                await connection.execute(delete(t.theme_ideas).where(*gone))

    async def themes(self, channel: Channel, topic: str) -> list[Theme]:
        """A board's themes with their ideas, in order."""
        mine, of = t.themes.c, t.theme_ideas.c
        query = select(t.themes).where(_rows.in_channel(t.themes, channel), mine.topic == storable(topic)).order_by(mine.place)
        async with self._read_transaction() as connection:
            rows = (await connection.execute(query.order_by(mine.id))).mappings().all()
            ideas: dict[str, list[IdeaId]] = {row["id"]: [] for row in rows}
            inside = select(of.theme, of.idea).where(of.theme.in_(list(ideas))).order_by(of.place, of.idea)
            for theme, idea in (await connection.execute(inside)).all():
                ideas[theme].append(IdeaId(idea))
        return [theme_of(row, ideas[row["id"]]) for row in rows]


async def _alone(connection: AsyncConnection, channel: Channel) -> None:
    """Waits for who else merges in the channel, and for who numbers ideas there, until the transaction ends."""
    row = t.channels.c
    one = (row.platform == channel.team.platform, row.team == channel.team.id, row.id == channel.id)
    await connection.execute(select(row.id).where(*one).with_for_update())


async def _fill(connection: AsyncConnection, theme: Theme, first: int) -> None:
    """Puts those of a theme's ideas that are its channel's into it, the first at a place."""
    mine = t.ideas.c
    known: set[str] = set()
    for some in _reading.batches(theme.ideas):
        here = select(mine.id).where(_rows.in_channel(t.ideas, theme.channel), mine.id.in_(some))
        known |= set((await connection.execute(here)).scalars())
    ideas = [idea for idea in dict.fromkeys(theme.ideas) if idea in known]
    where = _rows.team_of(theme.channel.team) | {"theme": theme.id}
    rows = [where | {"idea": idea, "place": place} for place, idea in enumerate(ideas, first)]
    if rows:
        await connection.execute(insert(t.theme_ideas), rows)


async def _split_off(connection: AsyncConnection, team: Team, ideas: Iterable[IdeaId]) -> int:
    """Lets ideas stand for themselves again, each with what was merged into it; how many did not."""
    mine = _rows.in_team(t.merges, team)
    split = 0
    for some in _reading.batches(list(ideas)):
        split += (await connection.execute(delete(t.merges).where(mine, t.merges.c.idea.in_(some)))).rowcount
        await connection.execute(update(t.ideas).where(_rows.in_team(t.ideas, team), t.ideas.c.id.in_(some)).values(hidden=False))
    rows = (await connection.execute(select(t.merges.c.idea, t.merges.c.into, t.merges.c.kept).where(mine))).all()
    kept = roots({row.idea: row.into for row in rows})
    for row in rows:
        if kept[row.idea] != row.kept:
            await connection.execute(update(t.merges).where(t.merges.c.idea == row.idea).values(kept=kept[row.idea]))
    return split


async def release(connection: AsyncConnection, team: Team, gone: frozenset[str]) -> None:
    """Splits off what is merged into ideas that are about to be deleted, and stays itself."""
    orphans: list[IdeaId] = []
    for some in _reading.batches(sorted(gone)):
        query = select(t.merges.c.idea).where(_rows.in_team(t.merges, team), t.merges.c.into.in_(some))
        orphans += (await connection.execute(query)).scalars().all()
    if left := [idea for idea in orphans if idea not in gone]:
        await _split_off(connection, team, left)


async def forget_shaper(connection: AsyncConnection, team: Team, person: Person, quotes: Quotes) -> None:
    """Takes a person and their words out of how a team's boards are shaped."""
    nobody = {"person_platform": None, "person": None}
    for table, blank in ((t.marks, {"reason": ""}), (t.merges, {}), (t.themes, {"name": ""})):
        mine = update(table).where(_rows.in_team(table, team), _rows.by(table, "person", person))
        await connection.execute(mine.values(**nobody, **blank))
    for table, words in ((t.marks, t.marks.c.reason), (t.themes, t.themes.c.name)):
        said = select(table.c.id, words).where(_rows.in_team(table, team), words != "")
        theirs = [row[0] for row in (await connection.execute(said)).all() if quotes.quoted(row[1])]
        for some in _reading.batches(theirs):
            await connection.execute(update(table).where(table.c.id.in_(some)).values({words.name: ""}))
    topics = select(t.themes.c.id, t.themes.c.topic).where(_rows.in_team(t.themes, team), t.themes.c.topic != "")
    theirs = [row.id for row in (await connection.execute(topics)).all() if quotes.quoted(row.topic)]
    for some in _reading.batches(theirs):
        await connection.execute(delete(t.themes).where(t.themes.c.id.in_(some)))


def mark_of(row: Mapping[Any, Any]) -> Mark:
    """The mark in a row."""
    who = _rows.person_of(dict(row), "person")
    where = _rows.channel_of(dict(row))
    return Mark(idea=row["idea"], channel=where, state=row["state"], reason=row["reason"], by=who, at=row["at"])


def merge_of(row: Mapping[Any, Any]) -> Merge:
    """The merge in a row."""
    who = _rows.person_of(dict(row), "person")
    return Merge(idea=row["idea"], into=row["into"], channel=_rows.channel_of(dict(row)), by=who, at=row["at"])


def theme_row(theme: Theme, place: int) -> dict[str, Any]:
    """A theme's columns."""
    of = {"id": theme.id, **_rows.place_of(theme.channel), "topic": theme.topic, "place": place, "name": theme.name}
    return of | _rows.columns_of(theme.by, "person") | {"at": theme.at}


def theme_of(row: Mapping[Any, Any], ideas: Sequence[IdeaId]) -> Theme:
    """The theme in a row."""
    named = {name: row[name] for name in ("id", "topic", "name", "at")}
    return Theme(channel=_rows.channel_of(dict(row)), ideas=tuple(ideas), by=_rows.person_of(dict(row), "person"), **named)
