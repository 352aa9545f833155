"""The store on SQLite or PostgreSQL: one statement for a vote, one transaction for any other write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import UnknownIdea
from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Candidate, Channel, Idea, IdeaId, Person, State, Team
from bot.domain.models import ChannelSettings, ModelVersion
from bot.ports import Forgotten, Kept
from storage import _people, _reading, _rows, migrate
from storage import _tables as t
from storage._engines import BEGIN, COMMAND_S
from storage._faults import translated
from storage._rules import CHANGING, EVENTS_KEPT, MOST_ROWS, PRUNE_EVERY, at_most, event_key
from storage._sql_media import SqlMedia
from storage.installations import SqlInstallations
from storage.media import Folder

SETTLED_S = 1.0  # every event looks its channel's settings up several times
CHANNELS = 10_000  # whose settings are remembered; a kilobyte each

_FEEDBACK_KEY = ("idea", "person_platform", "person", "signal")
_OPINION = ("token", "value", "at")


class SqlStore(SqlInstallations, SqlMedia):
    """The `Store` port over SQLAlchemy Core.

    SQLite takes one writer at a time: ours queue on `_turn`, in order, and only other processes wait in the database.
    """

    def __init__(self, engine: AsyncEngine, where: str, folder: Folder | None = None) -> None:
        self._engine = engine
        self._folder = folder  #: for the bytes of media
        self._where = where  #: the database's name in messages
        self._pruned_at: datetime | None = None
        self._settled: dict[Channel, tuple[float, ChannelSettings]] = {}
        self._writes = engine.execution_options(**{BEGIN: "IMMEDIATE"})
        if engine.dialect.name == "sqlite":
            self._insert: Any = sqlite.insert
            self._turn: asyncio.Lock | nullcontext[None] = asyncio.Lock()
            self._single = engine.execution_options(**{BEGIN: ""})
        else:
            self._insert = postgresql.insert
            self._turn = nullcontext()
            self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._vote = self._vote_statement()

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
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        with translated(self._where):
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def _looking(self) -> AsyncIterator[AsyncConnection]:
        """For one statement that reads, without the round trips of BEGIN and ROLLBACK."""
        with translated(self._where):
            async with self._single.connect() as connection:
                yield connection

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction."""
        with translated(self._where):
            async with self._my_turn(), self._writes.begin() as connection:
                yield connection

    @asynccontextmanager
    async def _saying(self) -> AsyncIterator[AsyncConnection]:
        """For statements each of which is a transaction of its own, without the round trips of BEGIN and COMMIT."""
        with translated(self._where):
            async with self._my_turn(), self._single.connect() as connection:
                yield connection

    async def open(self) -> None:
        """Connects, makes an empty database ours, checks the schema of any other."""
        with translated(self._where, opening=True):
            await migrate.ready(self._engine, self._where)

    async def close(self) -> None:
        """Gives back connections."""
        await self._engine.dispose()

    # events

    async def first_time(self, event: str, at: datetime) -> bool:
        """Records an event id; False when it was there already."""
        kept = self._insert(t.events).on_conflict_do_nothing().returning(t.events.c.id)
        async with self._saying() as connection:
            new = (await connection.execute(kept, {"id": event_key(event), "at": at})).first() is not None
            if self._pruned_at is None or at - self._pruned_at > PRUNE_EVERY:
                self._pruned_at = at
                await connection.execute(delete(t.events).where(t.events.c.at < at - EVENTS_KEPT))
        return new

    # brainstorms

    async def begin(self, brainstorm: Brainstorm) -> None:
        """Stores a brainstorm's header; one that is there already stays as it is."""
        made = self._insert(t.brainstorms).on_conflict_do_nothing().returning(t.brainstorms.c.id)
        parents = [{"brainstorm": brainstorm.id, "place": i, "idea": id} for i, id in enumerate(brainstorm.parents)]
        about = brainstorm.prompt.about if brainstorm.prompt else ()
        quoted = [{"brainstorm": brainstorm.id, "place": i, "text": said} for i, said in enumerate(about)]
        async with self._writing() as connection:
            if (await connection.execute(made, _rows.brainstorm_row(brainstorm))).first() is None:
                return
            if parents:
                await connection.execute(insert(t.brainstorm_parents), parents)
            if quoted:
                await connection.execute(insert(t.brainstorm_about), quoted)

    async def _change(self, brainstorm: BrainstormId, *where: ColumnElement[bool], **columns: Any) -> None:
        async with self._saying() as connection:
            await connection.execute(update(t.brainstorms).where(t.brainstorms.c.id == brainstorm, *where).values(**columns))

    async def place(self, brainstorm: BrainstormId, address: str) -> None:
        """Records where a brainstorm's card is."""
        await self._change(brainstorm, address=address)

    async def finish(self, brainstorm: BrainstormId, state: State, at: datetime) -> None:
        """Ends a brainstorm and its lease."""
        await self._change(brainstorm, state=state, finished_at=at, leased_until=None)

    async def lease(self, brainstorm: BrainstormId, until: datetime) -> None:
        """Leases a running brainstorm; one that has ended stays as it is."""
        await self._change(brainstorm, t.brainstorms.c.state == "running", leased_until=until)

    async def take_up(self, now: datetime, until: datetime) -> list[Brainstorm]:
        """Leases and returns every running brainstorm whose lease has ended, oldest first."""
        mine = t.brainstorms.c
        left = select(mine.id).where(mine.state == "running", or_(mine.leased_until.is_(None), mine.leased_until <= now))
        async with self._writing() as connection:
            ids = (await connection.execute(left.with_for_update(skip_locked=True))).scalars().all()
            found: list[Brainstorm] = []
            for some in _reading.batches(ids):
                await connection.execute(update(t.brainstorms).where(mine.id.in_(some)).values(leased_until=until))
                found += await _reading.brainstorms(connection, select(t.brainstorms).where(mine.id.in_(some)))
        return sorted(found, key=lambda one: (one.created_at, one.id))

    async def _brainstorms(self, *where: ColumnElement[bool], limit: int = MOST_ROWS) -> list[Brainstorm]:
        mine = t.brainstorms.c
        query = select(t.brainstorms).where(*where).order_by(mine.created_at.desc(), mine.id.desc()).limit(at_most(limit))
        async with self._reading() as connection:
            return await _reading.brainstorms(connection, query)

    async def brainstorm(self, team: Team, id: BrainstormId) -> Brainstorm | None:
        """One brainstorm of the team."""
        found = await self._brainstorms(_rows.in_team(t.brainstorms, team), t.brainstorms.c.id == id)
        return found[0] if found else None

    async def at_address(self, team: Team, address: str) -> Brainstorm | None:
        """The team's latest brainstorm at `address`; none is at the empty one."""
        here = (_rows.in_team(t.brainstorms, team), t.brainstorms.c.address == address, t.brainstorms.c.address != "")
        found = await self._brainstorms(*here, limit=1)
        return found[0] if found else None

    async def brainstorms(self, channel: Channel, *, limit: int) -> list[Brainstorm]:
        """The channel's latest brainstorms, newest first."""
        return await self._brainstorms(_rows.in_channel(t.brainstorms, channel), limit=limit)

    async def asked(self, place: Team | Channel, since: datetime, person: Person | None = None) -> tuple[int, datetime | None]:
        """How many brainstorms were begun since a moment, and when the first was."""
        mine = t.brainstorms.c
        where = [_rows.in_channel(t.brainstorms, place) if isinstance(place, Channel) else _rows.in_team(t.brainstorms, place)]
        if person is not None:
            where += [mine.asker_platform == person.platform, mine.asker == person.id]
        query = select(func.count(), func.min(mine.created_at)).where(*where, mine.created_at >= since)
        async with self._looking() as connection:
            count, first = (await connection.execute(query)).one()
        return count, first

    # ideas

    async def add(self, idea: Idea) -> Idea:
        """Stores an idea under the channel's next number; the channel's row is the lock that numbers queue on."""
        place = _rows.place_of(idea.channel)
        channel = {"platform": place["platform"], "team": place["team"], "id": place["channel"], "ideas": 1}
        counted = self._insert(t.channels).on_conflict_do_update(
            index_elements=["platform", "team", "id"], set_={"ideas": t.channels.c.ideas + 1}
        )
        stored = self._insert(t.ideas).on_conflict_do_nothing().returning(t.ideas.c.id)
        parents = [{"idea": idea.id, "place": i, "parent": id} for i, id in enumerate(idea.parents)]
        this = select(t.ideas).where(t.ideas.c.id == idea.id, _rows.in_team(t.ideas, idea.channel.team))
        async with self._writing() as connection:
            number = (await connection.execute(counted.returning(t.channels.c.ideas), channel)).scalar_one()
            new = (await connection.execute(stored, _rows.idea_row(idea, number))).first() is not None
            if new and parents:
                await connection.execute(insert(t.idea_parents), parents)
            if not new:  # the number goes back; nobody has seen it, for the row is still ours
                used = (t.channels.c[name] == channel[name] for name in ("platform", "team", "id"))
                await connection.execute(update(t.channels).where(*used).values(ideas=t.channels.c.ideas - 1))
            found = await _reading.ideas(connection, this)
        if not found:
            raise UnknownIdea  # another team has this id, and is not to be told of
        return found[0]

    async def log(self, candidates: Sequence[Candidate]) -> None:
        """Appends to the log of everything that was generated."""
        if candidates:
            async with self._writing() as connection:
                await connection.execute(insert(t.candidates), [_rows.candidate_row(one) for one in candidates])

    async def candidates(self, team: Team, brainstorm: BrainstormId) -> list[Candidate]:
        """The logged candidates of one of the team's brainstorms, in order."""
        query = (
            select(t.candidates)
            .join(t.brainstorms, t.brainstorms.c.id == t.candidates.c.brainstorm)
            .where(_rows.in_team(t.brainstorms, team), t.candidates.c.brainstorm == brainstorm)
            .order_by(t.candidates.c.id)
        )
        async with self._looking() as connection:
            return [_rows.candidate_of(dict(row)) for row in (await connection.execute(query)).mappings()]

    async def _ideas(self, *where: ColumnElement[bool], limit: int = MOST_ROWS) -> list[Idea]:
        query = select(t.ideas).where(*where).order_by(t.ideas.c.created_at.desc(), t.ideas.c.id.desc()).limit(at_most(limit))
        async with self._reading() as connection:
            return await _reading.ideas(connection, query)

    async def idea(self, team: Team, id: IdeaId) -> Idea | None:
        """One idea of the team."""
        found = await self._ideas(_rows.in_team(t.ideas, team), t.ideas.c.id == id)
        return found[0] if found else None

    async def numbered(self, channel: Channel, number: int) -> Idea | None:
        """One idea of the channel, by its number."""
        if not 0 < number <= MOST_ROWS:
            return None
        found = await self._ideas(_rows.in_channel(t.ideas, channel), t.ideas.c.number == number)
        return found[0] if found else None

    async def ideas_of(self, team: Team, brainstorm: BrainstormId) -> list[Idea]:
        """The ideas shown for one brainstorm, by slot."""
        found = await self._ideas(_rows.in_team(t.ideas, team), t.ideas.c.brainstorm == brainstorm)
        return sorted(found, key=lambda idea: (idea.slot, idea.id))

    async def ideas(self, channel: Channel, *, limit: int = 1000) -> list[Idea]:
        """The channel's ideas, newest first."""
        return await self._ideas(_rows.in_channel(t.ideas, channel), limit=limit)

    async def team_ideas(self, team: Team, *, limit: int = 1000) -> list[Idea]:
        """The team's ideas over all its channels, newest first."""
        return await self._ideas(_rows.in_team(t.ideas, team), limit=limit)

    # feedback

    def _vote_statement(self) -> Any:
        """Upserts an opinion of an idea of the team and returns the one before; no row: the team has no such idea."""
        given = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in t.feedback.c}
        names = [name for name in given if not name.startswith("was_")]
        asked = (t.ideas.c.id == given["idea"], t.ideas.c.platform == given["platform"], t.ideas.c.team == given["team"])
        new = self._insert(t.feedback).from_select(names, select(*(given[name] for name in names)).where(*asked))
        changed = {name: new.excluded[name] for name in _OPINION}
        before = {f"was_{name}": t.feedback.c[name] for name in _OPINION}
        upsert = new.on_conflict_do_update(index_elements=list(_FEEDBACK_KEY), set_=changed | before)
        return upsert.returning(*(t.feedback.c[name] for name in before))

    async def hear(self, team: Team, feedback: Feedback) -> Feedback | None:
        """Stores somebody's current opinion and returns the one it replaced."""
        row = _rows.feedback_row(team, feedback)
        if feedback.value == 0:
            return await self._withdraw(team, row)
        async with self._saying() as connection:
            try:
                found = (await connection.execute(self._vote, {f"new_{name}": row[name] for name in row})).mappings().first()
            except IntegrityError as error:  # the idea was deleted in this very moment
                raise UnknownIdea from error
        if found is None:
            raise UnknownIdea
        if found["was_token"] is None:
            return None
        return _rows.feedback_of(row | {name: found[f"was_{name}"] for name in _OPINION})

    async def _withdraw(self, team: Team, row: dict[str, Any]) -> Feedback | None:
        key = (t.feedback.c[name] == row[name] for name in _FEEDBACK_KEY)
        gone = delete(t.feedback).where(_rows.in_team(t.feedback, team), *key).returning(*t.feedback.c)
        known = select(t.ideas.c.id).where(_rows.in_team(t.ideas, team), t.ideas.c.id == row["idea"])
        async with self._saying() as connection:
            before = (await connection.execute(gone)).mappings().first()
            if before is None and (await connection.execute(known)).first() is None:
                raise UnknownIdea
        return _rows.feedback_of(dict(before)) if before is not None else None

    async def feedback(self, team: Team, ideas: Sequence[IdeaId]) -> list[Feedback]:
        """Everybody's current opinions of these ideas."""
        found: list[Feedback] = []
        async with self._reading() as connection:
            for some in _reading.batches(ideas):
                query = select(t.feedback).where(_rows.in_team(t.feedback, team), t.feedback.c.idea.in_(some))
                found += [_rows.feedback_of(dict(row)) for row in (await connection.execute(query)).mappings()]
        return found

    # people

    async def about(self, team: Team, person: Person) -> Kept:
        """Everything stored about a person in a team, newest first."""
        async with self._reading() as connection:
            return await _people.about(connection, team, person)

    async def forget(self, team: Team, person: Person) -> Forgotten:
        """Deletes what is kept of a person in a team, from SQLite's write-ahead log too."""
        async with self._writing() as connection:
            await self._alone(connection, team)
            gone, digests = await _people.forget(connection, team, person)
            await self._clear(connection, team, digests)
        if self._engine.dialect.name == "sqlite":
            async with self._saying() as connection:
                await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return gone

    # settings and versions

    async def settings(self, channel: Channel) -> ChannelSettings:
        """What the channel has settled; all defaults when nothing. Another process's change shows after `SETTLED_S`."""
        known, now = self._settled, monotonic()
        at, found = known.get(channel, (float("-inf"), None))
        if found is not None and now - at < SETTLED_S:
            return found
        query = select(t.settings).where(_rows.in_channel(t.settings, channel))
        async with self._looking() as connection:
            row = (await connection.execute(query)).mappings().first()
        found = _rows.settings_of(dict(row)) if row is not None else ChannelSettings()
        if len(known) >= CHANNELS:
            known.clear()
        known[channel] = now, found
        return found

    async def settle(self, channel: Channel, settings: ChannelSettings) -> None:
        """Stores what the channel has settled."""
        row = _rows.settings_row(settings)
        kept = self._insert(t.settings).values(**_rows.place_of(channel), **row)
        async with self._saying() as connection:
            await connection.execute(kept.on_conflict_do_update(index_elements=["platform", "team", "channel"], set_=row))
        self._settled = {}  # a new one, as what is being read at this moment may be what was settled before

    async def versions(self, team: Team) -> list[ModelVersion]:
        """The team's versions and the base's, newest first."""
        mine = t.versions.c
        base = (mine.platform == "") & (mine.team == "")
        query = select(t.versions).where(or_(_rows.in_team(t.versions, team), base))
        async with self._looking() as connection:
            rows = (await connection.execute(query.order_by(mine.created_at.desc(), mine.id.desc()))).mappings()
            return [_rows.version_of(dict(row)) for row in rows]

    async def keep_version(self, version: ModelVersion) -> None:
        """Stores a version, or changes what can change of a stored one; a new live one retires the one before."""
        row = _rows.version_row(version)
        changed = {name: row[name] for name in CHANGING}
        kept = self._insert(t.versions).on_conflict_do_update(index_elements=["platform", "team", "id"], set_=changed)
        rival = (t.versions.c.platform == row["platform"], t.versions.c.team == row["team"], t.versions.c.id != version.id)
        retired = update(t.versions).where(*rival, t.versions.c.stage == "live").values(stage="retired")
        async with self._writing() as connection:
            if self._engine.dialect.name == "postgresql":  # two that become live at once: the second sees the first
                await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:team, 0))"), {"team": row["team"]})
            if version.stage == "live":
                await connection.execute(retired)
            await connection.execute(kept, row)
