"""Brainstorms: from a prompt to ideas that are stored, then shown.

A brainstorm is its own checkpoint: its header and each of its ideas are rows before anybody sees them, so whoever finds it with
an ended lease goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import ceil

import numpy as np
import structlog
from numpy.typing import NDArray

from bot import ports
from bot.config import GeneratorTable
from bot.domain.errors import GeneratorDown, MuselabError, Outage
from bot.domain.feedback import Score
from bot.domain.ideas import (
    Brainstorm,
    BrainstormId,
    Candidate,
    Channel,
    Draft,
    Idea,
    IdeaId,
    Origin,
    Person,
    Prompt,
    clean,
)
from bot.limits import Turnstile
from bot.messages import Progress
from bot.ports import LEASE, Clock, Generator, Order, Store
from bot.services.board import by_others
from bot.services.choosing import Known, Option, Taste, Vectors
from bot.services.filtering import verdict
from bot.services.slate import Placed, Slate
from bot.services.tasting import Tasting
from bot.services.versions import BASE, Versions
from bot.words import _

log = structlog.get_logger(__name__)

NewId = Callable[[], str]
Step = Callable[[Progress | Idea], Awaitable[None]]
Take = Callable[[list[Draft]], Awaitable[None]]

RENEW_S = LEASE.total_seconds() / 4  # three renewals may fail before anybody else takes the work
ROUNDS = 3  # orders given before a brainstorm ends with fewer ideas; a topic that fills none of three fills none of ten
REMEMBERED = 300  # ideas of a channel that need not come again; older ones may, and embedding more delays the first idea
JUDGED = 400  # ideas of a team whose votes speak for taste, the latest
EXAMPLES = 4  # liked ideas shown to the model; more crowd the topic out of a small model's attention
LIKE_TOPIC = 0.5  # cosine of MiniLM vectors from which two topics are of a kind
LIKED = 0.15  # posterior mean from which an idea is an example to follow: one vote more for than against
RECOVERY_S = 90.0  # a crashed generation service reloads its model within this time on a laptop
POLL_S = 0.5  # between two looks at a service that is coming back
RELEVANT_ENOUGH = 2.0  # nats per token; beyond it an idea mostly says its topic again
#: Nats that one unit of cosine to the topic is worth. Relevance alone lets well-formed nonsense ("Trellab") pass; by eye on 18
#: sets of five, 3 made names and titles speak of their topic and left sentences as they were; see docs/lab.md.
TOPIC_WEIGHT = 3.0
TASTE_WEIGHT = 1.0  # deviations of relevance that a fully liked relative is worth
FORECAST_WEIGHT = 5.0  # forecasts differ by about a fifth of the scale of votes; so they weigh like relevance
CANARY_SEED = 2 * ROUNDS  # so far beside the other version's seeds, those of a second try included, are the canary's


@dataclass(frozen=True, slots=True)
class Background:
    """What a brainstorm knows before it begins."""

    known: Known
    taste: Taste | None  #: by likeness to judged ideas; used while nothing better is learned
    learned: ports.Taste | None
    liked: tuple[str, ...]
    avoid: tuple[str, ...]
    topic: Vectors | None  #: the topic's vector, where there are vectors
    polished: str | None  #: the text a polish starts from: it may come near it, nothing else may


@dataclass(frozen=True, slots=True)
class Intake:
    """The drafts of a round, from arrival to verdict."""

    slate: Slate
    candidates: list[Candidate] = field(default_factory=list)

    def drop(self, draft: Draft, why: str) -> None:
        """Logs a draft that will not be shown."""
        self.candidates.append(Candidate(brainstorm=self.slate.brainstorm.id, draft=draft, verdict=why))

    def log_kept(self) -> None:
        """Logs what was good enough, and not chosen."""
        self.candidates.extend(
            Candidate(brainstorm=self.slate.brainstorm.id, draft=option.draft, verdict="kept", score=option.quality)
            for option in self.slate.pool.options
        )


class Brainstorming:
    """Runs brainstorms, several at a time."""

    def __init__(
        self,
        *,
        store: Store,
        generator: Generator,
        tasting: Tasting,
        versions: Versions,
        turnstile: Turnstile,
        settings: GeneratorTable,
        canary_share: float = 0.5,
        clock: Clock,
        new_id: NewId,
        new_seed: Callable[[], int],
    ) -> None:
        self.store = store
        self.generator = generator
        self.tasting = tasting
        self.versions = versions
        self.turnstile = turnstile
        self.settings = settings
        self.canary_share = canary_share
        self.clock = clock
        self.new_id = new_id
        self.new_seed = new_seed

    async def begin(
        self, *, channel: Channel, asker: Person, prompt: Prompt, parents: tuple[IdeaId, ...] = (), locale: str = "en"
    ) -> Brainstorm:
        """Stores the header of a new brainstorm, leased to this process."""
        now, serving = self.clock(), await self.versions.serving(channel.team)
        brainstorm = Brainstorm(
            id=BrainstormId(self.new_id()),
            channel=channel,
            asker=asker,
            prompt=prompt,
            parents=parents,
            model=serving.old.id if serving.old is not None else BASE,
            canary=serving.new.id if serving.new is not None and prompt.count > 1 else "",
            seed=self.new_seed(),
            locale=locale,
            created_at=now,
            leased_until=now + LEASE,
        )
        await self.store.begin(brainstorm)
        return brainstorm

    async def work(self, brainstorm: Brainstorm, step: Step) -> list[Idea]:
        """Makes what is still missing of a brainstorm's ideas; returns all of them, by slot.

        Args:
            brainstorm: stored, and leased to this process.
            step: told of progress, and of each idea after it was stored.

        Raises:
            TooMany: see `Turnstile.turn`.
            Outage: the generator or the store failed for good. Ideas made before that are stored.
        """
        renewal = asyncio.create_task(self._renew(brainstorm.id))
        try:
            return await self._work(brainstorm, step)
        finally:
            renewal.cancel()
            await asyncio.gather(renewal, return_exceptions=True)

    async def _work(self, brainstorm: Brainstorm, step: Step) -> list[Idea]:
        async def waiting(place: int) -> None:
            await step(Progress(doing=_("Waiting for a turn: place {place} in the queue").format(place=place)))

        done = await self.store.ideas_of(brainstorm.channel.team, brainstorm.id)
        prompt = brainstorm.prompt
        if prompt is None:  # its asker had it deleted meanwhile
            await self.store.finish(brainstorm.id, "done", self.clock())
            return done
        try:
            async with self.turnstile.turn(brainstorm.asker, brainstorm.channel, waiting):
                await step(Progress(doing=_("Thinking"), done=len(done), total=prompt.count))
                background = await self._background(brainstorm, prompt)
                for number in range(ROUNDS):
                    if len(done) >= prompt.count:
                        break
                    done += await self._round(brainstorm, prompt, background, done, number, step)
        except MuselabError:
            await self.store.finish(brainstorm.id, "failed", self.clock())
            raise
        await self.store.finish(brainstorm.id, "done", self.clock())
        await self.versions.shown(brainstorm, done)
        return done

    async def _round(
        self, brainstorm: Brainstorm, prompt: Prompt, background: Background, done: Sequence[Idea], number: int, step: Step
    ) -> list[Idea]:
        """Gives an order to each version that is served, and fills slots while drafts arrive."""
        orders = await self._orders(brainstorm, prompt, background, prompt.count - len(done), number)
        slate = Slate(
            brainstorm=brainstorm,
            count=prompt.count,
            begun=len(done),
            expected=sum(order.candidates for order in orders),
            share=self.canary_share,
        )
        intake = Intake(slate)
        made: list[Idea] = []

        async def show(placed: Sequence[Placed]) -> None:
            for one in placed:
                idea = await self._keep(brainstorm, one)
                made.append(idea)
                draft, score = one.option.draft, one.option.quality
                intake.candidates.append(
                    Candidate(brainstorm=brainstorm.id, draft=draft, verdict="shown", score=score, idea=idea.id)
                )
                await step(idea)

        in_turn = asyncio.Lock()  # two versions' drafts may arrive at once

        async def take(drafts: list[Draft]) -> None:
            async with in_turn:
                await self._judge(drafts, brainstorm, background, intake)
                await show(slate.due())
                await step(Progress(doing=_("Thinking"), done=len(done) + len(made), total=prompt.count))

        try:
            await self._draw_all(brainstorm, orders, take)
            await show(slate.rest())
        finally:
            intake.log_kept()
            await self.store.log(intake.candidates)
        return made

    async def _orders(
        self, brainstorm: Brainstorm, prompt: Prompt, background: Background, wanted: int, number: int
    ) -> list[Order]:
        """What a round asks for: of the version that is served, and of the one tried beside it; which first, by lot."""
        versions = {version.id: version for version in await self.versions.of(brainstorm.channel.team)}
        asked = [(brainstorm.model, 1.0, 0)]
        if brainstorm.canary:
            asked = [(brainstorm.model, 1.0 - self.canary_share, 0), (brainstorm.canary, self.canary_share, CANARY_SEED)]
            random.Random(f"{brainstorm.seed}/first").shuffle(asked)
        return [
            Order(
                prompt=prompt,
                candidates=ceil(wanted * share * self.settings.oversample),
                seed=brainstorm.seed + offset + number,
                model=model,
                team=brainstorm.channel.team,
                liked=background.liked,
                avoid=background.avoid,
                adapter=(versions[model].adapter or "") if model in versions else "",
            )
            for model, share, offset in asked
        ]

    async def _draw_all(self, brainstorm: Brainstorm, orders: Sequence[Order], take: Take) -> None:
        """Draws orders side by side. A canary that fails costs nobody their ideas: the other version's fill its slots.

        Raises:
            MuselabError: what went wrong for the version that is served.
        """
        ends = await asyncio.gather(*(self._draw(order, take) for order in orders), return_exceptions=True)
        for order, end in zip(orders, ends, strict=True):
            if isinstance(end, MuselabError) and order.model == brainstorm.canary != "":
                log.warning("a canary failed; the version it is tried beside stands in", model=order.model, why=str(end))
            elif end is not None:
                raise end

    async def _draw(self, order: Order, take: Take) -> None:
        """Hands over an order's drafts in batches of what has arrived; orders anew, once, when the service dies meanwhile."""
        try:
            await self._draw_once(order, take)
        except GeneratorDown:
            log.warning("the generator failed during a brainstorm; waiting for it", model=order.model)
            await self._recovery()
            # The drafts seen already would only be repeats: another seed.
            await self._draw_once(replace(order, seed=order.seed + ROUNDS), take)

    async def _draw_once(self, order: Order, take: Take) -> None:
        try:
            async with asyncio.timeout(self.settings.timeout_s), aclosing(in_batches(self.generator.draft(order))) as batches:
                async for batch in batches:
                    await take(batch)
        except TimeoutError as error:
            raise GeneratorDown(
                _("The ideas took longer than {seconds} s. Please try again, with fewer ideas or later.").format(
                    seconds=round(self.settings.timeout_s)
                )
            ) from error

    async def _recovery(self) -> None:
        """Waits until the generator can work again.

        Raises:
            GeneratorDown: it cannot within `RECOVERY_S`; the message is its own.
        """
        deadline = self.clock() + timedelta(seconds=RECOVERY_S)
        while True:
            health = await self.generator.health()
            if health.ready:
                return
            if self.clock() >= deadline:
                raise GeneratorDown
            await asyncio.sleep(POLL_S)

    async def _judge(self, drafts: Sequence[Draft], brainstorm: Brainstorm, background: Background, intake: Intake) -> None:
        """Drops what must not be shown, with the reason; lets the rest compete."""
        intake.slate.seen += len(drafts)
        passed: list[Draft] = []
        for draft in drafts:
            why = verdict(draft)
            if why is None:
                passed.append(draft)
            else:
                intake.drop(draft, why)
        if not passed:
            return
        vectors = await self.generator.embed([draft.text for draft in passed])
        liking = await self._liking([draft.text for draft in passed], vectors, brainstorm, background)
        for row, draft in enumerate(passed):
            vector: Vectors | None = None if vectors is None else vectors[row]
            if self._comes_again(draft, vector, background):
                intake.drop(draft, "repeat")
                continue
            background.known.add(draft.text, vector)
            near = 0.0 if vector is None or background.topic is None else float(vector @ background.topic)
            quality = min(draft.relevance or 0.0, RELEVANT_ENOUGH) + TOPIC_WEIGHT * near + float(liking[row])
            intake.slate.pool.add(Option(draft=draft, vector=vector, quality=quality))

    async def _liking(
        self, texts: list[str], vectors: NDArray[np.float32] | None, brainstorm: Brainstorm, background: Background
    ) -> NDArray[np.float64]:
        """How much more the team, and the person who asks, would like each, in deviations of relevance, shape (len(texts),)."""
        if background.learned is not None and brainstorm.prompt is not None:
            foretold = await asyncio.to_thread(background.learned.foretell, brainstorm.prompt, texts, vectors, brainstorm.asker)
            if foretold is not None:
                return FORECAST_WEIGHT * foretold
        if background.taste is None or vectors is None:
            return np.zeros(len(texts))
        return TASTE_WEIGHT * background.taste.of(vectors)

    @staticmethod
    def _comes_again(draft: Draft, vector: Vectors | None, background: Background) -> bool:
        if background.polished is not None and draft.text.casefold() == background.polished.casefold():
            return True
        return background.known.has(draft.text, vector)

    async def _keep(self, brainstorm: Brainstorm, placed: Placed) -> Idea:
        """Stores a draft as an idea, before anybody sees it."""
        prompt, draft = brainstorm.prompt, placed.option.draft
        assert prompt is not None
        origin: Origin = prompt.operation
        return await self.store.add(
            Idea(
                id=IdeaId(self.new_id()),
                brainstorm=brainstorm.id,
                channel=brainstorm.channel,
                number=0,
                text=clean(draft.text),
                origin=origin,
                parents=brainstorm.parents,
                asker=brainstorm.asker,
                model=brainstorm.model if draft.model is None else draft.model,
                slot=placed.slot,
                slot_kind=placed.kind,
                created_at=self.clock(),
                modality=prompt.modality,
            )
        )

    async def _background(self, brainstorm: Brainstorm, prompt: Prompt) -> Background:
        """What there is to avoid, to like and to follow."""
        team = brainstorm.channel.team
        ideas = words(await self.store.ideas(brainstorm.channel, limit=REMEMBERED))
        polished = prompt.about[0] if prompt.operation == "polish" and prompt.about else None
        known = Known()
        if polished is None:
            vectors = await self._embed([idea.text for idea in ideas])
            for row, idea in enumerate(ideas):
                known.add(idea.text, None if vectors is None else vectors[row])
        judged = words(await self.store.team_ideas(team, limit=JUDGED))
        feedback = await self.store.feedback(team, [idea.id for idea in judged])
        spoken = {said.idea for said in feedback}
        judged = [idea for idea in judged if idea.id in spoken]
        scores = self.tasting.of(team).score([idea.id for idea in judged], by_others(judged, feedback))
        vectors = await self._embed([idea.text for idea in judged])
        means = np.array([scores[idea.id].mean for idea in judged])
        topic = await self._embed([polished or prompt.text])
        return Background(
            known=known,
            taste=None if vectors is None else Taste(vectors=vectors, means=means),
            learned=self.tasting.taste(team),
            liked=await self._examples(brainstorm, prompt, [i for i in judged if scores[i.id].mean >= LIKED], scores),
            avoid=tuple(idea.text for idea in ideas[:20]),
            topic=None if topic is None else topic[0],
            polished=polished,
        )

    async def _examples(
        self, brainstorm: Brainstorm, prompt: Prompt, liked: Sequence[Idea], scores: Mapping[IdeaId, Score]
    ) -> tuple[str, ...]:
        """The team's best ideas for topics like this one, best first."""
        team = brainstorm.channel.team
        topics: dict[BrainstormId, str] = {}
        for id in {idea.brainstorm for idea in liked if idea.brainstorm is not None}:
            source = await self.store.brainstorm(team, id)
            if source is not None and source.prompt is not None:
                topics[id] = source.prompt.text
        vectors = await self._embed([prompt.text, *topics.values()])
        if vectors is None or not topics:
            return ()
        near = {id for id, cosine in zip(topics, vectors[1:] @ vectors[0], strict=True) if cosine >= LIKE_TOPIC}
        best = sorted((idea for idea in liked if idea.brainstorm in near), key=lambda idea: -scores[idea.id].mean)
        return tuple(idea.text for idea in best[:EXAMPLES])

    async def _embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        return await self.generator.embed(texts) if texts else None

    async def _renew(self, brainstorm: BrainstormId) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                await self.store.lease(brainstorm, self.clock() + LEASE)
            except Outage as error:
                log.warning("a brainstorm's lease could not be renewed", brainstorm=brainstorm, why=str(error))


async def in_batches(source: AsyncIterator[Draft]) -> AsyncGenerator[list[Draft], None]:
    """Whatever has arrived from `source` since the last batch, at least one; closing it closes the source."""
    queue: asyncio.Queue[Draft | None] = asyncio.Queue()

    async def pump() -> None:
        try:
            async for draft in source:
                queue.put_nowait(draft)
        finally:
            queue.put_nowait(None)

    pumping = asyncio.create_task(pump())
    try:
        ended = False
        while not ended:
            batch = [await queue.get()]
            while not queue.empty():
                batch.append(queue.get_nowait())
            ended = None in batch
            drafts = [draft for draft in batch if draft is not None]
            if drafts:
                yield drafts
        await pumping
    finally:
        pumping.cancel()
        await asyncio.gather(pumping, return_exceptions=True)


def words(ideas: Sequence[Idea]) -> list[Idea]:
    """Those of the ideas that are words."""
    return [idea for idea in ideas if idea.modality == "text"]
