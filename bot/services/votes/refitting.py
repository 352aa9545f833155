"""Keeps what was learned of each team's taste up to date while votes come in; it knows not how taste is learned."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import structlog
from numpy.typing import NDArray

from bot.domain.bridges import guests_words
from bot.domain.errors import MuselabError
from bot.domain.ideas import BrainstormId, Channel, Idea, IdeaId, Person, Prompt, Team
from bot.ports import Entry, Generator, Learner, Log, Ranker, Store, Taste

log = structlog.get_logger(__name__)

LOGGED = 20_000  # ideas of a team that taste is learned from, the latest; older taste has faded, and bounds memory at 30 MB
REMEMBERED = 50_000  # vectors kept at hand over all teams: 75 MB
PROMPTS = 20_000  # remembered likewise: 20 MB
AT_ONCE = 64  # texts embedded by one request, so that a brainstorm's own requests get between
REST = 20.0  # times as long as learning took passes before a team's taste is learned anew: at most a twentieth of a core
QUICK_S = 2.0  # a learning that took no longer needs no rest: teams of some hundred ideas, whose new ideas are ranked at once
FRESH_S = 300.0  # another process may serve the same team; after this long its votes are looked for
COMPARED = 500  # ideas among which an idea's relatives are looked for, the channel's latest
DECIDED = 0.15  # score from which an idea counts as liked: one vote more for than against
RELATED = 0.35  # cosine of MiniLM vectors from which two ideas have something in common that a person sees
AGAIN_S = 5.0  # seconds between two refits of a team, so that a burst of votes causes one; the votes themselves count at once
WARMED, LOOKED_AT = 20, 500  # after a start: teams that are learned (minutes of work), and teams that are looked at for it
LEARNING = 1  # teams at a time: every thread that computes keeps the loop, and so acknowledgements, from its turn for 5 ms a time


@dataclass(frozen=True, slots=True)
class Relatives:
    """The nearest judged ideas to an idea; None where none is near."""

    liked: Idea | None = None
    disliked: Idea | None = None


@dataclass(slots=True)
class State:
    """What is known of one team."""

    taste: Taste | None = None
    ideas: frozenset[IdeaId] = frozenset()  #: that it was learned from
    rest_until: float = 0.0  #: on the monotonic clock
    fresh_until: float = 0.0  #: likewise
    again_at: float = 0.0  #: likewise
    wanted: asyncio.Event = field(default_factory=asyncio.Event)  #: somebody waits for what is learned next
    stale: bool = True
    encoder: str = ""  #: of the vectors that it was learned from


class Tasting:
    """Gives each team its own ranker: votes alone at first, its learned taste as soon as there is one."""

    def __init__(self, *, store: Store, generator: Generator, ranker: Ranker, learns: bool = True) -> None:
        """`learns`: False keeps to votes alone, for a process that ends before anything is learned."""
        self.store = store
        self.generator = generator
        self.ranker = ranker
        self.learner = ranker if learns and isinstance(ranker, Learner) else None
        self._states: dict[Team, State] = {}
        self._tasks: dict[Team, asyncio.Task[None]] = {}
        self._prompts: dict[BrainstormId, Prompt] = {}
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._encoder = ""  #: that made them
        self._room = asyncio.Semaphore(LEARNING)
        self._warming: asyncio.Task[None] | None = None

    def warm(self, since: datetime, platforms: Collection[str]) -> None:
        """Learns, behind, what the teams that asked most since a moment like, so that their next ideas are ordered by it."""
        if self.learner is not None:
            self._warming = asyncio.create_task(self._warm(since, platforms))

    async def _warm(self, since: datetime, platforms: Collection[str]) -> None:
        try:
            teams = [team for team in await self.store.teams() if team.platform in platforms]
            asked = {team: (await self.store.asked(team, since))[0] for team in teams[:LOOKED_AT]}
            for team in sorted(filter(asked.get, asked), key=lambda team: -asked[team])[:WARMED]:
                await self.settled(team)
        except MuselabError as error:
            log.warning("what teams like could not be learned beforehand", why=str(error))

    def of(self, team: Team) -> Ranker:
        """The team's ranker as it is now. Never waits: what is stale is brought up to date behind."""
        if self.learner is None:
            return self.ranker
        state = self._states.setdefault(team, State())
        state.stale = state.stale or time.monotonic() > state.fresh_until
        if state.stale:
            self._update(team)
        return state.taste or self.ranker

    def taste(self, team: Team) -> Taste | None:
        """What was learned of the team's taste; None when nothing was, yet."""
        self.of(team)
        return self._states[team].taste if team in self._states else None

    def heard(self, team: Team) -> None:
        """Somebody of the team said something, or took it back."""
        state = self._states.get(team)
        if state is not None:
            state.stale = True
            self._update(team)

    def forget(self, team: Team) -> None:
        """Drops what was learned of the team, so that it is learned anew from what is still kept."""
        self._states.pop(team, None)
        self._prompts.clear()
        self._vectors.clear()
        task = self._tasks.pop(team, None)
        if task is not None:
            task.cancel()

    async def settled(self, team: Team) -> Taste | None:
        """What was learned once everything heard so far is in it."""
        self.of(team)
        while (task := self._tasks.get(team)) is not None:
            self._states[team].wanted.set()
            await asyncio.gather(task, return_exceptions=True)
        return self.taste(team)

    async def first(self, team: Team, within_s: float) -> tuple[Taste | None, bool]:
        """As `taste`, waiting a while for what is being learned for the first time; and whether it still is."""
        taste, learning = self.taste(team), self._tasks.get(team)
        if taste is None and learning is not None:
            await asyncio.wait({learning}, timeout=within_s)
            taste = self.taste(team)
        return taste, taste is None and learning is not None and not learning.done()

    async def beyond(self, team: Team, person: Person, ideas: Sequence[IdeaId]) -> Mapping[IdeaId, float]:
        """What a person will say of ideas beyond their scores, as far as who agrees with whom tells it; 0 where it does not."""
        taste = self.taste(team)
        return dict.fromkeys(ideas, 0.0) if taste is None else await asyncio.to_thread(taste.beyond, person, ideas)

    async def relatives(self, idea: Idea) -> Relatives:
        """What the channel liked and disliked that is most like an idea; of media, whose words are not what is liked, nothing."""
        if idea.modality != "text":
            return Relatives()
        team = idea.channel.team
        others = [
            other
            for other in await self.store.ideas(idea.channel, limit=COMPARED)
            if other.id != idea.id and other.modality == "text"
        ]
        feedback = await self.store.feedback(team, [other.id for other in others])
        spoken = {vote.idea for vote in feedback}
        judged = [other for other in others if other.id in spoken]
        scores = self.of(team).score([other.id for other in judged], feedback)
        vectors = await self._embedded([idea.text, *(other.text for other in judged)])
        if vectors is None:
            return Relatives()
        cosine = vectors[1:] @ vectors[0]

        def nearest(sign: int) -> Idea | None:
            some = [place for place, other in enumerate(judged) if sign * scores[other.id].mean >= DECIDED]
            best = max(some, key=lambda place: float(cosine[place]), default=None)
            return judged[best] if best is not None and cosine[best] >= RELATED else None

        return Relatives(nearest(+1), nearest(-1))

    async def close(self) -> None:
        """Stops learning. Safe to call twice."""
        tasks = [*self._tasks.values(), *([self._warming] if self._warming is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _update(self, team: Team) -> None:
        if team in self._tasks or self.learner is None:
            return
        task = asyncio.create_task(self._learn(team, self.learner))
        self._tasks[team] = task
        task.add_done_callback(lambda done: self._done(team, done))

    def _done(self, team: Team, task: asyncio.Task[None]) -> None:
        if self._tasks.get(team) is task:
            del self._tasks[team]

    async def _learn(self, team: Team, learner: Learner) -> None:
        """Learns or refits until nothing was heard meanwhile."""
        state = self._states[team]
        try:
            while state.stale:
                with suppress(TimeoutError):
                    await asyncio.wait_for(state.wanted.wait(), state.again_at - time.monotonic())
                state.wanted.clear()
                async with self._room:
                    state.stale, state.fresh_until = False, time.monotonic() + FRESH_S
                    await self._once(team, state, learner)
                state.again_at = time.monotonic() + AGAIN_S
        except MuselabError as error:
            state.stale = True
            log.warning("taste could not be learned; what was learned before stays", why=str(error))
        except Exception:
            log.exception("learning taste broke; what was learned before stays")

    async def _once(self, team: Team, state: State, learner: Learner) -> None:
        other = state.encoder != self.generator.encoder  # what was learned is of vectors that no new idea has
        rests = time.monotonic() < state.rest_until  # its ideas are as they were: tens of thousands, perhaps
        if state.taste is not None and not other and rests:
            feedback = await self.store.feedback(team, sorted(state.ideas))
            if feedback:
                state.taste = await asyncio.to_thread(state.taste.refit, feedback)
                return
        ideas = await self._teaching(team)
        feedback = await self.store.feedback(team, [idea.id for idea in ideas])
        if not feedback:
            state.taste, state.ideas = None, frozenset()
            return
        now = frozenset(idea.id for idea in ideas)
        if state.taste is not None and not other and now == state.ideas:
            state.taste = await asyncio.to_thread(state.taste.refit, feedback)
            return
        page = await self._log(team, ideas)
        began = time.monotonic()
        state.taste, state.ideas = await asyncio.to_thread(learner.learn, page, feedback), now
        took = time.monotonic() - began
        state.encoder = self._encoder
        state.rest_until = time.monotonic() + (REST * took if took > QUICK_S else 0.0)
        log.info(
            "taste learned", platform=team.platform, version=state.taste.version, votes=len(feedback), seconds=round(took, 2)
        )

    async def _log(self, team: Team, ideas: Sequence[Idea]) -> Log:
        entries: list[Entry] = []
        for idea in ideas:
            prompt = await self._prompt(team, idea)
            if prompt is not None:
                entries.append(Entry(idea=idea, prompt=prompt))
        places = [place for place, entry in enumerate(entries) if entry.idea.modality == "text"]
        topics = list(dict.fromkeys(entries[place].prompt.text for place in places))
        embeddings = await self._embedded([*(entries[place].idea.text for place in places), *topics])
        if embeddings is None:
            return Log(entries=tuple(entries), vectors=None, topics={})
        vectors = np.zeros((len(entries), embeddings.shape[1]), dtype=np.float32)
        vectors[places] = embeddings[: len(places)]
        return Log(entries=tuple(entries), vectors=vectors, topics=dict(zip(topics, embeddings[len(places) :], strict=True)))

    async def _teaching(self, team: Team) -> list[Idea]:
        """The team's ideas that taste may be learned from: the model's own, and people's where their channel opted in.

        A topic only says which ideas competed and what they should be near; none of its words is learned. Of media, what their
        engine measured is learned, and none of their words; those that nothing was measured of keep to votes.
        """
        opted_in: dict[Channel, bool] = {}
        teaching: list[Idea] = []
        ideas = await self.store.team_ideas(team, limit=LOGGED)
        foreign = guests_words(ideas)  # of another team, which has not agreed to anything here
        for idea in ideas:
            if idea.brainstorm is None or (idea.modality != "text" and idea.features is None):
                continue
            if idea.author is not None:
                if idea.channel not in opted_in:
                    opted_in[idea.channel] = (await self.store.settings(idea.channel)).training
                if not opted_in[idea.channel] or idea.id in foreign:
                    continue
            teaching.append(idea)
        return teaching

    async def _prompt(self, team: Team, idea: Idea) -> Prompt | None:
        """What an idea answers; None when its asker had that deleted."""
        assert idea.brainstorm is not None
        if idea.brainstorm not in self._prompts:
            source = await self.store.brainstorm(team, idea.brainstorm)
            if source is None or source.prompt is None:
                return None
            if len(self._prompts) >= PROMPTS:
                self._prompts.clear()
            self._prompts[idea.brainstorm] = source.prompt
        return self._prompts[idea.brainstorm]

    async def _embedded(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """One row per text, those at hand and those not, all of one encoder; None where the generator embeds nothing."""
        if self._encoder != self.generator.encoder:
            self._vectors.clear()
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if len(self._vectors) + len(missing) > REMEMBERED:
            self._vectors.clear()
            missing = list(dict.fromkeys(texts))
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
            vectors = await self.generator.embed(some)
            if vectors is None:
                return None
            if self.generator.encoder != self._encoder:
                self._encoder = self.generator.encoder
                if len(missing) < len(set(texts)) or start:  # those at hand are of another
                    return await self._embedded(texts)
            self._vectors.update(zip(some, vectors, strict=True))
        return np.stack([self._vectors[text] for text in texts]) if texts else None
