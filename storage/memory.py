"""The store in memory: for trying things out and for tests; everything is gone when the process ends."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import TakenOver, UnknownIdea
from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Candidate, Channel, Idea, IdeaId, Person, State, Team
from bot.domain.models import ModelVersion
from bot.domain.shaping import one_each
from storage._memory_bridges import MemoryBridges
from storage._memory_inbox import MemoryInbox
from storage._memory_jobs import MemoryJobs
from storage._memory_material import MemoryMaterial
from storage._memory_media import MemoryMedia
from storage._memory_moderation import MemoryModeration
from storage._memory_passes import MemoryPasses
from storage._memory_people import MemoryPeople
from storage._memory_personas import MemoryPersonas
from storage._memory_posts import MemoryPosts
from storage._memory_rounds import MemoryRounds
from storage._memory_settings import MemorySettings
from storage._memory_shaping import MemoryShaping
from storage._memory_tunings import MemoryTunings
from storage._memory_turns import MemoryTurns
from storage._memory_usage import MemoryUsage
from storage._rules import CHANGING, at_most, aware, free, newest, storable


class MemoryStore(
    MemoryBridges,
    MemoryInbox,
    MemoryJobs,
    MemoryMaterial,
    MemoryMedia,
    MemoryPasses,
    MemoryPersonas,
    MemoryRounds,
    MemorySettings,
    MemoryShaping,
    MemoryModeration,
    MemoryPosts,
    MemoryPeople,
    MemoryTunings,
    MemoryTurns,
    MemoryUsage,
):
    """The `Store` port over dictionaries. The lock is for threads; within one event loop no method is interrupted."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._brainstorms: dict[BrainstormId, Brainstorm] = {}
        self._ideas: dict[IdeaId, Idea] = {}
        self._numbers: Counter[Channel] = Counter()
        self._candidates: list[Candidate] = []
        self._feedback: dict[tuple[IdeaId, Person, str], Feedback] = {}
        self._installations: dict[tuple[str, str], bytes] = {}
        self._versions: dict[tuple[Team | None, str], ModelVersion] = {}

    async def open(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to give back."""

    # brainstorms

    async def begin(self, brainstorm: Brainstorm, *, serves: str = "") -> None:
        """Stores a brainstorm's header; one that is there already stays as it is."""
        new = storable(brainstorm)
        with self._lock:
            if serves:
                self._serve(new.channel.team, serves)
            self._brainstorms.setdefault(new.id, new)

    def _held(self, brainstorm: Brainstorm) -> Brainstorm | None:
        """The brainstorm as it is stored, if it is still the given one's holder's."""
        brainstorm = storable(brainstorm)
        stored = self._brainstorms.get(brainstorm.id)
        held = stored is not None and (stored.channel.team, stored.holder) == (brainstorm.channel.team, brainstorm.holder)
        return stored if held else None

    def _change(self, brainstorm: Brainstorm, change: Callable[[Brainstorm], Brainstorm]) -> bool:
        with self._lock:
            stored = self._held(brainstorm)
            if stored is None:
                return False
            self._brainstorms[stored.id] = storable(change(stored))
        return True

    async def place(self, brainstorm: Brainstorm, address: str) -> bool:
        """Records where a brainstorm's card is."""
        return self._change(brainstorm, lambda stored: replace(stored, address=address))

    async def finish(self, brainstorm: Brainstorm, state: State, at: datetime) -> bool:
        """Ends a brainstorm and its lease."""
        return self._change(brainstorm, lambda stored: replace(stored, state=state, finished_at=at, leased_until=None, back=""))

    async def lease(self, brainstorm: Brainstorm, until: datetime) -> bool:
        """Leases a running brainstorm; one that has ended stays as it is."""
        with self._lock:
            stored = self._held(brainstorm)
            running = stored is not None and stored.state == "running"
            return running and self._change(brainstorm, lambda stored: replace(stored, leased_until=until))

    async def take_up(self, now: datetime, until: datetime, holder: str = "") -> list[Brainstorm]:
        """Leases and returns every running brainstorm whose lease has ended, oldest first."""
        now, until = aware(now), aware(until)
        with self._lock:
            running = (one for one in self._brainstorms.values() if one.state == "running")
            left = [one for one in running if free(one.leased_until, now)]
            taken = [replace(one, leased_until=until, holder=storable(holder)) for one in reversed(newest(left))]
            self._brainstorms |= {one.id: one for one in taken}
        return taken

    def _team_brainstorms(self, team: Team) -> list[Brainstorm]:
        team = storable(team)
        return newest([one for one in self._brainstorms.values() if one.channel.team == team])

    async def brainstorm(self, team: Team, id: BrainstormId) -> Brainstorm | None:
        """One brainstorm of the team."""
        with self._lock:
            brainstorm = self._brainstorms.get(storable(id))
        return brainstorm if brainstorm is not None and brainstorm.channel.team == storable(team) else None

    async def at_address(self, team: Team, address: str) -> Brainstorm | None:
        """The team's latest brainstorm at `address`; none is at the empty one."""
        address = storable(address)
        with self._lock:
            here = [one for one in self._team_brainstorms(team) if one.address and one.address == address]
        return here[0] if here else None

    async def brainstorms(self, channel: Channel, *, limit: int) -> list[Brainstorm]:
        """The channel's latest brainstorms, newest first."""
        channel = storable(channel)
        with self._lock:
            return [one for one in self._team_brainstorms(channel.team) if one.channel == channel][: at_most(limit)]

    async def asked(self, place: Team | Channel, since: datetime, person: Person | None = None) -> tuple[int, datetime | None]:
        """How many brainstorms were begun since a moment, and when the first was."""
        place, since, person = storable(place), aware(since), storable(person)
        team = place.team if isinstance(place, Channel) else place
        with self._lock:
            times = [
                one.created_at
                for one in self._team_brainstorms(team)
                if one.created_at >= since and place in (team, one.channel) and person in (None, one.asker)
            ]
        return len(times), min(times, default=None)

    # ideas

    async def add(self, idea: Idea, *, held: Brainstorm | None = None) -> Idea:
        """Stores an idea under the channel's next number."""
        new = storable(idea)
        with self._lock:
            if held is not None and self._held(held) is None:
                raise TakenOver
            if (stored := self._ideas.get(new.id)) is not None:
                if stored.channel.team != new.channel.team:
                    raise UnknownIdea
                return stored
            self._numbers[new.channel] += 1
            self._ideas[new.id] = replace(new, number=self._numbers[new.channel])
            return self._ideas[new.id]

    async def log(self, team: Team, candidates: Sequence[Candidate]) -> None:
        """Appends to the log of everything that was generated for the team."""
        with self._lock:
            theirs = {one.id for one in self._team_brainstorms(team)}
            self._candidates += [one for one in map(storable, candidates) if one.brainstorm in theirs]

    async def candidates(self, team: Team, brainstorm: BrainstormId) -> list[Candidate]:
        """The logged candidates of one of the team's brainstorms, in order."""
        if await self.brainstorm(team, brainstorm) is None:
            return []
        brainstorm = storable(brainstorm)
        with self._lock:
            return [one for one in self._candidates if one.brainstorm == brainstorm]

    def _team_ideas(self, team: Team) -> list[Idea]:
        team = storable(team)
        return newest([idea for idea in self._ideas.values() if idea.channel.team == team])

    async def idea(self, team: Team, id: IdeaId) -> Idea | None:
        """One idea of the team."""
        with self._lock:
            idea = self._ideas.get(storable(id))
        return idea if idea is not None and idea.channel.team == storable(team) else None

    async def numbered(self, channel: Channel, number: int) -> Idea | None:
        """One idea of the channel, by its number."""
        channel = storable(channel)
        with self._lock:
            ideas = self._ideas.values()
            return next((idea for idea in ideas if idea.number == number and idea.channel == channel), None)

    async def ideas_of(self, team: Team, brainstorm: BrainstormId) -> list[Idea]:
        """The ideas shown for one brainstorm, by slot."""
        brainstorm = storable(brainstorm)
        with self._lock:
            ideas = [idea for idea in self._team_ideas(team) if idea.brainstorm == brainstorm and not idea.hidden]
        return sorted(ideas, key=lambda idea: (idea.slot, idea.id))

    async def ideas(self, channel: Channel, *, limit: int = 1000, hidden: bool = False) -> list[Idea]:
        """The channel's ideas, newest first."""
        channel = storable(channel)
        with self._lock:
            ideas = [idea for idea in self._team_ideas(channel.team) if idea.channel == channel]
        return [idea for idea in ideas if hidden or not idea.hidden][: at_most(limit)]

    async def team_ideas(self, team: Team, *, limit: int = 1000) -> list[Idea]:
        """The team's ideas over all its channels, newest first."""
        with self._lock:
            return [idea for idea in self._team_ideas(team) if not idea.hidden][: at_most(limit)]

    # feedback

    async def hear(self, team: Team, feedback: Feedback) -> Feedback | None:
        """Stores somebody's current opinion and returns the one it replaced."""
        new = storable(feedback)
        key = (new.idea, new.person, new.signal)
        with self._lock:
            idea = self._ideas.get(new.idea)
            if idea is None or idea.channel.team != storable(team):
                raise UnknownIdea
            before = self._feedback.pop(key, None)
            if new.value != 0:
                self._feedback[key] = new
                return before
            parts = [part for part, kept in self._kept(team).items() if kept == new.idea]
            gone = [self._feedback.pop((part, new.person, new.signal), None) for part in parts]
        return max((one for one in (before, *gone) if one is not None), key=lambda one: one.at, default=None)

    async def feedback(self, team: Team, ideas: Sequence[IdeaId]) -> list[Feedback]:
        """Everybody's current opinions of these ideas."""
        with self._lock:
            asked = {storable(id) for id in ideas} & {idea.id for idea in self._team_ideas(team)}
            own = [vote for vote in self._feedback.values() if vote.idea in asked]
            kept = self._kept(team)
            carried = [vote for vote in self._feedback.values() if kept.get(vote.idea) in asked]
            return one_each([*own, *(replace(vote, idea=kept[vote.idea]) for vote in carried)]) if carried else own

    # versions

    async def versions(self, team: Team) -> list[ModelVersion]:
        """The team's versions and the base's, newest first."""
        team = storable(team)
        with self._lock:
            mine = [storable(one) for one in self._versions.values() if one.team is None or one.team == team]
        return sorted(mine, key=lambda one: (one.created_at, one.id), reverse=True)

    async def keep_version(self, version: ModelVersion) -> None:
        """Stores a version, or changes what can change of a stored one; a new live one retires the one before."""
        new = storable(version)
        with self._lock:
            if new.stage == "live":
                for key, other in self._versions.items():
                    if other.team == new.team and other.stage == "live":
                        self._versions[key] = replace(other, stage="retired")
            stored = self._versions.get((new.team, new.id), new)
            self._versions[new.team, new.id] = replace(stored, **{name: getattr(new, name) for name in CHANGING})

    # installations

    async def keep_installation(self, platform: str, team: str, sealed: bytes) -> None:
        """Stores what a team entrusted, in the place of what it did before; see `storage.installations`."""
        with self._lock:
            self._installations[platform, team] = sealed

    async def installation(self, platform: str, team: str) -> bytes | None:
        """What a team entrusted; None when it has not, or has left."""
        with self._lock:
            return self._installations.get((platform, team))

    async def installations(self, platform: str) -> dict[str, bytes]:
        """What every team of a platform entrusted, by team."""
        with self._lock:
            return {team: sealed for (where, team), sealed in self._installations.items() if where == platform}

    async def drop_installation(self, platform: str, team: str) -> None:
        """Deletes what a team entrusted; nothing happens when there is nothing."""
        with self._lock:
            self._installations.pop((platform, team), None)
