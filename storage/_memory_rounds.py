"""The part of the store in memory that keeps rounds, what was written in silence, and points."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import UnknownIdea
from bot.domain.feedback import Feedback
from bot.domain.ideas import Channel, Idea, IdeaId, Person, Team
from bot.domain.rounds import Decision, Note, Round, RoundId, signal
from storage._rules import at_most, storable


class MemoryRounds:
    """The methods of the `RoundStore` port."""

    _lock: threading.RLock
    _ideas: dict[IdeaId, Idea]
    _feedback: dict[tuple[IdeaId, Person, str], Feedback]

    def __init__(self) -> None:
        super().__init__()
        self._rounds: dict[RoundId, Round] = {}
        self._notes: dict[IdeaId, tuple[Team, Note]] = {}

    async def open_round(self, round: Round) -> Round:
        """Stores a round; one that is there, or runs in the channel, stays as it is."""
        new = storable(round)
        with self._lock:
            there = self._rounds.get(new.id)
            if there is not None and there.channel.team != new.channel.team:
                return new  # an id that another team has is stored for nobody else
            there = there or (self._running(new.channel) if new.state == "running" else None)
            if there is not None:
                return there
            self._rounds[new.id] = new
        return new

    def _running(self, channel: Channel) -> Round | None:
        return next((one for one in self._rounds.values() if one.channel == channel and one.state == "running"), None)

    async def round(self, team: Team, id: RoundId) -> Round | None:
        """One round of the team."""
        with self._lock:
            round = self._rounds.get(storable(id))
        return round if round is not None and round.channel.team == storable(team) else None

    async def rounds(self, channel: Channel, *, limit: int = 20) -> list[Round]:
        """The channel's rounds, newest first."""
        with self._lock:
            mine = [one for one in self._rounds.values() if one.channel == storable(channel)]
        return sorted(mine, key=lambda one: (one.opened_at, one.id), reverse=True)[: at_most(limit)]

    async def move_round(self, was: Round, now: Round) -> bool:
        """Stores where a round is now, if it is still where it was."""
        was, now = storable(was), storable(now)
        with self._lock:
            there = self._rounds.get(was.id)
            if there is None or there.channel != was.channel or _where(there) != _where(was):
                return False
            running = self._running(was.channel)
            if now.state == "running" and running is not None and running.id != was.id:
                return False
            moved = {"step": now.step, "state": now.state, "closes_at": now.closes_at, "address": now.address}
            self._rounds[was.id] = replace(there, **moved)  # type: ignore[arg-type]
        return True

    async def place_round(self, round: Round, address: str) -> bool:
        """Records where the card of the round's step is."""
        round = storable(round)
        with self._lock:
            there = self._rounds.get(round.id)
            if there is None or there.channel != round.channel or (there.step, there.state) != (round.step, round.state):
                return False
            self._rounds[round.id] = replace(there, address=storable(address))
        return True

    async def jot(self, team: Team, note: Note) -> bool:
        """Stores what was written in silence while its step lasts."""
        team, new = storable(team), storable(note)
        with self._lock:
            there = self._rounds.get(new.round)
            here = there is not None and (there.channel.team, there.state, there.step) == (team, "running", new.step)
            if here:
                self._notes.setdefault(new.id, (team, new))
        return here

    async def notes(self, team: Team, round: RoundId) -> list[Note]:
        """What is not revealed yet."""
        team, round = storable(team), storable(round)
        with self._lock:
            mine = [note for where, note in self._notes.values() if (where, note.round) == (team, round)]
        return sorted(mine, key=lambda note: (note.at, note.id))

    async def drop_notes(self, team: Team, round: RoundId, ids: Collection[IdeaId]) -> None:
        """Forgets notes that are ideas now."""
        gone = {note.id for note in await self.notes(team, round)} & {storable(id) for id in ids}
        with self._lock:
            self._notes = {id: one for id, one in self._notes.items() if id not in gone}

    async def give_points(self, team: Team, round: RoundId, person: Person, opinions: Sequence[Feedback]) -> None:
        """Stores a person's points in the place of those before."""
        team, person, new = storable(team), storable(person), [storable(one) for one in opinions]
        with self._lock:
            there = self._rounds.get(storable(round))
            ideas = [self._ideas.get(one.idea) for one in new]
            if there is None or there.channel.team != team or any(idea is None or idea.channel.team != team for idea in ideas):
                raise UnknownIdea
            was = {key for key in self._feedback if key[1:] == (person, signal(storable(round)))}
            self._feedback = {key: one for key, one in self._feedback.items() if key not in was}
            self._feedback |= {(one.idea, person, one.signal): one for one in new}

    async def decide(self, team: Team, round: RoundId, decision: Decision) -> Round | None:
        """Notes what is done about an idea."""
        new = storable(decision)
        with self._lock:
            there = self._rounds.get(storable(round))
            if there is None or there.channel.team != storable(team):
                return None
            others = tuple(one for one in there.decisions if one.idea != new.idea)
            self._rounds[there.id] = replace(there, decisions=(*others, new))
            return self._rounds[there.id]

    def _forget_rounds(self, team: Team, person: Person) -> None:
        """Takes a person and their words out of the team's rounds."""
        self._notes = {id: one for id, one in self._notes.items() if one[0] != team or one[1].author != person}
        for round in [one for one in self._rounds.values() if one.channel.team == team]:
            kept = tuple(one for one in round.decisions if one.by != person)
            mine = {"opener": None, "topic": ""} if round.opener == person else {}
            self._rounds[round.id] = replace(round, decisions=kept, **mine)  # type: ignore[arg-type]

    def _forget_team_rounds(self, team: Team) -> None:
        self._notes = {id: one for id, one in self._notes.items() if one[0] != team}
        self._rounds = {id: one for id, one in self._rounds.items() if one.channel.team != team}


def _where(round: Round) -> tuple[int, str, datetime]:
    return round.step, round.state, round.closes_at
