"""One message of ours, brought up to date at the pace Slack allows: the latest card wins, the last one always arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from adapters.slack.finding import EVENT_TYPE, posted_as
from adapters.slack.places import Where
from adapters.slack.refusals import AGAIN, CLOSED, DELETED, GONE, REVOKED, THREAD, TOO_MUCH
from adapters.slack.render import Drawn, only_text, render
from adapters.slack.streaming import Stream
from adapters.slack.web import ONCE, Failed, ResponseUrl, Web
from bot.messages import Card, Line
from bot.words import language, speaking

log = structlog.get_logger(__name__)

KEEP_FOR_LAST = 20  # updates a minute that half-finished cards leave to finished ones
STREAM_ROOM = 20  # streamed pieces likewise
TRIES = 3  # of showing a finished card, each with the client's own retries, before it is given up
PAUSE_S = 5.0  # between them


@dataclass(eq=False)
class Surface:
    """A message, or the place where one will be."""

    web: Web
    where: Where
    ts: str = ""  #: of the message; empty before it is posted
    url: ResponseUrl | None = None  #: used where the bot itself may not post
    streams: bool = False  #: grow as a stream, where Slack has streams
    name: str = ""  #: what a message of ours is found by where nobody knows whether it was posted
    since: float = 0.0  #: seconds since 1970 from which it may have been
    unsure: bool = False  #: it may have been posted already
    root: str = ""  #: of the thread that a card with a thread of its own goes to: that of the message it came from
    placed: Callable[[Surface], None] = lambda surface: None  #: called once, when the message has its place
    spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]] = asyncio.ensure_future
    pause_s: float = PAUSE_S
    _wanted: Card | None = None
    _shown: Card | None = None
    _language: str = "en"
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _soon: asyncio.Task[None] | None = None
    _stream: Stream | None = None  #: the message while it grows as one
    _changed_at: float = 0.0  #: by the loop's clock
    _by_url: bool = False
    _gone: bool = False
    _given_up: bool = False  #: Slack could not take the last card, and may later

    @property
    def lines(self) -> tuple[Line, ...]:
        """The ideas it shows now."""
        return self._shown.lines if self._shown is not None else ()

    async def show(self, card: Card) -> None:
        """Brings the message to this card; returns at once for a half-finished card of a message that is there already."""
        self._wanted, self._language = card, language()
        if card.progress is None or not (self.ts or self._by_url):
            async with self._lock:
                await self._bring()
        elif self._soon is None or self._soon.done():
            self._soon = self.spawn(self._bring_soon())

    async def settle(self) -> bool:
        """Returns once the last card is there; False where Slack could not take it now."""
        async with self._lock:
            return not self._given_up

    async def _bring_soon(self) -> None:
        await self.web.pace.rest(self._changed_at)
        async with self._lock:
            unfinished = self._wanted is not None and self._wanted.progress is not None
            if unfinished and self._room() <= 0:
                return  # the finished card will come
            await self._bring()

    def _room(self) -> int:
        if self._by_url:
            return (self.url.left if self.url else 0) - 2  # one for the finished card, one for what goes wrong
        if self._stream is not None:
            return self.web.pace.room("chat.appendStream", self.web.team) - STREAM_ROOM
        return self.web.pace.room("chat.update", self.web.team) - KEEP_FOR_LAST

    async def _bring(self) -> None:
        """Shows the card that is wanted when the turn comes."""
        for attempt in range(1, TRIES + 1):
            if self._gone or self._wanted is None or self._wanted == self._shown:
                return
            self._given_up = False
            try:
                await self._step()
                self._changed_at = asyncio.get_running_loop().time()
                return
            except Failed as failed:
                log.warning("a message could not be shown", why=str(failed), needed=failed.needed, attempt=attempt)
                if failed.error in THREAD and self.where.thread and not self.ts:
                    self.where, self.streams = replace(self.where, thread=""), False  # the thread is closed, the channel is not
                    continue
                if failed.error not in AGAIN | REVOKED:
                    return
                self._given_up = failed.error in AGAIN
                self.unsure = self.unsure or (not self.ts and failed.method in ONCE)
                if self._wanted.progress is not None and self.ts:
                    return  # a later card will come
            await asyncio.sleep(self.pause_s if attempt > 1 else self.pause_s / 5)

    async def _step(self) -> None:
        if self._by_url:
            await self._answer()
        elif not self.ts:
            await self._post()
        elif self._stream is not None:
            await self._stream_on(self._stream)
        else:
            await self._update()

    # ------------------------------------------------------------------ posting

    async def _post(self) -> None:
        if self._latest().thread and self.root and not self.where.thread:
            self.where, self.streams = replace(self.where, thread=self.root), True
        if self.unsure and await self._find():
            return
        if self.streams and await self._start_stream():
            return
        async with self.web.pace.turn("chat.postMessage", self.web.team, self.where.channel):
            card = self._latest()
            try:
                more = {**self.where.addressed, **self._named(), "unfurl_links": False, "unfurl_media": False}
                posted = await self._send("chat.postMessage", card, **more)
            except Failed as failed:
                closed = failed.error in THREAD and bool(self.where.thread)
                if closed or failed.error in AGAIN or self.url is None or not self.url.left:
                    self._gone = failed.error in GONE
                    raise
                self._by_url = True
                await self._answer()
                return
        self._now_at(posted["ts"], card)

    async def _find(self) -> bool:
        """Goes on with the message, if it was posted before. Of the others in the channel nothing but their name is looked at."""
        ts = await posted_as(self.web, self.where, self.name, self.since)
        self.unsure = False
        if not ts:
            return False
        log.info("a message was there already", team=self.web.team)
        self.ts = ts
        self.placed(self)
        await self._update()
        return True

    def _named(self) -> dict[str, Any]:
        return {"metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": self.name}}} if self.name else {}

    def _now_at(self, ts: str, card: Card) -> None:
        self.ts, self._shown = ts, card
        self.placed(self)

    async def _update(self) -> None:
        async with self.web.pace.turn("chat.update", self.web.team):
            card = self._latest()
            try:
                await self._send("chat.update", card, channel=self.where.channel, ts=self.ts)
            except Failed as failed:
                if failed.error == "streaming_state_conflict":  # some process began it as a stream, and did not live to end it
                    await Stream(self.web, self.where, self.ts).end()
                    await self._send("chat.update", card, channel=self.where.channel, ts=self.ts)
                    self._shown = card
                    return
                if failed.error not in GONE | REVOKED | {"missing_scope"}:
                    raise
                if failed.error not in DELETED and self.url is not None and self.url.left:
                    self._by_url = True
                    await self._answer()
                    return
                if failed.error in REVOKED:
                    raise  # it may pass
                self._gone = failed.error in DELETED  # somebody deleted it: that is their answer
                log.info("a message of ours is gone", why=failed.error)
                return
        self._shown = card

    async def _send(self, method: str, card: Card, **args: Any) -> Any:
        """Makes a call whose turn has come; in plain words when Slack finds fault with the blocks."""
        drawn = self._drawn(card)
        try:
            return await self.web.at_once(method, text=drawn.text, blocks=list(drawn.blocks), **args)
        except Failed as failed:
            if failed.error not in TOO_MUCH:
                raise
            log.error("Slack refused our blocks", why=str(failed))
        plain = only_text(card)
        await self.web.pace.rest(asyncio.get_running_loop().time())
        return await self.web.at_once(method, text=plain.text, blocks=list(plain.blocks), **args)

    async def _answer(self) -> None:
        """Shows the card by the response URL, where the bot is no member."""
        assert self.url is not None
        card = self._latest()
        drawn = self._drawn(card)
        again = {"replace_original": True} if self.ts or self._shown is not None else {"response_type": "in_channel"}
        await self.url.answer(text=drawn.text, blocks=list(drawn.blocks), **again)
        self._shown = card

    async def _start_stream(self) -> bool:
        """Opens a stream; False where Slack has none for us now, and the message is posted whole."""
        if self._latest().progress is None or not self.where.thread:
            return False
        try:
            begun = await Stream.begun(self.web, self.where, self.name, self._latest, self._drawn)
        except Failed as failed:
            if failed.error in REVOKED | CLOSED | AGAIN | {"missing_scope"}:
                raise
            log.info("no stream here", why=failed.error)
            begun = None
        if begun is None:
            self.streams = False
            return False
        self._stream, card = begun
        self._now_at(self._stream.ts, card)
        return True

    async def _stream_on(self, stream: Stream) -> None:
        if self._latest().progress is None:
            await stream.end()
            self._stream = None
            await self._update()
            return
        try:
            with speaking(self._language):
                self._shown = await stream.grow(self._latest) or self._shown
        except Failed as failed:
            if failed.error in AGAIN:
                raise
            self._stream = None  # Slack ends streams after some minutes: the message is updated from here on

    # ------------------------------------------------------------------ parts

    def _latest(self) -> Card:
        assert self._wanted is not None
        return self._wanted

    def _drawn(self, card: Card) -> Drawn:
        with speaking(self._language):
            return render(card)
