"""The inbox: an event is stored before it is acknowledged, and stays until it is served, by whichever process lives."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

import structlog

from bot.domain.errors import Outage
from bot.domain.ideas import Team
from bot.messages import Call, Press
from bot.ports import LEASE, Arrival, Clock, Store
from bot.services.events import Serving

log = structlog.get_logger(__name__)

RENEW_S = LEASE.total_seconds() / 4  # a renewal may fail twice before another process takes the events
TOGETHER_S = 0.02  # notes of served events are written together; PostgreSQL takes a millisecond of ours for one as for many
KEEP_S = 1.0  # of the 3 s for an acknowledgement; a database that is slower is waited for after it

Event = TypeVar("Event", Call, Press)
Name = tuple[Team, str]


class Inbox:
    """What this process has to serve. Many that come at once are stored by one statement."""

    def __init__(self, *, store: Store, clock: Clock, new_id: Callable[[], str]) -> None:
        self.store = store
        self.clock = clock
        self.holder = new_id()
        self._held: dict[Name, Serving] = {}  #: stored, and ours to serve
        self._arrivals: dict[Name, Arrival] = {}  #: as they came, of those
        self._begun: set[Name] = set()
        self._coming: list[Arrival] = []  #: waiting to be stored
        self._stored: dict[Name, asyncio.Future[bool]] = {}  #: whether an event is ours, of those that wait or are being stored
        self._storing = False
        self._rest: asyncio.Task[None] | None = None
        self._done: list[Name] = []
        self._writing: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many events are stored here and not served yet."""
        return len(self._held)

    async def keep(self, arrival: Arrival, *, begin: bool = False) -> bool:
        """Stores an event before it is acknowledged; False when it came before. `begin`: it is served from here on.

        Raises:
            StoreDown: it could not be stored.
        """
        name = (arrival.team, arrival.id)
        if name in self._held or name in self._stored:
            return False
        if begin:
            self._begun.add(name)
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._stored[name] = stored
        self._coming.append(arrival)
        try:
            if not self._storing:
                await self._store()  # at once: every turn of a busy loop keeps who waits to be acknowledged waiting
            mine = await asyncio.shield(stored)
        except BaseException:
            self._begun.discard(name)
            raise
        if not mine:
            self._begun.discard(name)
        return mine

    async def late(self, name: Name) -> bool:
        """Waits for an event whose `keep` or `take` was cut off; one of those who wait is told True: it is theirs to serve.

        Raises:
            StoreDown: it could not be stored.
        """
        mine = await self.kept(name)
        if mine:
            self._begun.add(name)
        return mine

    async def kept(self, name: Name) -> bool:
        """The same, and leaves it to others to serve it: whether it is ours, and nobody does yet."""
        stored = self._stored.get(name)
        return (stored is None or await asyncio.shield(stored)) and name in self._held and name not in self._begun

    async def _store(self) -> None:
        """Stores what waits, and sees to it that what comes meanwhile is stored together."""
        self._storing = True
        coming, self._coming = self._coming, []
        try:
            mine = await self.store.arrive(coming, self.holder, self.clock() + LEASE)
        except asyncio.CancelledError:
            self._coming = [*coming, *self._coming]  # for this holder an event may be stored twice
            raise
        except Exception as error:  # noqa: BLE001 - it is raised again, for everybody who waits
            for arrival in coming:
                stored = self._stored.pop((arrival.team, arrival.id))
                stored.set_exception(error)
                stored.exception()  # whoever waited may be gone
        else:
            for arrival, ours in zip(coming, mine, strict=True):
                name = (arrival.team, arrival.id)
                if ours:
                    self._held[name] = Serving(arrival.team, arrival.id, arrival.at)
                    self._arrivals[name] = arrival
                self._stored.pop(name).set_result(ours)
        finally:
            self._storing = False
            if self._coming:
                self._storing = True
                self._rest = asyncio.create_task(self._store())

    async def take(self, event: Call | Press) -> bool:
        """Whether an event is this call's to serve: it is new here, and no other process has it.

        Raises:
            StoreDown: that cannot be told.
        """
        name = (event.channel.team, event.id)
        if name in self._held:
            if name in self._begun:
                return False
            self._begun.add(name)
            return True
        if name in self._stored:
            return await self.late(name)  # its `keep` was cut off, and it is being stored still
        if event.body:
            return await self.keep(arrival_of(event), begin=True)
        team = event.channel.team
        return await self.store.first_time(f"{team.platform}:{team.id}:{event.id}", self.clock())

    def again(self, name: Name) -> Arrival | None:
        """Begins an event of ours anew, which could not be served to its end: as it came. None: it is not ours any more."""
        entry, arrival = self._held.get(name), self._arrivals.get(name)
        if entry is None or arrival is None:
            return None
        self._begun.discard(name)
        self._held[name] = Serving(entry.team, entry.id, entry.at, arrival.subject, again=True, tries=entry.tries + 1)
        return arrival

    def tries(self, name: Name) -> int:
        """How often an event of ours was begun here and not served to its end."""
        return self._held[name].tries

    def serving(self, event: Call | Press) -> Serving | None:
        """The event as it stands here; None where it is served without."""
        return self._held.get((event.channel.team, event.id))

    async def overtaken(self, event: Serving) -> bool:
        """Whether a later event had its say in the same matter."""
        return await self.store.overtaken(Arrival(team=event.team, id=event.id, at=event.at, body="", subject=event.subject))

    def begun(self, name: Name) -> bool:
        """Whether an event of ours reached the desk, or is served already."""
        return name in self._begun or name not in self._held

    def done(self, names: Sequence[Name], *, handed_on: bool = False) -> None:
        """Notes that events of ours need nothing more; `handed_on`: the store knows already."""
        ours = [name for name in names if self._held.pop(name, None) is not None]
        for name in ours:
            del self._arrivals[name]
        self._begun.difference_update(ours)
        if ours and not handed_on:
            self._done += ours
            if self._writing is None or self._writing.done():
                self._writing = asyncio.create_task(self._note())

    async def _note(self) -> None:
        while self._done:
            await asyncio.sleep(TOGETHER_S)
            done, self._done = self._done, []
            try:
                await self.store.served(done)
            except Outage as error:
                log.warning("served events could not be noted", why=str(error), events=len(done))
                self._done += done  # another time; until then this process holds them
                await asyncio.sleep(RENEW_S)

    async def renew(self) -> None:
        """Says, for good, that this process is alive."""
        while True:
            await asyncio.sleep(RENEW_S)
            if self._held or self._done:
                with suppress(Outage):
                    await self.store.hold(self.holder, self.clock() + LEASE)

    async def left(self, platforms: Sequence[str]) -> list[Arrival]:
        """Takes the platforms' events that nobody alive serves.

        Raises:
            StoreDown: they could not be looked for.
        """
        now = self.clock()
        arrivals = await self.store.unserved(now, now + LEASE, self.holder, platforms)
        ours = [one for one in arrivals if (one.team, one.id) not in self._held]
        for one in ours:
            self._held[one.team, one.id] = Serving(one.team, one.id, one.at, one.subject, again=True)
            self._arrivals[one.team, one.id] = one
        return ours

    async def close(self) -> None:
        """Writes what is to be noted, and gives the rest up for whoever lives."""
        try:
            if self._writing is not None:
                self._writing.cancel()
                await asyncio.gather(self._writing, return_exceptions=True)
            if self._done:
                done, self._done = self._done, []
                await self.store.served(done)
            if self._held:
                await self.store.hold(self.holder, self.clock())
        except Outage as error:
            log.warning("events could not be given up; others take them when the lease ends", why=str(error))


def arrival_of(event: Call | Press) -> Arrival:
    """An event as it is kept."""
    return Arrival(
        team=event.channel.team,
        id=event.id,
        at=event.at,
        body=event.body,
        subject=subject_of(event),
        person=event.person,
    )


def subject_of(event: Call | Press) -> str:
    """Digest of what a press has a say in: a person's opinion of an idea through a signal. Commands have none."""
    if isinstance(event, Call):
        return ""
    return subject(event.person.id, event.key.verb, event.key.target)


def subject(*what: str) -> str:
    """A digest of who speaks of what; see `Arrival.subject`."""
    text = "\0".join(what)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def as_it_came(event: Event, entry: Serving | None) -> Event:
    """The event with the moment at which it first came."""
    return event if entry is None or entry.at == event.at else replace(event, at=entry.at)
