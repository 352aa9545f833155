"""One message of ours, brought up to date at the pace Slack allows: the latest card wins, the last one always arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from adapters.slack.message import Message
from adapters.slack.pace import TALLIES_LEAVE
from adapters.slack.privately import Privately, aside
from adapters.slack.refusals import AGAIN, BROKEN, DELETED, REVOKED, THREAD
from adapters.slack.web import ONCE, Failed
from bot.messages import Card
from bot.ports import Draw
from bot.words import language, speaking

log = structlog.get_logger(__name__)

KEEP_FOR_LAST = 20  # updates a minute that half-finished cards leave to finished ones
STREAM_ROOM = 20  # streamed pieces likewise
TRIES = 3  # of showing a finished card, each with the client's own retries, before it is given up
PAUSE_S = 5.0  # between them


@dataclass(eq=False)
class Surface(Message):
    """A message that is brought to the latest card that was asked for."""

    spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]] = asyncio.ensure_future
    pause_s: float = PAUSE_S
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _soon: asyncio.Task[None] | None = None
    _changed_at: float = 0.0  #: by the loop's clock
    _gone: bool = False  #: somebody deleted it
    _refused: bool = False  #: Slack does not take it: what is half finished is not tried again
    _given_up: bool = False  #: Slack could not take the last card, and may later
    refusal: str = ""  #: Slack's word for why the latest card is not there; empty where it is

    async def show(self, card: Card, *, tallies: bool = False) -> None:
        """Brings the message to this card; returns at once for a half-finished card of a message that is there already.

        `tallies`: nothing else of it is new, and nobody waits for it.
        """
        self._wanted, self._draw, self._language = card, None, language()
        self._leaves = TALLIES_LEAVE if tallies else 0
        if card.progress is None or not (self.ts or self._by_url):
            async with self._lock:
                await self._bring()
        elif self._soon is None or self._soon.done():
            self._soon = self.spawn(self._bring_soon())

    async def renew(self, draw: Draw) -> None:
        """Brings a message that is there to what `draw` gives when Slack takes a change; nobody waits for it.

        A card that is asked for meanwhile comes in its place.
        """
        self._draw, self._language, self._leaves = draw, language(), TALLIES_LEAVE
        async with self._lock:
            await self._bring()

    async def settle(self) -> bool:
        """Returns once the last card is there; False where Slack could not take it now."""
        async with self._lock:
            return not self._given_up

    @property
    def wait_s(self) -> float:
        """Seconds until a half-finished card of a message that is there would be shown."""
        if self._changed_at == 0.0 or not (self.ts or self._by_url):
            return 0.0
        return self.web.pace.rest_s(self._changed_at)

    async def _bring_soon(self) -> None:
        await self.web.pace.rest(self._changed_at)
        async with self._lock:
            if self._unfinished and self._room() <= 0:
                return  # the finished card will come
            await self._bring()

    def _room(self) -> int:
        if self._by_url:
            return self._url_left - 2  # one for the finished card, one for what goes wrong
        if self._stream is not None:
            return self.web.pace.room("chat.appendStream", self.web.team) - STREAM_ROOM
        return self.web.pace.room("chat.update", self.web.team) - KEEP_FOR_LAST

    async def _bring(self) -> None:
        """Shows the card that is wanted when the turn comes."""
        for attempt in range(1, TRIES + 1):
            if self._gone or not self._is_due or self._is_waiting:
                return
            self._given_up = False
            try:
                await self._step()
                self._changed_at, self.refusal = asyncio.get_running_loop().time(), ""
                return
            except Failed as failed:
                self.refusal = failed.error
                log.warning("a message could not be shown", why=str(failed), needed=failed.needed, attempt=attempt)
                if failed.error in THREAD and self.where.thread and not self.ts:
                    self.where, self.streams = replace(self.where, thread=""), False  # the thread is closed, the channel is not
                    continue
                if self._unfinished and self.ts and failed.error in AGAIN | REVOKED:
                    return  # a later card will come
                self.unsure = self.unsure or (not self.ts and failed.error in AGAIN and failed.method in ONCE)
                if self._is_for_good(failed, attempt):
                    await self._otherwise(failed)
                    return
                self._given_up = failed.error in AGAIN
            await asyncio.sleep(self.pause_s if attempt > 1 else self.pause_s / 5)

    @property
    def _is_due(self) -> bool:
        """Whether something is to be shown that is not there."""
        return self._draw is not None or self._wanted not in (None, self._shown)

    @property
    def _is_waiting(self) -> bool:
        """Whether only a finished card is worth another try."""
        return self._refused and not self._by_url and self._unfinished

    def _is_for_good(self, failed: Failed, attempt: int) -> bool:
        """Whether another way is to be looked for; one that needs no token is quicker than to wait for the token."""
        if failed.error in REVOKED:
            return (bool(self._url_left) and not self.ts) or attempt == TRIES
        return failed.error not in AGAIN or (failed.error in BROKEN and attempt == TRIES and bool(self._url_left))

    async def _otherwise(self, failed: Failed) -> None:
        """Slack takes neither the message nor its change: what is finished reaches its person by another way."""
        self._refused, old = True, self.ts
        if failed.error in DELETED and old:
            self._gone = True
            log.info("a message of ours is gone", why=failed.error)
            return
        if old and not (self.where.user and (self._shown is None or self._shown.progress is not None)):
            return  # what stands there is whole; only its tallies are of before
        if await self._answered() or await self._posted_anew(failed):
            if self.ts != old:
                await self._remove(old)
        elif not self._unfinished and failed.error not in BROKEN:
            told = Privately(self.web, self.where, None, self.where.direct, self.pause_s / 5)
            with speaking(self._language):
                if await told.tell(aside(self._latest())):
                    self._shown = self._latest()
                    await self._remove(old)

    async def _answered(self) -> bool:
        """Whether the response URL takes it, where it does not stand there already."""
        if not self._url_left:
            return False
        try:
            if not (self.unsure and self.name and not self.ts and await self._find()):
                await self._answer()
        except Failed as failed:
            log.warning("a response URL does not help", why=str(failed))
            return False
        return True

    async def _posted_anew(self, failed: Failed) -> bool:
        """Whether a message that can no more be changed is followed by another one."""
        if not self.ts or self._unfinished or failed.error in REVOKED:
            return False
        old, self.ts, self._stream, self.streams = self.ts, "", None, False
        try:
            await self._post()
        except Failed as again:
            log.warning("a message could not be followed by another", why=str(again))
            self.ts = old
            return False
        return True

    async def _remove(self, ts: str) -> None:
        """Takes the half-finished message away whose answer stands elsewhere.

        Not in a conversation with one person: there Slack would tell us of it as of a person's doing, who wants the ideas hidden.
        """
        if not ts or self.where.direct:
            return
        try:
            await self.web.call("chat.delete", channel=self.where.channel, ts=ts)
        except Failed as failed:
            log.info("a half-finished message stays", why=str(failed))
