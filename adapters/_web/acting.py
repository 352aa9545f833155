"""What people do on the page: presses, commands and typed lines, handed to the desk as the chats hand theirs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

import structlog
from aiohttp import web
from aiohttp.web_request import FileField

from adapters._web import rendering, shaping
from adapters._web.guard import Guard, Visitor
from adapters._web.live import Live
from adapters._web.replies import PageReply
from bot import typed
from bot.domain.errors import Refusal
from bot.domain.ideas import within
from bot.messages import Call, Card, Form, Key, Press, Upload, Value
from bot.ports import Chat, Front, Reply
from bot.services.bundle import Services
from bot.services.doors import private, reads
from bot.words import _, speaking

log = structlog.get_logger(__name__)

SOON_S = 3.0  # what is done by then answers the request; the rest is sent to the page when it is ready
MOST_LINE = 2000  # characters of a typed line; a topic has 1 000, and its options some more
QUIET = frozenset({"themes", "state", "merge"})  # dozens a minute while a board is sorted: the chat is told of none of them
GAP = "gap-"  # begins the token of a button of `themes` that asks for ideas, which everybody is to see
NUMBERS = ("minutes", "ideas", "dots")  # of a round, beside its topic
EVENT = re.compile(r"[0-9a-f]{32}")  # the page's own id of an event, so that what is sent twice counts once


class Acting:
    """Takes what people do."""

    def __init__(self, *, front: Front, services: Services, chats: Sequence[Chat], guard: Guard, live: Live) -> None:
        """`chats`: those that are served beside the page, in which the rest of the team reads."""
        self.front = front
        self.services = services
        self.chats = {chat.name: chat for chat in chats}
        self.guard = guard
        self.live = live
        self._tasks: set[asyncio.Task[bool]] = set()

    async def press(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """A button, or a form that was filled in."""
        self.guard.may_write(request, visitor)
        fields = await request.post()
        key = Key.parse(str(fields.get("key", "")))
        press = Press(
            id=self._event(fields),
            key=key,
            person=visitor.entry.person,
            channel=visitor.entry.channel,
            at=self.services.clock(),
            values=values_of(fields),
            uploads=uploads_of(fields),
            locale=locale,
            outsider=visitor.entry.outsider,
        )
        command = self.services.cards.commands.get(key.verb)
        quiet = key.verb in QUIET and not key.token.startswith(GAP)
        public = command is None or not (quiet or reads(command) or private(command, press))
        return await self._served(visitor, locale, lambda reply: self.front.press(press, reply), public=public)

    async def form(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """The form that a button opens."""
        self.guard.may_write(request, visitor)
        fields = await request.post()
        press = Press(
            id=self._event(fields),
            key=Key.parse(str(fields.get("key", ""))),
            person=visitor.entry.person,
            channel=visitor.entry.channel,
            at=self.services.clock(),
            locale=locale,
            outsider=visitor.entry.outsider,
        )
        asked = await self.front.form(press)
        if isinstance(asked, Form):
            return web.json_response({"form": rendering.form(asked)})
        return web.json_response({"cards": [rendering.card(asked, visitor)]})

    async def say(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """A typed line; or what was written into the field for ideas, or for topics, which is no command whatever it says."""
        self.guard.may_write(request, visitor)
        fields = await request.post()
        text = within(str(fields.get("text", "")), MOST_LINE, what=_("The line"), error=Refusal)
        source = self._source(fields, visitor, locale)
        event = call_of(str(fields.get("as", "")), text, source, values_of(fields)) or typed.parse(text, source)
        if isinstance(event, Press):
            return await self._served(visitor, locale, lambda reply: self.front.press(event, reply), public=False)
        command = self.services.cards.commands.get(event.command)
        public = command is not None and not (reads(command) or private(command, event))
        return await self._served(visitor, locale, lambda reply: self.front.call(event, reply), public=public)

    async def shape(self, request: web.Request, visitor: Visitor, locale: str) -> web.Response:
        """An idea is moved: into a state, into a theme, onto another idea; or a theme is renamed."""
        self.guard.may_write(request, visitor)
        fields = await request.post()
        events = await shaping.events_of(self.services, fields, self._source(fields, visitor, locale))

        async def serve(reply: PageReply) -> bool:
            for event in events:
                await (self.front.press(event, reply) if isinstance(event, Press) else self.front.call(event, reply))
            return True

        return await self._served(visitor, locale, serve, public=False)

    def _source(self, fields: Mapping[str, Any], visitor: Visitor, locale: str) -> typed.Source:
        return typed.Source(
            id=self._event(fields),
            person=visitor.entry.person,
            channel=visitor.entry.channel,
            at=self.services.clock(),
            locale=locale,
            outsider=visitor.entry.outsider,
        )

    def _event(self, fields: Mapping[str, Any]) -> str:
        id = str(fields.get("id", ""))
        if EVENT.fullmatch(id) is None:
            raise Refusal(_("This page has grown old. Please reload it and try again."))
        return f"web-{id}"

    async def _served(self, visitor: Visitor, locale: str, serve: Any, *, public: bool) -> web.Response:
        """Hands it to the desk; answers with what the person is told by soon, and sends the rest to their open pages."""
        cards: list[Card] = []
        answered = asyncio.Event()

        def tell(card: Card) -> None:
            if not answered.is_set():
                cards.append(card)
                return
            with speaking(locale):
                self.live.tell(visitor, "card", {"html": rendering.card(card, visitor)})

        def doing(card: Card) -> None:
            said = "" if card.progress is None else f"{card.title}: {card.progress.doing}"
            self.live.tell(visitor, "doing", {"text": said})

        reply = PageReply(tell=tell, doing=doing, chat=self._posting(visitor) if public else None)
        task = self._begun(serve(reply))
        await asyncio.wait([task], timeout=SOON_S)
        answered.set()
        return web.json_response({"cards": [rendering.card(card, visitor) for card in cards], "pending": not task.done()})

    def _posting(self, visitor: Visitor) -> Reply | None:
        """A message in the person's channel, where its chat is served by this process."""
        chat = self.chats.get(visitor.entry.channel.team.platform)
        return None if chat is None or not chat.changes else chat.to(visitor.entry.channel)

    def _begun(self, serving: Coroutine[Any, Any, bool]) -> asyncio.Task[bool]:
        task = asyncio.create_task(serving)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def call_of(kind: str, text: str, source: typed.Source, values: Mapping[str, str]) -> Call | None:
    """The command of a field that has one; None for the field that takes any line. `values`: of the fields beside it."""
    words = {"idea": "text", "brainstorm": "topic", "round": "topic"}.get(kind)
    if words is None:
        return None
    args: dict[str, Value] = {words: text}
    if kind == "round":
        args |= {name: int(number) for name in NUMBERS if (number := values.get(name, "")).isdecimal() and len(number) < 7}
        args |= {"method": method} if (method := values.get("method")) else {}
        args |= {"named": True} if values.get("named") else {}
    return Call(
        id=source.id,
        command=kind,
        args=args,
        person=source.person,
        channel=source.channel,
        at=source.at,
        locale=source.locale,
        outsider=source.outsider,
    )


def values_of(fields: Any) -> dict[str, str]:
    """What was written into a form; of what may be chosen several times, all with blanks between."""
    names = [name.removeprefix("f-") for name in fields if name.startswith("f-")]
    return {name: " ".join(text for text in fields.getall(f"f-{name}") if isinstance(text, str)) for name in names}


def uploads_of(fields: Any) -> tuple[Upload, ...]:
    """The files that came with a form."""
    return tuple(
        upload_of(name.removeprefix("f-"), field)
        for name, field in fields.items()
        if name.startswith("f-") and isinstance(field, FileField) and field.filename
    )


def upload_of(param: str, field: FileField) -> Upload:
    """One file. It is read once, while the request is there."""
    content = field.file.read()

    async def fetch() -> bytes:
        return content

    return Upload(name=field.filename, media_type=field.content_type, size=len(content), fetch=fetch, param=param)
