"""A card that grows: it shows a brainstorm or commission from its first sign to its last idea."""

from __future__ import annotations

import asyncio

import structlog

from bot import tracing
from bot.courtesy import Courtesy
from bot.domain.errors import MuselabError, TakenOver
from bot.domain.ideas import Brainstorm, Idea, IdeaId
from bot.messages import Card, Progress
from bot.ports import Reply, Store
from bot.services.cards import Cards
from bot.services.ideas import beside
from bot.words import _

log = structlog.get_logger(__name__)


class Growing:
    """Shows one brainstorm or commission through a reply."""

    def __init__(self, brainstorm: Brainstorm, reply: Reply, *, store: Store, cards: Cards, courtesy: Courtesy) -> None:
        self.brainstorm = brainstorm
        self.reply = reply
        self.store = store
        self.cards = cards
        self.courtesy = courtesy
        self.media = brainstorm.prompt is not None and brainstorm.prompt.modality != "text"
        self._placed = brainstorm.address
        self._seen = False  #: somebody was shown something
        self._later: asyncio.Task[None] | None = None
        self._fresh: set[IdeaId] = set()  #: works whose files the chat may not have
        self._now = Progress(doing=_("Thinking"), total=brainstorm.prompt.count if brainstorm.prompt else 0)

    async def begin(self) -> None:
        """Finds what was made before: what an interrupted commission made may never have reached the chat: it is sent again."""
        if self.media:
            self._fresh = {idea.id for idea in await self.store.ideas_of(self.brainstorm.channel.team, self.brainstorm.id)}

    async def step(self, news: Progress | Idea) -> None:
        """Shows progress, or an idea that was stored.

        Raises:
            TakenOver: another process goes on with the brainstorm.
        """
        if isinstance(news, Progress):
            if news == self._now and self._placed:
                return
            self._now = news
        else:
            self._now = Progress(doing=self._now.doing, done=self._now.done + 1, total=self._now.total)
            if self.media:
                self._fresh.add(news.id)
        await self.courtesy.after_you(first=not self._seen)
        wait_s = getattr(self.reply, "wait_s", 0.0)  # asking whether it is `Rated` takes ten times as long
        if wait_s <= 0:
            await self._half()
        elif self._later is None:  # several may come until then, and a card is drawn of all at once
            self._later = asyncio.create_task(self._half_later(wait_s))

    async def _half(self) -> None:
        await self._show(await self.cards.brainstorm(self.brainstorm, progress=self._now, fresh=self._fresh))

    async def _half_later(self, wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        try:
            await self._half()
        except MuselabError as error:
            log.info("half of a card could not be shown", why=str(error))  # the whole one will be, or says why not
        except Exception:
            log.exception("half of a card broke")
        finally:
            self._later = None

    async def close(self) -> None:
        """Nothing half is shown any more. Safe to call twice."""
        later, self._later = self._later, None
        if later is not None:
            later.cancel()
            await asyncio.gather(later, return_exceptions=True)

    async def end(self, failure: str, *, refused: bool = False) -> bool:
        """Shows the last card, with what went wrong, if anything did; whether it stands there for good.

        Args:
            failure: see `Cards.brainstorm`, as `refused`.
            refused: see above.

        Raises:
            TakenOver: as above.
        """
        await self.close()
        await self._show(await self.cards.brainstorm(self.brainstorm, failure=failure, refused=refused, fresh=self._fresh))
        shown = await self.reply.settle()
        await beside.note(self.store, self.reply, self.brainstorm.channel, self.brainstorm.created_at)
        return shown

    async def _show(self, card: Card) -> None:
        with tracing.span("post"):
            await self.reply.show(card)
        self._seen = True
        if self.reply.address and self.reply.address != self._placed:
            self._placed = self.reply.address
            if not await self.store.place(self.brainstorm, self._placed):
                raise TakenOver
