"""One message of ours, brought up to date at the pace Slack allows: the latest card wins, the last one always arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from adapters.slack.render import Drawn, line_blocks, only_text, render
from adapters.slack.web import REVOKED, Failed, ResponseUrl, Web
from bot.messages import Card, Line
from bot.words import language, speaking

log = structlog.get_logger(__name__)

KEEP_FOR_LAST = 20  # updates a minute that half-finished cards leave to finished ones
STREAM_ROOM = 20  # streamed pieces likewise
TRIES = 3  # of showing a finished card, each with the client's own retries, before it is given up
PAUSE_S = 5.0  # between them
GONE = frozenset(
    {"message_not_found", "channel_not_found", "is_archived", "cant_update_message", "edit_window_closed", "not_in_channel"}
)
CLOSED = frozenset({"not_in_channel", "channel_not_found", "restricted_action", "restricted_action_read_only_channel"})
TOO_MUCH = frozenset({"msg_too_long", "msg_blocks_too_long", "msg_blocks_too_many", "invalid_blocks", "invalid_blocks_format"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a message goes."""

    channel: str
    thread: str = ""  #: timestamp of the thread's root; empty: in the channel itself
    user: str = ""  #: who asked

    @property
    def direct(self) -> bool:
        """Whether it is a conversation of one person with us."""
        return self.channel.startswith("D")


@dataclass(eq=False)
class Surface:
    """A message, or the place where one will be."""

    web: Web
    where: Where
    ts: str = ""  #: of the message; empty before it is posted
    url: ResponseUrl | None = None  #: used where the bot itself may not post
    streams: bool = False  #: grow as a stream, where Slack has streams
    root: str = ""  #: of the thread that a card with a thread of its own goes to: that of the message it came from
    placed: Callable[[Surface], None] = lambda surface: None  #: called once, when the message has its place
    spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]] = asyncio.ensure_future
    pause_s: float = PAUSE_S
    _wanted: Card | None = None
    _shown: Card | None = None
    _language: str = "en"
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _soon: asyncio.Task[None] | None = None
    _streamed: list[Line] | None = None  #: what the open stream shows; None: no stream is open
    _by_url: bool = False
    _gone: bool = False

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

    async def _bring_soon(self) -> None:
        async with self._lock:
            unfinished = self._wanted is not None and self._wanted.progress is not None
            if unfinished and self._room() <= 0:
                return  # the finished card will come
            await self._bring()

    def _room(self) -> int:
        if self._by_url:
            return (self.url.left if self.url else 0) - 2  # one for the finished card, one for what goes wrong
        if self._streamed is not None:
            return self.web.pace.room("chat.appendStream", self.web.team) - STREAM_ROOM
        return self.web.pace.room("chat.update", self.web.team) - KEEP_FOR_LAST

    async def _bring(self) -> None:
        """Shows the card that is wanted when the turn comes."""
        for attempt in range(1, TRIES + 1):
            if self._gone or self._wanted is None or self._wanted is self._shown:
                return
            try:
                await self._step()
                return
            except Failed as failed:
                if failed.error in REVOKED or failed.error == "missing_scope":
                    self._gone = True
                    log.error("Slack takes no messages", team=self.web.team, why=failed.error, needed=failed.needed)
                    return
                log.warning("a message could not be shown", why=str(failed), attempt=attempt)
                if self._wanted.progress is not None or failed.error != "unreachable":
                    return
            await asyncio.sleep(self.pause_s)

    async def _step(self) -> None:
        if self._by_url:
            await self._answer()
        elif not self.ts:
            await self._post()
        elif self._streamed is not None:
            await self._stream_on()
        else:
            await self._update()

    # ------------------------------------------------------------------ posting

    async def _post(self) -> None:
        if self._latest().thread and self.root and not self.where.thread:
            self.where, self.streams = replace(self.where, thread=self.root), True
        if self.streams and await self._start_stream():
            return
        await self.web.pace.turn("chat.postMessage", self.web.team, self.where.channel)
        card = self._latest()
        try:
            posted = await self._send("chat.postMessage", card, **self._place(), unfurl_links=False, unfurl_media=False)
        except Failed as failed:
            if failed.error not in CLOSED or self.url is None or not self.url.left:
                self._gone = failed.error in GONE
                raise
            self._by_url = True
            await self._answer()
            return
        self.ts = posted["ts"]
        self._shown = card
        self.placed(self)

    async def _update(self) -> None:
        await self.web.pace.turn("chat.update", self.web.team)
        card = self._latest()
        try:
            await self._send("chat.update", card, channel=self.where.channel, ts=self.ts)
        except Failed as failed:
            if failed.error not in GONE:
                raise
            self._gone = True  # somebody deleted it: that is their answer
            log.info("a message of ours is gone", why=failed.error)
            return
        self._shown = card

    async def _send(self, method: str, card: Card, **args: Any) -> Any:
        drawn = self._drawn(card)
        try:
            return await self.web.at_once(method, text=drawn.text, blocks=list(drawn.blocks), **args)
        except Failed as failed:
            if failed.error not in TOO_MUCH:
                raise
            log.error("Slack refused our blocks", why=str(failed))
        plain = only_text(card)
        await self.web.pace.turn(method, self.web.team, str(args["channel"]))
        return await self.web.at_once(method, text=plain.text, blocks=list(plain.blocks), **args)

    async def _answer(self) -> None:
        """Shows the card by the response URL, where the bot is no member."""
        assert self.url is not None
        card = self._latest()
        drawn = self._drawn(card)
        again = {"replace_original": True} if self._shown is not None else {"response_type": "in_channel"}
        await self.url.answer(text=drawn.text, blocks=list(drawn.blocks), **again)
        self._shown = card

    # ------------------------------------------------------------------ streaming

    async def _start_stream(self) -> bool:
        """Opens a stream; False where Slack has none for us now, and the message is posted whole."""
        card = self._latest()
        pace, team = self.web.pace, self.web.team
        if card.progress is None or not self.where.thread or pace.room("chat.startStream", team) <= 0:
            return False
        reader = {} if self.where.direct else {"recipient_team_id": team, "recipient_user_id": self.where.user}
        await pace.turn("chat.startStream", team, self.where.channel)
        card = self._latest()
        try:
            posted = await self.web.at_once("chat.startStream", **self._place(), **reader, chunks=self._chunks(card, ()))
        except Failed as failed:
            if failed.error in REVOKED | CLOSED | {"missing_scope", "unreachable"}:
                raise
            log.info("no stream here", why=failed.error)
            self.streams = False
            return False
        self.ts, self._streamed, self._shown = posted["ts"], list(card.lines), card
        self.placed(self)
        return True

    async def _stream_on(self) -> None:
        card, streamed = self._latest(), self._streamed or []
        if card.progress is None:
            self._streamed = None
            with suppress(Failed):  # a stream that Slack ended by itself is ended
                await self.web.call("chat.stopStream", channel=self.where.channel, ts=self.ts)
            await self._update()
            return
        if not card.lines[len(streamed) :]:
            self._shown = card
            return
        await self.web.pace.turn("chat.appendStream", self.web.team)
        card = self._latest()
        try:
            await self.web.at_once(
                "chat.appendStream", channel=self.where.channel, ts=self.ts, chunks=self._chunks(card, streamed)
            )
        except Failed as failed:
            if failed.error == "unreachable":
                raise
            self._streamed = None  # Slack ends streams after some minutes: the message is updated from here on
            await self._update()
            return
        self._streamed, self._shown = list(card.lines), card

    def _chunks(self, card: Card, streamed: list[Line] | tuple[Line, ...]) -> list[dict[str, Any]]:
        with speaking(self._language):
            if streamed:
                known = {line.idea for line in streamed}
                blocks = [block for line in card.lines if line.idea not in known for block in line_blocks(line)]
            else:
                title = Card(title=card.title, text=card.text, lines=card.lines, footer="" if card.lines else card.footer)
                blocks = list(render(title).blocks)
        return [{"type": "blocks", "blocks": blocks}]

    # ------------------------------------------------------------------ parts

    def _place(self) -> dict[str, str]:
        return {"channel": self.where.channel} | ({"thread_ts": self.where.thread} if self.where.thread else {})

    def _latest(self) -> Card:
        assert self._wanted is not None
        return self._wanted

    def _drawn(self, card: Card) -> Drawn:
        with speaking(self._language):
            return render(card)
