"""Drafts as they arrive: from several versions side by side, and once more from a service that died meanwhile."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic

import structlog

from bot import tracing
from bot.domain.errors import GeneratorDown, MuselabError, TookTooLong
from bot.domain.ideas import Draft
from bot.metrics import Meter
from bot.ports import Clock, Generator, Order
from bot.words import _

log = structlog.get_logger(__name__)

Take = Callable[[list[Draft]], Awaitable[None]]

RECOVERY_S = 90.0  # a crashed generation service reloads its model within this time on a laptop
MOST_DEATHS = 10  # of a service within one brainstorm; who kills it that often does not want ideas
MOST_WAIT_S = 10.0  # between two tries, by lot, so that not all brainstorms knock at once
POLL_S = 0.5  # between two looks at a service that is coming back


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws orders from a generator."""

    generator: Generator
    clock: Clock
    timeout_s: float  #: of one order
    meter: Meter

    async def draw(self, orders: Sequence[Order], take: Take, *, canary: str, again: int) -> None:
        """Draws orders side by side. A canary that fails costs nobody their ideas: the other version's fill its slots.

        Args:
            orders: each is handed over in batches of what has arrived.
            take: gets the batches, from all orders at once.
            canary: the version on trial; empty: none.
            again: added to the seed of an order that is drawn once more, as the drafts seen already would only be repeats.

        Raises:
            MuselabError: what went wrong for the version that is served.
        """
        ends = await asyncio.gather(*(self._draw(order, take, again) for order in orders), return_exceptions=True)
        for order, end in zip(orders, ends, strict=True):
            if isinstance(end, MuselabError) and order.model == canary != "":
                log.warning("a canary failed; the version it is tried beside stands in", model=order.model, why=str(end))
            elif end is not None:
                raise end

    async def _draw(self, order: Order, take: Take, again: int) -> None:
        """Draws an order; anew as often as the service dies meanwhile, and once where it lives and fails.

        What takes too long is not asked for twice: people have waited for it once.
        """
        failed, seed = False, order.seed
        for death in itertools.count(1):
            try:
                await self._once(replace(order, seed=seed), take)
            except TookTooLong:
                raise
            except GeneratorDown as error:
                log.warning("the generator failed during a brainstorm; waiting for it", model=order.model, why=str(error))
                died = await self._recovery()
                if death >= MOST_DEATHS or (failed and not died):
                    raise
                failed = failed or not died
                if death > 1:
                    await asyncio.sleep(random.uniform(0.0, min(POLL_S * 2**death, MOST_WAIT_S)))
                seed = order.seed + again + 4 * again * (death - 1)  # beside those of other rounds, and of a canary
            else:
                return

    async def _once(self, order: Order, take: Take) -> None:
        began, tokens = monotonic(), 0
        try:
            with tracing.span("draft", candidates=order.candidates, model=order.model):
                async with asyncio.timeout(self.timeout_s), aclosing(in_batches(self.generator.draft(order))) as batches:
                    async for batch in batches:
                        tokens += sum(draft.tokens for draft in batch)
                        await take(batch)
        except TimeoutError as error:
            raise TookTooLong(
                _("The ideas took longer than {seconds} s. Please try again, with fewer ideas or later.").format(
                    seconds=round(self.timeout_s)
                )
            ) from error
        finally:
            self.meter.drew(order.team, seconds=monotonic() - began, tokens=tokens)

    async def _recovery(self) -> bool:
        """Waits until the generator can work again; whether it could not meanwhile.

        Raises:
            GeneratorDown: it cannot within `RECOVERY_S`; the message is its own.
        """
        deadline, died = self.clock() + timedelta(seconds=RECOVERY_S), False
        while True:
            health = await self.generator.health()
            if health.ready:
                return died
            died = True
            if self.clock() >= deadline:
                raise GeneratorDown
            await asyncio.sleep(POLL_S)


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
