"""One message of ours in Slack, and the calls that make and change it: posted, streamed, updated, or sent by a response URL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog

from adapters.slack.finding import EVENT_TYPE, posted_as
from adapters.slack.places import Where
from adapters.slack.refusals import AGAIN, REVOKED, TOO_MUCH
from adapters.slack.render import Drawn, only_text, render
from adapters.slack.streaming import Stream
from adapters.slack.web import Failed, ResponseUrl, Web
from bot.messages import Card, Line
from bot.ports import Draw
from bot.words import speaking

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Message:
    """A message, or the place where one will be. Its calls raise `Failed`."""

    web: Web
    where: Where
    ts: str = ""  #: of the message; empty before it is posted
    url: ResponseUrl | None = None  #: used where the bot itself may not post
    streams: bool = False  #: grow as a stream, where Slack has streams
    name: str = ""  #: what a message of ours is found by where nobody knows whether it was posted
    since: float = 0.0  #: seconds since 1970 from which it may have been
    unsure: bool = False  #: it may have been posted already
    root: str = ""  #: of the thread that a card with a thread of its own goes to: that of the message it came from
    placed: Callable[[Any], None] = lambda surface: None  #: called once, when the message has its place
    _wanted: Card | None = None
    _draw: Draw | None = None  #: gives the card that is wanted, when the turn has come
    _shown: Card | None = None
    _language: str = "en"
    _stream: Stream | None = None  #: the message while it grows as one
    _by_url: bool = False
    _leaves: int = 0  #: of a minute's turns, to others

    @property
    def lines(self) -> tuple[Line, ...]:
        """The ideas it shows now."""
        return self._shown.lines if self._shown is not None else ()

    async def _step(self) -> None:
        """Brings it to the card that is wanted now."""
        if (self._by_url or not self.ts or self._stream is not None) and not await self._drawn_now():
            return
        if self._by_url:
            await self._answer()
        elif not self.ts:
            await self._post()
        elif self._stream is not None:
            await self._stream_on(self._stream)
        else:
            await self._update()

    async def _post(self) -> None:
        if self._latest().thread and self.root and not self.where.thread:
            self.where, self.streams = replace(self.where, thread=self.root), True
        if self.unsure and await self._find():
            return
        if self.streams and await self._start_stream():
            return
        async with self.web.pace.turn("chat.postMessage", self.web.team, self.where.channel):
            card = self._latest()
            more = {**self.where.addressed, **self._named(), "unfurl_links": False, "unfurl_media": False}
            posted = await self._send("chat.postMessage", card, **more)
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
        async with self.web.pace.turn("chat.update", self.web.team, leaves=self._leaves):
            if not await self._drawn_now():
                return
            card = self._latest()
            try:
                await self._send("chat.update", card, channel=self.where.channel, ts=self.ts)
            except Failed as failed:
                if failed.error != "streaming_state_conflict":
                    raise
                await Stream(self.web, self.where, self.ts).end()  # some process began it as a stream, and did not live to end it
                await self._send("chat.update", card, channel=self.where.channel, ts=self.ts)
        self._shown = card

    async def _drawn_now(self) -> bool:
        """Draws the card that is wanted, where it is drawn only now; whether it is another than the one that is there."""
        if (draw := self._draw) is None:
            return True
        card = await draw()
        if self._draw is draw:  # nothing else was asked for meanwhile
            self._draw, self._wanted = None, card or self._wanted
        return self._wanted is not None and self._wanted != self._shown

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
        """Shows the card by the response URL: in place of the message that is there where it can, else as a new one."""
        assert self.url is not None
        card, of = self._latest(), self.url.of
        replaces = self._by_url if of is None else bool(self.ts) and of == self.ts
        if card.progress is not None and of is not None and not replaces:
            return  # nothing could change it any more: the finished card will do
        drawn = self._drawn(card)
        how = {"replace_original": True} if replaces else {"response_type": "in_channel", "replace_original": False}
        await self.url.answer(text=drawn.text, blocks=list(drawn.blocks), **how)
        self._shown, self._by_url = card, True
        if not replaces:
            self.ts = ""  # Slack does not say where it is

    async def _start_stream(self) -> bool:
        """Opens a stream; False where Slack has none for us now, and the message is posted whole."""
        if self._latest().progress is None or not self.where.thread:
            return False
        try:
            begun = await Stream.begun(self.web, self.where, self.name, self._latest, self._drawn)
        except Failed as failed:
            if failed.error in REVOKED | AGAIN:
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

    def _latest(self) -> Card:
        assert self._wanted is not None
        return self._wanted

    def _drawn(self, card: Card) -> Drawn:
        with speaking(self._language):
            return render(card)

    @property
    def _unfinished(self) -> bool:
        return self._wanted is not None and self._wanted.progress is not None

    @property
    def _url_left(self) -> int:
        return self.url.left if self.url is not None else 0
