"""The part of the store on SQLite or PostgreSQL that keeps rounds, what was written in silence, and points."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import UnknownIdea
from bot.domain.feedback import Feedback
from bot.domain.ideas import Channel, IdeaId, Person, Team
from bot.domain.rounds import Decision, Note, Round, RoundId, Step, signal
from storage import _reading, _rows
from storage import _tables as t
from storage._bridges import SqlBridges
from storage._rules import at_most, revived

STEP = ("phase", "minutes", "prompt", "ideas", "ask", "links")  # a step in its round's row; those of older rounds have no links


class SqlRounds(SqlBridges):
    """The methods of the `RoundStore` port, and of the `BridgeStore` port: where rounds are guests."""

    async def open_round(self, round: Round) -> Round:
        """Stores a round; one that is there, or runs in the channel, stays as it is."""
        mine = t.rounds.c
        new = self._insert(t.rounds).values(round_row(round)).on_conflict_do_nothing()
        running = and_(_rows.in_channel(t.rounds, round.channel), mine.state == "running")
        there = select(t.rounds).where(_rows.in_team(t.rounds, round.channel.team), or_(mine.id == round.id, running))
        async with self._write_transaction() as connection:
            await connection.execute(new)
            found = [round_of(dict(row)) for row in (await connection.execute(there)).mappings()]
        return next((one for one in found if one.id == round.id), None) or next(iter(found), round)

    async def round(self, team: Team, id: RoundId) -> Round | None:
        """One round of the team."""
        async with self._read_autocommit() as connection:
            row = (await connection.execute(select(t.rounds).where(_one(team, id)))).mappings().first()
        return None if row is None else round_of(dict(row))

    async def rounds(self, channel: Channel, *, limit: int = 20) -> list[Round]:
        """The channel's rounds, newest first."""
        mine = t.rounds.c
        query = select(t.rounds).where(_rows.in_channel(t.rounds, channel)).order_by(mine.opened_at.desc(), mine.id.desc())
        async with self._read_autocommit() as connection:
            return [round_of(dict(row)) for row in (await connection.execute(query.limit(at_most(limit)))).mappings()]

    async def move_round(self, was: Round, now: Round) -> bool:
        """Stores where a round is now, if it is still where it was."""
        mine = t.rounds.c
        there = (_one(was.channel.team, was.id), mine.step == was.step, mine.state == was.state, mine.closes_at == was.closes_at)
        moved = {"step": now.step, "state": now.state, "closes_at": now.closes_at, "address": now.address}
        return await self._change_round(update(t.rounds).where(*there).values(**moved))

    async def place_round(self, round: Round, address: str) -> bool:
        """Records where the card of the round's step is."""
        mine = t.rounds.c
        there = (_one(round.channel.team, round.id), mine.step == round.step, mine.state == round.state)
        return await self._change_round(update(t.rounds).where(*there).values(address=address))

    async def _change_round(self, change: Any) -> bool:
        async with self._write_autocommit() as connection:
            try:
                return (await connection.execute(change)).rowcount > 0
            except IntegrityError:  # another runs in the channel
                return False

    async def jot(self, team: Team, note: Note) -> bool:
        """Stores what was written in silence while its step lasts; the round's row is what those who move it wait for."""
        mine = t.rounds.c
        here = select(mine.id).where(_one(team, note.round), mine.state == "running", mine.step == note.step)
        row = {**_rows.team_of(team), **_rows.columns_of(note.author, "author"), "id": note.id, "round": note.round}
        row |= {"step": note.step, "text": note.text, "model": note.model, "at": note.at}
        async with self._write_transaction() as connection:
            if (await connection.execute(here.with_for_update())).first() is None:
                return False
            await connection.execute(self._insert(t.notes).values(row).on_conflict_do_nothing())
        return True

    async def notes(self, team: Team, round: RoundId) -> list[Note]:
        """What is not revealed yet."""
        mine = t.notes.c
        query = select(t.notes).where(_rows.in_team(t.notes, team), mine.round == round).order_by(mine.at, mine.id)
        async with self._read_autocommit() as connection:
            return [note_of(dict(row)) for row in (await connection.execute(query)).mappings()]

    async def drop_notes(self, team: Team, round: RoundId, ids: Collection[IdeaId]) -> None:
        """Forgets notes that are ideas now."""
        mine = t.notes.c
        async with self._write_transaction() as connection:
            for some in _reading.batches(list(ids)):
                gone = delete(t.notes).where(_rows.in_team(t.notes, team), mine.round == round, mine.id.in_(some))
                await connection.execute(gone)

    async def give_points(self, team: Team, round: RoundId, person: Person, opinions: Sequence[Feedback]) -> None:
        """Stores a person's points in the place of those before; the round's row is what two of theirs at once queue on."""
        mine = t.feedback.c
        ideas = sorted({one.idea for one in opinions})
        theirs = (_rows.in_team(t.feedback, team), _rows.by(t.feedback, "person", person), mine.signal == signal(round))
        known = select(t.ideas.c.id).where(_rows.in_team(t.ideas, team), t.ideas.c.id.in_(ideas))
        async with self._write_transaction() as connection:
            there = (await connection.execute(select(t.rounds.c.id).where(_one(team, round)).with_for_update())).first()
            if there is None or len((await connection.execute(known)).all()) < len(ideas):
                raise UnknownIdea
            await connection.execute(delete(t.feedback).where(*theirs))
            if opinions:
                await connection.execute(insert(t.feedback), [_rows.feedback_row(team, one) for one in opinions])

    async def decide(self, team: Team, round: RoundId, decision: Decision) -> Round | None:
        """Notes what is done about an idea."""
        async with self._write_transaction() as connection:
            row = (await connection.execute(select(t.rounds).where(_one(team, round)).with_for_update())).mappings().first()
            if row is None:
                return None
            kept = [one for one in row["decisions"] if one["idea"] != decision.idea] + [decision_row(decision)]
            await connection.execute(update(t.rounds).where(_one(team, round)).values(decisions=kept))
            return round_of(dict(row) | {"decisions": kept})


async def forget(connection: AsyncConnection, team: Team, person: Person) -> None:
    """Takes a person and their words out of the team's rounds."""
    await connection.execute(delete(t.notes).where(_rows.in_team(t.notes, team), _rows.by(t.notes, "author", person)))
    here, who = _rows.in_team(t.rounds, team), [person.platform, person.id]
    opened = update(t.rounds).where(here, _rows.by(t.rounds, "opener", person))
    await connection.execute(opened.values(opener_platform=None, opener=None, topic=""))
    for row in (await connection.execute(select(t.rounds.c.id, t.rounds.c.decisions).where(here))).all():
        kept = [one for one in row.decisions if one["by"] != who]
        if len(kept) < len(row.decisions):
            await connection.execute(update(t.rounds).where(here, t.rounds.c.id == row.id).values(decisions=kept))


def _one(team: Team, id: RoundId) -> ColumnElement[bool]:
    return and_(_rows.in_team(t.rounds, team), t.rounds.c.id == id)


def round_row(round: Round) -> dict[str, Any]:
    """The round's columns."""
    plain = (
        "id",
        "topic",
        "brainstorm",
        "method",
        "named",
        "dots",
        "locale",
        "step",
        "closes_at",
        "state",
        "address",
        "opened_at",
    )
    return {
        **{name: getattr(round, name) for name in plain},
        **_rows.place_of(round.channel),
        **_rows.columns_of(round.opener, "opener"),
        "steps": [[getattr(one, name) for name in STEP] for one in round.steps],
        "decisions": [decision_row(one) for one in round.decisions],
    }


def decision_row(decision: Decision) -> dict[str, Any]:
    """A decision as it stands in its round's row."""
    by = None if decision.by is None else [decision.by.platform, decision.by.id]
    return {"idea": decision.idea, "action": decision.action, "owner": decision.owner, "by": by}


def round_of(row: _rows.Row) -> Round:
    """The round in a row."""
    plain = (
        "id",
        "topic",
        "brainstorm",
        "method",
        "named",
        "dots",
        "locale",
        "step",
        "closes_at",
        "state",
        "address",
        "opened_at",
    )
    decisions = tuple(
        Decision(**one | {"by": None if one["by"] is None else Person(platform=one["by"][0], id=one["by"][1])})
        for one in row["decisions"]
    )
    steps = tuple(Step(**dict(zip(STEP, one, strict=False))) for one in row["steps"])
    places = {"channel": _rows.channel_of(row), "opener": _rows.person_of(row, "opener")}
    return revived(Round, {name: row[name] for name in plain} | places | {"steps": steps, "decisions": decisions})


def note_of(row: _rows.Row) -> Note:
    """The note in a row."""
    names = ("id", "round", "step", "text", "model", "at")
    return revived(Note, {name: row[name] for name in names} | {"author": _rows.person_of(row, "author")})
