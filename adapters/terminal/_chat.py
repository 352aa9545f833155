"""The conversation at a terminal: reads lines, hands them to the core, shows what comes back."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

from rich.cells import cell_len

from adapters.terminal._completing import LineCompleter
from adapters.terminal._face import HELP, LEAVE, Elsewhere, Face
from adapters.terminal._hearing import Asked, Ear, worded
from adapters.terminal._numbers import Numbers
from adapters.terminal._offering import by_model
from adapters.terminal._render import Row, paragraphs
from adapters.terminal._shorthand import FORMS
from adapters.terminal._showing import Printed, Scroll
from bot.domain.errors import Refusal
from bot.domain.ideas import Channel, Person
from bot.messages import Call, Card, Press
from bot.ports import Clock, Front, Health, Reply
from bot.services import chinese
from bot.words import FALLBACK, N_, _, language, speaking

NAME = "terminal"
ENGLISH_ONLY = N_(
    "Ideas in Chinese come from an idea bank, as the small model in use knows English only. Names are made anew: {example}"
)
ORDERLY_S = 0.5  # a line waits so long for the one before it: votes keep their order, and nobody waits for a brainstorm
POLL_S = 0.5  # between two looks at a model that is loading
WATCH_S = 5.0  # between two looks at one that is ready


class Terminal:
    """Muselab at one person's terminal, or in a pipe; the `Chat` of `bot.ports`."""

    name = NAME
    changes = False

    def __init__(
        self,
        *,
        face: Face,
        person: Person,
        channel: Channel,
        clock: Clock,
        folder: Path,
        locale: str | None = None,
        health: Callable[[], Awaitable[Health]] | None = None,
        offer: Callable[[], str] | None = None,
        english_only: bool = False,
    ) -> None:
        """Nothing is shown yet.

        Args:
            face: what is typed on and shown with.
            person: who sits there.
            channel: whose ideas are worked on.
            clock: tells when lines were typed.
            folder: gets the files that cards carry.
            locale: the person's language, as a platform tag.
            health: tells what the generator is doing.
            english_only: ideas can be had in no other language, which who reads another is told at the start.
            offer: gives a line to say under the first ideas; empty once it was said.
        """
        self._offer = offer
        self._english_only = english_only
        self._face = face
        self._channel = channel
        self._person = person
        self._locale = locale
        self._health = health
        self._numbers = Numbers()
        self._ear = Ear(person=person, channel=channel, clock=clock, numbers=self._numbers, locale=locale, live=face.live)
        self._scroll = Scroll(face=face, numbers=self._numbers, folder=folder)
        self._tasks: set[asyncio.Task[None]] = set()
        self._latest: tuple[asyncio.Task[None], float] | None = None  #: what was begun last, and when

    async def run(self, front: Front) -> None:
        """Talks until the person leaves or the pipe ends; in a pipe every line is served wholly before the next is read."""
        completer = LineCompleter(front=front, channel=self._channel, numbers=self._numbers)
        with speaking(self._locale):
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch())
                try:
                    async with aclosing(self._face.lines(completer)) as lines:
                        await self._greet()
                        async for line in lines:
                            if line.strip().lower() in LEAVE:
                                break
                            await self._take(front, line.strip(), group)
                        await self._part()
                finally:
                    for task in (watching, *self._tasks):
                        task.cancel()

    @property
    def ready(self) -> bool:
        """The screen is always there."""
        return True

    def at(self, address: str) -> Reply | None:
        """A new message for one of an earlier session: what scrolled away cannot be changed. A pipe gets answers only."""
        return self._reply() if self._face.live else None

    def back(self, channel: Channel, way: str, address: str) -> Reply | None:
        """Nothing: who asked at another screen is not here."""
        return None

    async def again(self, body: str) -> bool:
        """Never: what is typed is served at once, or lost with the screen it was typed at."""
        raise ValueError(body)

    def to(self, channel: Channel) -> Reply | None:
        """A new message below the others, whichever channel it is meant for: there is one person to read it."""
        return self._reply() if self._face.live else None

    def whisper(self, channel: Channel, person: Person) -> Reply | None:
        """A line below the others, for the one person who sits here."""
        return self._reply() if self._face.live and person == self._person else None

    async def close(self) -> None:
        """Nothing is held once `run` has ended."""

    def _reply(self) -> Printed:
        return Printed(self._scroll, f"{NAME}-{uuid.uuid4().hex[:12]}")

    async def _take(self, front: Front, text: str, group: asyncio.TaskGroup) -> None:
        """Serves a line: wholly in a pipe, beside what is still under way for a person."""
        if not text:
            return
        told = unsaid(self._locale) and chinese.locale(worded(text))  # from now on, as nothing else tells their language
        if told and (spoken := chinese.locale(text)):
            self._locale = spoken
            self._ear.locale = spoken
            self._face.speak(spoken)
        with speaking(self._locale):
            await self._taken(front, text, group)

    async def _taken(self, front: Front, text: str, group: asyncio.TaskGroup) -> None:
        if text in HELP:
            await self._face.write(short_forms())
        try:
            events = self._ear.understand("/help" if text in HELP else text)
            filled = [event if not isinstance(event, Asked) else await self._filled(front, event) for event in events]
        except Refusal as refusal:
            await self._face.write(paragraphs(str(refusal)))
            return
        except Elsewhere as instead:
            await self._take(front, instead.line, group)
            return
        wanted = [event for event in filled if event is not None]
        if not self._face.live:
            await self._serve(front, wanted)
        elif wanted:
            self._begin(front, wanted, group)

    async def _filled(self, front: Front, asked: Asked) -> Press | None:
        """The press with what the person wrote into its form; None when there is no form, or they gave up.

        Raises:
            UnknownIdea: the number they wrote is no idea's.
            Refusal: there is no file of the name they wrote.
        """
        form = await front.form(asked.press)
        if isinstance(form, Card):
            await self._scroll.tell(form)
            return None
        values = await self._face.fill(form)
        files = [field.name for field in form.fields if field.kind == "file"]
        return None if values is None else self._ear.press(form.key, values, files)

    async def _serve(self, front: Front, events: list[Call | Press]) -> None:
        for event in events:
            reply = self._reply()
            try:
                if isinstance(event, Call):
                    await front.call(event, reply)
                else:
                    await front.press(event, reply)
            finally:
                await self._scroll.end(reply)

    def _begin(self, front: Front, events: list[Call | Press], group: asyncio.TaskGroup) -> None:
        """Serves beside what is still under way, but not before what was typed just before."""
        before, loop = self._latest, asyncio.get_running_loop()

        async def serve() -> None:
            if before is not None:
                task, began = before
                await asyncio.wait([task], timeout=max(0.0, began + ORDERLY_S - loop.time()))
            await self._serve(front, events)
            await self._offered(events)

        task = group.create_task(serve())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._latest = task, loop.time()

    async def _offered(self, events: list[Call | Press]) -> None:
        """Says under the first ideas what may be better."""
        asked = [event for event in events if isinstance(event, Call) and by_model(event)]
        if not asked or self._offer is None or not self._numbers.lines:
            return
        with speaking(asked[0].locale or language()):
            line = self._offer()
        if line:
            await self._face.write([Row(kind="footer", text=line)])

    async def _greet(self) -> None:
        if self._face.live:
            await self._face.write([Row(kind="title", text="Muselab"), *paragraphs(_("Type a topic, or ? for help."))])
            if self._english_only and language() != FALLBACK:
                await self._face.write(paragraphs(_(ENGLISH_ONLY).format(example=_("/name a tea house"))))

    async def _part(self) -> None:
        """A person who leaves in the middle reads that nothing is lost."""
        if self._tasks:
            await self._face.write(paragraphs(_("What was made so far is kept. The rest is made at the next start.")))

    async def _watch(self) -> None:
        """Keeps the face informed about the generator; a pipe wants to know until it is ready only."""
        if self._health is None:
            return
        loop = asyncio.get_running_loop()
        ready_at = loop.time()
        while True:
            with speaking(self._locale):
                health = await self._health()
            if health.ready:
                ready_at = loop.time()
            self._face.health(health, loop.time() - ready_at)
            if health.ready and not self._face.live:
                return
            await asyncio.sleep(WATCH_S if health.ready else POLL_S)


def unsaid(locale: str | None) -> bool:
    """Whether an environment's locale names no language: none is set, or that of a bare machine, `C.UTF-8`."""
    return (locale or "C").partition(".")[0] in ("C", "POSIX")


def short_forms() -> list[Row]:
    """The help about what is typed in a hurry."""
    width = max(cell_len(form) for form, _meaning in FORMS)
    rows = (f"  {form}{' ' * (width - cell_len(form))}  {_(meaning)}" for form, meaning in FORMS)
    return [Row(kind="title", text=_("In a hurry")), *(Row(kind="text", text=row) for row in rows)]
