"""Brainstorms: from a prompt to ideas that are stored, then shown.

A brainstorm is its own checkpoint: its header and each of its ideas are rows before anybody sees them, so whoever finds it with
an ended lease goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from math import ceil
from typing import Any

import structlog

from bot.config import GeneratorTable
from bot.domain.errors import NothingCame, TookTooLong
from bot.domain.ideas import (
    Brainstorm,
    BrainstormId,
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
from bot.metrics import Meter
from bot.ports import LEASE, Clock, Generator, Order, Store, Trust
from bot.services.events import own_id
from bot.services.ideas.background import Background, Backgrounds
from bot.services.ideas.drafting import Drawing, Take
from bot.services.ideas.judging import Intake, Judging
from bot.services.ideas.leasing import Ended, Leasing, begun, queueing, unseen
from bot.services.ideas.pacing import Pace
from bot.services.ideas.selecting import Even, beginning
from bot.services.ideas.slate import Placed, Slate
from bot.services.models.versions import BASE, Versions
from bot.services.votes.refitting import Tasting
from bot.words import _

log = structlog.get_logger(__name__)

NewId = Callable[[], str]
Step = Callable[[Progress | Idea], Awaitable[None]]

ROUNDS = 3  # orders given before a brainstorm ends with fewer ideas; a topic that fills none of three fills none of ten
CANARY_SEED = 2 * ROUNDS  # distance of the canary's seeds from the other version's: none is drawn twice, nor in a second try


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
        meter: Meter,
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
        self.leasing = Leasing(store, clock)
        self.new_id = new_id
        self.new_seed = new_seed
        self._backgrounds = Backgrounds(store, generator, tasting)
        self._judging = Judging(generator)
        self._drawing = Drawing(generator, clock, settings.timeout_s, meter)
        self._pace = Pace(settings.timeout_s)

    async def begin(
        self,
        *,
        channel: Channel,
        asker: Person,
        prompt: Prompt,
        parents: tuple[IdeaId, ...] = (),
        locale: str = "en",
        back: str = "",
        address: str = "",
    ) -> Brainstorm:
        """Stores the header of a new brainstorm, leased to this process; the event being served is served with that."""
        given = {"parents": parents, "locale": locale, "back": back, "address": address}
        brainstorm = await self.header(channel=channel, asker=asker, prompt=prompt, **given)
        await begun(self.store, brainstorm)
        return brainstorm

    async def header(self, *, channel: Channel, asker: Person | None, prompt: Prompt, **given: Any) -> Brainstorm:
        """The header of a new brainstorm, not stored yet; `given`: fields that are as they are."""
        now, serving = self.clock(), await self.versions.serving(channel.team)
        return Brainstorm(
            id=BrainstormId(own_id(self.new_id)),
            channel=channel,
            asker=asker,
            prompt=prompt,
            model=serving.old.id if serving.old is not None else BASE,
            canary=serving.new.id if serving.new is not None and prompt.count > 1 else "",
            seed=self.new_seed(),
            holder=self.new_id(),
            created_at=now,
            leased_until=now + LEASE,
            **given,
        )

    async def work(self, brainstorm: Brainstorm, step: Step, ended: Ended = unseen) -> list[Idea]:
        """Makes what is still missing of a brainstorm's ideas; returns all of them, by slot.

        Args:
            brainstorm: stored, and leased to this process.
            step: told of progress, and of each idea after it was stored.
            ended: see `Ended`.

        Raises:
            TooMany: see `Turnstile.turn`.
            TakenOver: another process goes on with it.
            Outage: the generator or the store failed for good. Ideas made before that are stored.
        """
        done = await self.leasing.run(brainstorm, self._work(brainstorm, step), ended)
        await self.versions.shown(brainstorm, done)
        return done

    async def _work(self, brainstorm: Brainstorm, step: Step) -> list[Idea]:
        there = await self.store.ideas_of(brainstorm.channel.team, brainstorm.id)
        done = [idea for idea in there if idea.author is None]  # people may have added theirs, or edited some
        prompt = brainstorm.prompt
        if prompt is not None and len(done) < prompt.count:  # without one its asker had it deleted meanwhile
            await self.generator.oversampling(prompt)  # which refuses a language it will never write before anything is shown
            async with self.turnstile.turn(brainstorm.asker, brainstorm.channel, queueing(step)):
                await step(Progress(doing=_("Thinking"), done=len(done), total=prompt.count))
                background = await self._backgrounds.of(brainstorm, prompt)
                for number in range(ROUNDS):
                    if len(done) >= prompt.count or (number and prompt.operation == "polish"):  # what came is what there is
                        break
                    done += await self._round(brainstorm, prompt, background, done, number, step)
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
        slate.pool.begun += [beginning(idea.text) for idea in done]
        slate.pool.even = self._even(background.trust(prompt), prompt.count - len(done))
        intake, ideas = Intake(slate), list[Idea]()

        async def show(placed: Sequence[Placed]) -> None:
            for one in placed:
                idea = await self._keep(brainstorm, one)
                ideas.append(idea)
                intake.log_shown(one.option, idea)
                await step(idea)

        in_turn = asyncio.Lock()  # two versions' drafts may arrive at once

        async def take(drafts: list[Draft]) -> None:
            async with in_turn:
                await self._judging.judge(drafts, brainstorm, background, intake)
                await show(slate.due())
                await step(Progress(doing=_("Thinking"), done=len(done) + len(ideas), total=prompt.count))

        try:
            late = await self._drawn(orders, take, brainstorm, prompt, slate)
            await show(slate.rest())
        finally:
            intake.log_kept()
            await self.store.log(brainstorm.channel.team, intake.candidates)
        if late is not None:
            raise late
        return ideas

    def _even(self, trust: Trust | None, wanted: int) -> Even | None:
        """How long a round's ideas may be beside its drafts; None where votes do not choose them."""
        return Even(wanted, self.settings.even) if trust is not None and trust.weighs else None

    async def _drawn(
        self, orders: list[Order], take: Take, brainstorm: Brainstorm, prompt: Prompt, slate: Slate
    ) -> TookTooLong | None:
        """Draws a round's orders, and notes how long that took; what is to be said where time was up before all had come."""
        began, late = self.clock(), None
        try:
            await self._drawing.draw(orders, take, canary=brainstorm.canary, again=ROUNDS)
        except TookTooLong as error:
            late = error
        self._pace.took(prompt, (self.clock() - began).total_seconds(), slate.seen)
        if late is not None:
            return self._pace.late(prompt, slate.expected) if slate.seen else late
        if not slate.seen:
            raise NothingCame
        return None

    async def _orders(
        self, brainstorm: Brainstorm, prompt: Prompt, background: Background, wanted: int, number: int
    ) -> list[Order]:
        """What a round asks for: of the version that is served, and of the one tried beside it; which first, by lot."""
        versions = {version.id: version for version in await self.versions.of(brainstorm.channel.team)}
        trust = background.trust(prompt)
        drafts = wanted * self.settings.oversample * await self.generator.oversampling(prompt)
        if trust is not None and trust.trusted:
            drafts = max(drafts, wanted * self.settings.steered)
        asked = [(brainstorm.model, 1.0, 0)]
        if brainstorm.canary:
            asked = [(brainstorm.model, 1.0 - self.canary_share, 0), (brainstorm.canary, self.canary_share, CANARY_SEED)]
            random.Random(f"{brainstorm.seed}/first").shuffle(asked)
        return [
            Order(
                prompt=prompt,
                candidates=self._pace.affordable(prompt, ceil(drafts * share), ceil(wanted * share)),
                wanted=ceil(wanted * share),
                seed=brainstorm.seed + offset + number,
                model=model,
                team=brainstorm.channel.team,
                liked=() if number else background.liked,  # a small model repeats them, which may be why more is wanted
                avoid=background.avoid,
                material=background.material,
                alone=bool(brainstorm.canary),
                known_do=not number and not (trust is not None and trust.trusted),
                adapter=(versions[model].adapter or "") if model in versions else "",
            )
            for model, share, offset in asked
        ]

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
            ),
            held=brainstorm,
        )
