"""The watch: goes on with what some process left behind, be it an event or a brainstorm."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import MuselabError, Outage
from bot.domain.ideas import Brainstorm
from bot.inbox import Inbox, Name
from bot.messages import Card
from bot.ports import LEASE, Arrival, Chat, Reply
from bot.services.bundle import Services
from bot.tallies import Spawn, Tallies
from bot.words import speaking

log = structlog.get_logger(__name__)

TAKE_UP_S = 5.0  # between two looks for interrupted work
SOON_S = 1.0  # between two tries to hand an event to a chat that is not connected yet
RESUME_WITHIN = timedelta(minutes=30)  # after that people have moved on: the ideas so far are shown, no more are made
QUIET = timedelta(minutes=5)  # between two looks whether the quiet hours are over
AGAIN_S, LONGEST = 10.0, 30  # before an event is served once more that its platform did not take, and how many times that at most
LOST_S = 120.0  # an event that was handed to its chat and has not come to the desk by then leads nowhere


class Watch:
    """Looks for what was left behind, at the start and ever after."""

    def __init__(
        self, *, services: Services, inbox: Inbox, spawn: Spawn, room: asyncio.Semaphore, new_id: Callable[[], str]
    ) -> None:
        """`spawn`: runs something that shutting down waits for; `room`: for what shares the core with votes."""
        self.services = services
        self.inbox = inbox
        self.chats: Mapping[str, Chat] = {}
        self.again_s = AGAIN_S
        self._spawn = spawn
        self._new_id = new_id
        self.tallies = Tallies(services=services, inbox=inbox, spawn=spawn, room=room, chats=lambda: self.chats)
        self._left: list[Arrival] = []
        self._handed: list[tuple[datetime, Name]] = []
        self._later: list[tuple[datetime, Arrival]] = []  #: what is to be served once more, and when
        self._wake = asyncio.Event()
        self._soon = False  #: something waits for its chat to connect

    @property
    def redrawing(self) -> int:
        """How many messages are to be redrawn."""
        return self.tallies.waiting

    @property
    def closing(self) -> bool:
        """Whether shutting down has begun."""
        return self.tallies.closing

    def adopt(self, arrival: Arrival) -> None:
        """An event of ours that nobody serves: it was stored too late to be acknowledged."""
        self._left.append(arrival)
        self._wake.set()

    def again(self, name: Name) -> None:
        """An event of ours that could not be served to its end: it is served once more, after a while."""
        arrival = self.inbox.again(name)
        self._handed = [one for one in self._handed if one[1] != name]
        if arrival is not None:
            wait = timedelta(seconds=self.again_s * min(2 ** (self.inbox.tries(name) - 1), LONGEST))
            log.info("an event could not be served to its end, and is later", platform=arrival.team.platform)
            self._later.append((self.services.clock() + wait, arrival))

    async def run(self) -> None:
        """Watches until cancelled."""
        renewing = asyncio.create_task(self.inbox.renew())
        try:
            while True:
                try:
                    await self._brainstorms()
                    self._left += await self.inbox.left(tuple(self.chats))
                except Outage as error:
                    log.warning("interrupted work could not be looked for", why=str(error))
                await self._events()
                soon, self._soon = bool(self._left) or self._soon, False
                with suppress(TimeoutError):
                    async with asyncio.timeout(SOON_S if soon else TAKE_UP_S):
                        await self._wake.wait()
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    def close(self) -> None:
        """Redraws no more; what is not redrawn yet is at the next start."""
        self.tallies.close()

    # ------------------------------------------------------------------------------------------ events

    async def _events(self) -> None:
        """Hands events that were kept to their chats, which bring them to the desk as they did when they came."""
        now = self.services.clock()
        self._wake.clear()
        left = [*self._left, *(arrival for due, arrival in self._later if due <= now)]
        self._left, self._later = [], [one for one in self._later if one[0] > now]
        for arrival in left:
            name = (arrival.team, arrival.id)
            try:
                if await self.chats[arrival.team.platform].again(arrival.body):
                    log.info("serving an event that was left behind", platform=arrival.team.platform)
                    self._handed.append((self.services.clock(), name))
                else:
                    self._left.append(arrival)
            except Exception:
                log.exception("an event that was left behind cannot be served", platform=arrival.team.platform)
                self.inbox.done([name])
        now = self.services.clock()
        for at, name in list(self._handed):
            lost = now - at > timedelta(seconds=LOST_S)
            if lost and not self.inbox.begun(name):
                log.warning("an event that was left behind led nowhere", platform=name[0].platform)
                self.inbox.done([name])
            if lost or self.inbox.begun(name):
                self._handed.remove((at, name))

    # ------------------------------------------------------------------------------------------ brainstorms

    async def _brainstorms(self) -> None:
        now = self.services.clock()
        for brainstorm in await self.services.store.take_up(now, now + LEASE, self._new_id()):
            self._spawn(self.resume(brainstorm))

    async def resume(self, brainstorm: Brainstorm) -> None:
        """Goes on with a brainstorm that some process left in the middle, and is leased to us now."""
        store, now, answering = self.services.store, self.services.clock(), self.services.answering
        chat = self.chats.get(brainstorm.channel.team.platform)
        late = now - brainstorm.created_at > RESUME_WITHIN
        try:
            if chat is None and now - brainstorm.created_at < 2 * RESUME_WITHIN:
                await store.lease(brainstorm, now)  # it belongs to a chat that another process serves
                return
            if chat is not None and not chat.ready:
                await store.lease(brainstorm, now)
                self._soon = True
                return
            quiet = self.services.governing.quiet(await store.settings(brainstorm.channel))
            reply = None if chat is None or quiet else way_to(chat, brainstorm)
            log.info("going on with an interrupted brainstorm", brainstorm=brainstorm.id, shown=reply is not None)
            with speaking(brainstorm.locale):
                if late and not quiet:
                    await answering.close(brainstorm, reply or Nowhere())
                elif not late:
                    await answering.go_on(brainstorm, reply or Nowhere(), unseen=quiet)
            if quiet:
                await store.lease(brainstorm, now + QUIET)  # it is shown when the quiet hours are over
        except MuselabError as error:
            log.warning("an interrupted brainstorm could not be finished", brainstorm=brainstorm.id, why=str(error))
        except Exception:
            log.exception("an interrupted brainstorm broke", brainstorm=brainstorm.id)


def way_to(chat: Chat, brainstorm: Brainstorm) -> Reply | None:
    """Where a brainstorm is shown: as its answer was begun, in the message of before, or else in its channel."""
    reply: Reply | None = None
    if brainstorm.back:
        reply = chat.back(brainstorm.channel, brainstorm.back, brainstorm.address)
    if reply is None and brainstorm.address:
        reply = chat.at(brainstorm.address)
    if reply is None and chat.changes:
        reply = chat.to(brainstorm.channel)
    return reply


class Nowhere:
    """A reply to nobody: what it belonged to is out of reach, or quiet hours forbid it. Ideas still reach the board."""

    address = ""
    back = ""

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Nobody waits."""

    async def show(self, card: Card) -> None:
        """Nobody looks."""

    async def tell(self, card: Card) -> None:
        """Nobody listens."""

    async def settle(self) -> bool:
        """There is nothing to wait for."""
        return True


async def ended(tasks: Sequence[asyncio.Task[None]], within_s: float) -> None:
    """Waits for tasks, then cancels those that are late."""
    if not tasks:
        return
    _done, late = await asyncio.wait(tasks, timeout=within_s)
    for task in late:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*late, return_exceptions=True)
