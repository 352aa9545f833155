"""The store on SQLite or PostgreSQL: one statement for a vote, one transaction for any other write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.errors import TakenOver, UnknownIdea
from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Candidate, Channel, Idea, IdeaId, Person, State, Team
from bot.domain.models import ChannelSettings
from bot.domain.shaping import one_each
from bot.ports import Forgotten, Kept
from storage import _people, _reading, _rows
from storage import _tables as t
from storage._inbox import SERVED, SqlInbox
from storage._jobs import SqlJobs
from storage._material import SqlMaterial
from storage._moderation import SqlModeration
from storage._passes import SqlPasses
from storage._personas import SqlPersonas
from storage._posts import SqlPosts
from storage._ready import Ready
from storage._rounds import SqlRounds
from storage._rules import MOST_ROWS, at_most, team_event_key
from storage._shaping import SqlShaping
from storage._statements import FEEDBACK_KEY, OPINION
from storage._tidying import Tidying
from storage._tunings import SqlTunings
from storage._turns import SqlTurns
from storage._usage import SqlUsage
from storage._votes import Together
from storage.installations import SqlInstallations
from storage.media import Files


class SqlStore(
    SqlInbox,
    SqlInstallations,
    SqlJobs,
    SqlMaterial,
    SqlModeration,
    SqlPasses,
    SqlPersonas,
    SqlPosts,
    SqlRounds,
    SqlShaping,
    SqlTunings,
    SqlTurns,
    SqlUsage,
):
    """The `Store` port over SQLAlchemy Core."""

    def __init__(
        self,
        engine: AsyncEngine,
        where: str,
        files: Files | None = None,
        *,
        traces: Sequence[Path] = (),
        tidying: Tidying | None = None,
    ) -> None:
        """Nothing is opened yet. `files`: the bytes of media; of the rest see `Connections`."""
        super().__init__(engine, where, traces=traces, tidying=tidying)
        self._files = files
        self._pruned_at: datetime | None = None
        self._settled: dict[Channel, tuple[float, ChannelSettings]] = {}
        self._votes = None if self._straight else Together(self._write_autocommit, self._vote, where=where)

    # brainstorms

    async def begin(self, brainstorm: Brainstorm, *, serves: str = "") -> None:
        """Stores a brainstorm's header; one that is there already stays as it is."""
        parents = [{"brainstorm": brainstorm.id, "place": i, "idea": id} for i, id in enumerate(brainstorm.parents)]
        about = brainstorm.prompt.about if brainstorm.prompt else ()
        quoted = [{"brainstorm": brainstorm.id, "place": i, "text": passage} for i, passage in enumerate(about)]
        async with self._prepared_write(transaction=True) as runner:
            if serves:
                await runner.run(self._ready.served, SERVED | {"ids": [team_event_key(brainstorm.channel.team, serves)]})
            if not await runner.run(self._ready.begin, _rows.brainstorm_row(brainstorm)):
                return
            if parents:
                await runner.run_all(self._ready.begin_parent, parents)
            if quoted:
                await runner.run_all(self._ready.begin_about, quoted)

    async def _change(self, ready: Ready, brainstorm: Brainstorm, **columns: Any) -> bool:
        async with self._prepared_write() as runner:
            return bool(await runner.run(ready, {f"this_{name}": value for name, value in _held(brainstorm).items()} | columns))

    async def place(self, brainstorm: Brainstorm, address: str) -> bool:
        """Records where a brainstorm's card is."""
        return await self._change(self._ready.place, brainstorm, address=address)

    async def finish(self, brainstorm: Brainstorm, state: State, at: datetime) -> bool:
        """Ends a brainstorm and its lease."""
        return await self._change(self._ready.finish, brainstorm, state=state, finished_at=at, leased_until=None, back="")

    async def lease(self, brainstorm: Brainstorm, until: datetime) -> bool:
        """Leases a running brainstorm; one that has ended stays as it is."""
        return await self._change(self._ready.lease, brainstorm, leased_until=until)

    async def take_up(self, now: datetime, until: datetime, holder: str = "") -> list[Brainstorm]:
        """Leases and returns every running brainstorm whose lease has ended, oldest first."""
        mine = t.brainstorms.c
        left = select(mine.id).where(mine.state == "running", _rows.free(mine.leased_until, now))
        async with self._write_transaction() as connection:
            ids = (await connection.execute(left.with_for_update(skip_locked=True))).scalars().all()
            brainstorms: list[Brainstorm] = []
            for some in _reading.batches(ids):
                await connection.execute(update(t.brainstorms).where(mine.id.in_(some)).values(leased_until=until, holder=holder))
                brainstorms += await _reading.brainstorms(connection, select(t.brainstorms).where(mine.id.in_(some)))
        return sorted(brainstorms, key=lambda one: (one.created_at, one.id))

    async def _brainstorms(self, *where: ColumnElement[bool], limit: int = MOST_ROWS) -> list[Brainstorm]:
        mine = t.brainstorms.c
        query = select(t.brainstorms).where(*where).order_by(mine.created_at.desc(), mine.id.desc()).limit(at_most(limit))
        async with self._read_transaction() as connection:
            return await _reading.brainstorms(connection, query)

    async def brainstorm(self, team: Team, id: BrainstormId) -> Brainstorm | None:
        """One brainstorm of the team."""
        async with self._prepared_read() as runner:
            one = {**_rows.team_of(team), "id": id}
            brainstorms = await _reading.found_brainstorms(runner, self._ready.brainstorm, one)
        return brainstorms[0] if brainstorms else None

    async def at_address(self, team: Team, address: str) -> Brainstorm | None:
        """The team's latest brainstorm at `address`; none is at the empty one."""
        here = (_rows.in_team(t.brainstorms, team), t.brainstorms.c.address == address, t.brainstorms.c.address != "")
        brainstorms = await self._brainstorms(*here, limit=1)
        return brainstorms[0] if brainstorms else None

    async def brainstorms(self, channel: Channel, *, limit: int) -> list[Brainstorm]:
        """The channel's latest brainstorms, newest first."""
        async with self._prepared_read() as runner:
            params = {**_rows.place_of(channel), "limit": at_most(limit)}
            return await _reading.found_brainstorms(runner, self._ready.brainstorms, params)

    async def asked(self, place: Team | Channel, since: datetime, person: Person | None = None) -> tuple[int, datetime | None]:
        """How many brainstorms were begun since a moment, and when the first was."""
        ready = self._ready.asked[isinstance(place, Team), person is None]
        where = _rows.team_of(place) if isinstance(place, Team) else _rows.place_of(place)
        params = {"since": since, **where, **(_rows.columns_of(person, "asker") if person is not None else {})}
        async with self._prepared_read() as runner:
            (row,) = await runner.run(ready, params)
        return row["count"], row["first"]

    # ideas

    async def add(self, idea: Idea, *, held: Brainstorm | None = None) -> Idea:
        """Stores an idea under the channel's next number; the channel's row is the lock that numbers queue on."""
        place, ready = _rows.place_of(idea.channel), self._ready
        channel = {"platform": place["platform"], "team": place["team"], "id": place["channel"]}
        parents = [{"idea": idea.id, "place": i, "parent": id} for i, id in enumerate(idea.parents)]
        async with self._prepared_write(transaction=True) as runner:
            if held is not None and not await runner.run(ready.held, _held(held)):
                raise TakenOver
            (counted,) = await runner.run(ready.count, {**channel, "ideas": 1})
            new = bool(await runner.run(ready.add, _rows.idea_row(idea, counted["ideas"])))
            if new and parents:
                await runner.run_all(ready.add_parent, parents)
            if not new:  # the number goes back; nobody has seen it, for the row is still ours
                await runner.run(ready.uncount, {f"this_{name}": value for name, value in channel.items()})
            this = {**_rows.team_of(idea.channel.team), "id": idea.id}
            ideas = await _reading.found_ideas(runner, ready.idea, this)
        if not ideas:
            raise UnknownIdea  # another team has this id, and is not to be told of
        return ideas[0]

    async def log(self, team: Team, candidates: Sequence[Candidate]) -> None:
        """Appends to the log of everything that was generated for the team."""
        if candidates:
            async with self._prepared_write(transaction=True) as runner:
                asked = _rows.team_of(team) | {"ids": list({one.brainstorm for one in candidates})}
                theirs = {row["id"] for row in await runner.run(self._ready.team_of, asked)}
                rows = [row for row in map(_rows.candidate_row, candidates) if row["brainstorm"] in theirs]
                if rows:
                    await runner.run_all(self._ready.log, rows)

    async def candidates(self, team: Team, brainstorm: BrainstormId) -> list[Candidate]:
        """The logged candidates of one of the team's brainstorms, in order."""
        query = (
            select(t.candidates)
            .join(t.brainstorms, t.brainstorms.c.id == t.candidates.c.brainstorm)
            .where(_rows.in_team(t.brainstorms, team), t.candidates.c.brainstorm == brainstorm)
            .order_by(t.candidates.c.id)
        )
        async with self._read_autocommit() as connection:
            return [_rows.candidate_of(dict(row)) for row in (await connection.execute(query)).mappings()]

    async def _ideas(self, ready: Ready, **params: Any) -> list[Idea]:
        """Ideas, with their parents."""
        async with self._prepared_read() as runner:
            return await _reading.found_ideas(runner, ready, params)

    async def idea(self, team: Team, id: IdeaId) -> Idea | None:
        """One idea of the team."""
        ideas = await self._ideas(self._ready.idea, **_rows.team_of(team), id=id)
        return ideas[0] if ideas else None

    async def numbered(self, channel: Channel, number: int) -> Idea | None:
        """One idea of the channel, by its number."""
        if not 0 < number <= MOST_ROWS:
            return None
        ideas = await self._ideas(self._ready.numbered, **_rows.place_of(channel), number=number)
        return ideas[0] if ideas else None

    async def ideas_of(self, team: Team, brainstorm: BrainstormId) -> list[Idea]:
        """The ideas shown for one brainstorm, by slot."""
        ideas = await self._ideas(self._ready.ideas_of, **_rows.team_of(team), brainstorm=brainstorm)
        return sorted(ideas, key=lambda idea: (idea.slot, idea.id))

    async def ideas(self, channel: Channel, *, limit: int = 1000, hidden: bool = False) -> list[Idea]:
        """The channel's ideas, newest first."""
        ready = self._ready.all_ideas if hidden else self._ready.ideas
        return await self._ideas(ready, **_rows.place_of(channel), limit=at_most(limit))

    async def team_ideas(self, team: Team, *, limit: int = 1000) -> list[Idea]:
        """The team's ideas over all its channels, newest first."""
        return await self._ideas(self._ready.team_ideas, **_rows.team_of(team), limit=at_most(limit))

    # feedback

    async def hear(self, team: Team, feedback: Feedback) -> Feedback | None:
        """Stores somebody's current opinion and returns the one it replaced."""
        row = _rows.feedback_row(team, feedback)
        if feedback.value == 0:
            if self._votes is not None:
                await self._votes.settled(row)
            return await self._withdraw(team, row)
        before = await (self._votes.hear(row) if self._votes is not None else self._vote(row))
        if before is None:
            raise UnknownIdea
        if before["was_token"] is None:
            return None
        return _rows.feedback_of(row | {name: before[f"was_{name}"] for name in OPINION})

    async def _vote(self, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Writes one vote; what it replaced, None where there is no such idea."""
        async with self._prepared_write() as runner:
            try:
                old_rows = await runner.run(self._ready.vote, {f"new_{name}": row[name] for name in row})
            except IntegrityError:  # the idea was deleted in this very moment
                return None
        return old_rows[0] if old_rows else None

    async def _withdraw(self, team: Team, row: dict[str, Any]) -> Feedback | None:
        parts = select(t.merges.c.idea).where(t.merges.c.kept == row["idea"])
        key = (t.feedback.c[name] == row[name] for name in FEEDBACK_KEY if name != "idea")
        of = or_(t.feedback.c.idea == row["idea"], t.feedback.c.idea.in_(parts))
        gone = delete(t.feedback).where(_rows.in_team(t.feedback, team), of, *key).returning(*t.feedback.c)
        known = select(t.ideas.c.id).where(_rows.in_team(t.ideas, team), t.ideas.c.id == row["idea"])
        async with self._write_autocommit() as connection:
            withdrawn = [dict(one) for one in (await connection.execute(gone)).mappings()]
            before = max(withdrawn, key=lambda one: one["at"], default=None)
            if before is None and (await connection.execute(known)).first() is None:
                raise UnknownIdea
        return _rows.feedback_of(before) if before is not None else None

    async def feedback(self, team: Team, ideas: Sequence[IdeaId]) -> list[Feedback]:
        """Everybody's current opinions of these ideas."""
        votes: list[Feedback] = []
        merged = False
        async with self._prepared_read(transaction=len(ideas) > _reading.BATCH) as runner:
            for some in _reading.batches(ideas):
                rows = await runner.run(self._ready.feedback, {**_rows.team_of(team), "ids": some})
                merged = merged or any(row["carried"] for row in rows)
                votes += map(_rows.feedback_of, rows)
        return one_each(votes) if merged else votes

    # people

    async def about(self, team: Team, person: Person) -> Kept:
        """Everything stored about a person in a team, newest first."""
        async with self._read_transaction() as connection:
            return await _people.about(connection, team, person)

    async def forget(self, team: Team, person: Person, *, before: datetime | None = None) -> Forgotten:
        """Deletes what is kept of a person in a team, from SQLite's write-ahead log too."""
        async with self._write_transaction() as connection:
            await self._alone(connection, team)
            gone, digests = await _people.forget(connection, self._insert, team, person, before)
            await self._delete_files(connection, team, digests)
        self._settled = {}
        await self._sweep(team)
        await self._overwrite_log()
        return gone


def _held(brainstorm: Brainstorm) -> dict[str, Any]:
    """The columns by which a brainstorm is its holder's."""
    return {**_rows.team_of(brainstorm.channel.team), "id": brainstorm.id, "holder": brainstorm.holder}
