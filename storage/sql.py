"""The store on SQLite or PostgreSQL: one statement for a vote, one transaction for any other write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import TakenOver, UnknownIdea
from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Candidate, Channel, Idea, IdeaId, Person, State, Team
from bot.domain.models import ChannelSettings, ModelVersion
from bot.ports import Forgotten, Kept
from storage import _people, _reading, _rows, migrate
from storage import _tables as t
from storage._engines import BEGIN, COMMAND_S
from storage._faults import translated
from storage._inbox import SERVED, SqlInbox, key_of
from storage._moderation import SqlModeration
from storage._posts import SqlPosts
from storage._ready import Ready, Runner, Straight, Through
from storage._rules import CHANGING, MOST_ROWS, at_most
from storage._sql_media import SqlMedia
from storage._statements import FEEDBACK_KEY, OPINION, Statements
from storage._tidying import Tidying
from storage._tunings import SqlTunings
from storage._votes import Together
from storage.installations import SqlInstallations
from storage.media import Folder

SETTLED_S = 1.0  # every event looks its channel's settings up several times
CHANNELS = 10_000  # whose settings are remembered; a kilobyte each


class SqlStore(SqlInbox, SqlInstallations, SqlMedia, SqlModeration, SqlPosts, SqlTunings):
    """The `Store` port over SQLAlchemy Core.

    SQLite takes one writer at a time: ours queue on `_turn`, in order, and only other processes wait in the database.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        where: str,
        folder: Folder | None = None,
        *,
        traces: Sequence[Path] = (),
        tidying: Tidying | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            engine: on the database.
            where: the database's name in messages.
            folder: for the bytes of media.
            traces: what an earlier board would have left; see `migrate.ready`.
            tidying: of SQLite's log.
        """
        self._engine = engine
        self._traces = traces
        self._tidying = tidying
        self._folder = folder  #: for the bytes of media
        self._where = where  #: the database's name in messages
        self._pruned_at: datetime | None = None
        self._settled: dict[Channel, tuple[float, ChannelSettings]] = {}
        self._straight: tuple[Straight, ...]  #: SQLite's: one that reads, one that writes
        self._writes = engine.execution_options(**{BEGIN: "IMMEDIATE"})
        if engine.dialect.name == "sqlite":
            self._insert: Any = sqlite.insert
            self._turn: asyncio.Lock | nullcontext[None] = asyncio.Lock()
            self._single = engine.execution_options(**{BEGIN: ""})
            self._straight = (Straight(self._single), Straight(self._single))
        else:
            self._insert = postgresql.insert
            self._turn = nullcontext()
            self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
            self._straight = ()
        self._ready = Statements(self._insert)
        self._votes = None if self._straight else Together(self._write_autocommit, self._vote, where=where)

    # connections

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        """Holds the place of SQLite's one writer; raises `TimeoutError` when it never gets free."""
        if isinstance(self._turn, asyncio.Lock):
            async with asyncio.timeout(COMMAND_S):
                await self._turn.acquire()
            try:
                yield
            finally:
                self._turn.release()
        else:
            yield

    @asynccontextmanager
    async def _read_transaction(self) -> AsyncIterator[AsyncConnection]:
        with translated(self._where):
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def _read_autocommit(self) -> AsyncIterator[AsyncConnection]:
        """For one statement that reads, without the round trips of BEGIN and ROLLBACK."""
        with translated(self._where):
            async with self._single.connect() as connection:
                yield connection

    @asynccontextmanager
    async def _write_transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction."""
        with translated(self._where):
            async with self._my_turn(), self._writes.begin() as connection:
                yield connection

    @asynccontextmanager
    async def _write_autocommit(self) -> AsyncIterator[AsyncConnection]:
        """For statements each of which is a transaction of its own, without the round trips of BEGIN and COMMIT."""
        with translated(self._where):
            async with self._my_turn(), self._single.connect() as connection:
                yield connection

    @asynccontextmanager
    async def _prepared_read(self, *, transaction: bool = False) -> AsyncIterator[Runner]:
        """For ready statements that read; `whole` ones see the database as it was at one moment."""
        with translated(self._where):
            if self._straight:
                async with self._straight[0].turn("BEGIN DEFERRED" if transaction else "") as straight:
                    yield straight
            else:
                async with (self._engine if transaction else self._single).connect() as connection:
                    yield Through(connection)

    @asynccontextmanager
    async def _prepared_write(self, *, transaction: bool = False) -> AsyncIterator[Runner]:
        """For ready statements that write; `whole` ones are one transaction, others each one of its own."""
        with translated(self._where):
            if self._straight:
                async with self._my_turn(), self._straight[1].turn("BEGIN IMMEDIATE" if transaction else "") as straight:
                    yield straight
            else:
                async with self._writes.begin() if transaction else self._single.connect() as connection:
                    yield Through(connection)

    async def open(self) -> None:
        """Connects, makes an empty database ours, checks the schema of any other."""
        if self._tidying is not None:
            migrate.refuse_to_begin(self._where, self._tidying.orphans)  # before SQLite, which clears them away
        try:
            with translated(self._where, opening=True):
                new = await migrate.ready(self._engine, self._where, traces=self._traces)
                if new and self._tidying is not None:  # a file without tables then never had any: nothing was lost
                    await self._tidying.tidy()
        except BaseException:
            await self._engine.dispose()
            raise
        if self._tidying is not None:
            self._tidying.start()

    async def close(self) -> None:
        """Gives back connections."""
        if self._tidying is not None:
            await self._tidying.stop()
        for straight in self._straight:
            await straight.close()
        await self._engine.dispose()

    # brainstorms

    async def begin(self, brainstorm: Brainstorm, *, serves: str = "") -> None:
        """Stores a brainstorm's header; one that is there already stays as it is."""
        parents = [{"brainstorm": brainstorm.id, "place": i, "idea": id} for i, id in enumerate(brainstorm.parents)]
        about = brainstorm.prompt.about if brainstorm.prompt else ()
        quoted = [{"brainstorm": brainstorm.id, "place": i, "text": passage} for i, passage in enumerate(about)]
        async with self._prepared_write(transaction=True) as runner:
            if serves:
                await runner.run(self._ready.served, SERVED | {"ids": [key_of(brainstorm.channel.team, serves)]})
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
        left = select(mine.id).where(mine.state == "running", or_(mine.leased_until.is_(None), mine.leased_until <= now))
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
        async with self._prepared_read(transaction=True) as runner:
            one = {**_rows.team_of(team), "id": id}
            brainstorms = await _reading.found_brainstorms(runner, self._ready, self._ready.brainstorm, one)
        return brainstorms[0] if brainstorms else None

    async def at_address(self, team: Team, address: str) -> Brainstorm | None:
        """The team's latest brainstorm at `address`; none is at the empty one."""
        here = (_rows.in_team(t.brainstorms, team), t.brainstorms.c.address == address, t.brainstorms.c.address != "")
        brainstorms = await self._brainstorms(*here, limit=1)
        return brainstorms[0] if brainstorms else None

    async def brainstorms(self, channel: Channel, *, limit: int) -> list[Brainstorm]:
        """The channel's latest brainstorms, newest first."""
        return await self._brainstorms(_rows.in_channel(t.brainstorms, channel), limit=limit)

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
            ideas = await _reading.found_ideas(runner, ready, ready.idea, this)
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
        async with self._prepared_read(transaction=True) as runner:
            return await _reading.found_ideas(runner, self._ready, ready, params)

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
        key = (t.feedback.c[name] == row[name] for name in FEEDBACK_KEY)
        gone = delete(t.feedback).where(_rows.in_team(t.feedback, team), *key).returning(*t.feedback.c)
        known = select(t.ideas.c.id).where(_rows.in_team(t.ideas, team), t.ideas.c.id == row["idea"])
        async with self._write_autocommit() as connection:
            before = (await connection.execute(gone)).mappings().first()
            if before is None and (await connection.execute(known)).first() is None:
                raise UnknownIdea
        return _rows.feedback_of(dict(before)) if before is not None else None

    async def feedback(self, team: Team, ideas: Sequence[IdeaId]) -> list[Feedback]:
        """Everybody's current opinions of these ideas."""
        votes: list[Feedback] = []
        async with self._prepared_read(transaction=True) as runner:
            for some in _reading.batches(ideas):
                rows = await runner.run(self._ready.feedback, {**_rows.team_of(team), "ids": some})
                votes += map(_rows.feedback_of, rows)
        return votes

    # people

    async def about(self, team: Team, person: Person) -> Kept:
        """Everything stored about a person in a team, newest first."""
        async with self._read_transaction() as connection:
            return await _people.about(connection, team, person)

    async def forget(self, team: Team, person: Person) -> Forgotten:
        """Deletes what is kept of a person in a team, from SQLite's write-ahead log too."""
        async with self._write_transaction() as connection:
            await self._alone(connection, team)
            gone, digests = await _people.forget(connection, self._insert, team, person)
            await self._clear(connection, team, digests)
        if self._engine.dialect.name == "sqlite":
            async with self._write_autocommit() as connection:
                await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return gone

    # settings and versions

    async def settings(self, channel: Channel) -> ChannelSettings:
        """What the channel has settled; all defaults when nothing. Another process's change shows after `SETTLED_S`."""
        known, now = self._settled, monotonic()
        at, settings = known.get(channel, (float("-inf"), None))
        if settings is not None and now - at < SETTLED_S:
            return settings
        async with self._prepared_read() as runner:
            rows = await runner.run(self._ready.settings, _rows.place_of(channel))
        settings = _rows.settings_of(rows[0]) if rows else ChannelSettings()
        if len(known) >= CHANNELS:
            known.clear()
        known[channel] = now, settings
        return settings

    async def settle(self, channel: Channel, settings: ChannelSettings) -> None:
        """Stores what the channel has settled."""
        row = _rows.settings_row(settings)
        upsert = self._insert(t.settings).values(**_rows.place_of(channel), **row)
        async with self._write_autocommit() as connection:
            await connection.execute(upsert.on_conflict_do_update(index_elements=["platform", "team", "channel"], set_=row))
        self._settled = {}  # a new one, as what is being read at this moment may be what was settled before

    async def versions(self, team: Team) -> list[ModelVersion]:
        """The team's versions and the base's, newest first."""
        mine = t.versions.c
        base = (mine.platform == "") & (mine.team == "")
        query = select(t.versions).where(or_(_rows.in_team(t.versions, team), base))
        async with self._read_autocommit() as connection:
            rows = (await connection.execute(query.order_by(mine.created_at.desc(), mine.id.desc()))).mappings()
            return [_rows.version_of(dict(row)) for row in rows]

    async def keep_version(self, version: ModelVersion) -> None:
        """Stores a version, or changes what can change of a stored one; a new live one retires the one before."""
        row = _rows.version_row(version)
        changed = {name: row[name] for name in CHANGING}
        upsert = self._insert(t.versions).on_conflict_do_update(index_elements=["platform", "team", "id"], set_=changed)
        rival = (t.versions.c.platform == row["platform"], t.versions.c.team == row["team"], t.versions.c.id != version.id)
        retired = update(t.versions).where(*rival, t.versions.c.stage == "live").values(stage="retired")
        async with self._write_transaction() as connection:
            if self._engine.dialect.name == "postgresql":  # two that become live at once: the second sees the first
                await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:team, 0))"), {"team": row["team"]})
            if version.stage == "live":
                await connection.execute(retired)
            await connection.execute(upsert, row)


def _held(brainstorm: Brainstorm) -> dict[str, Any]:
    """The columns by which a brainstorm is its holder's."""
    return {**_rows.team_of(brainstorm.channel.team), "id": brainstorm.id, "holder": brainstorm.holder}
