"""The desk: everything people do arrives here, is acknowledged, served once, and answered in words they can read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import structlog

from bot import tracing
from bot.asking import Asking, sorry
from bot.domain.errors import MuselabError, Outage, Refusal, StoreDown
from bot.domain.ideas import Channel, Team
from bot.hearing import Hearing
from bot.inbox import Inbox, as_it_came
from bot.messages import Call, Card, Form, Press
from bot.ports import Arrival, Chat, Reply
from bot.receiving import Receiving, Taking, kept
from bot.running import Running
from bot.services.bundle import Services
from bot.services.doors import Command, Signal, private, reads, soon
from bot.services.events import serving, under_way
from bot.services.team.holding import holding
from bot.spool import Spool
from bot.suggesting import suggestions
from bot.watch import RESUME_WITHIN, Watch, ended
from bot.words import _, speaking

log = structlog.get_logger(__name__)

#: At shutdown, for what is under way; what is not done by then is taken up at the next start. Containers are killed 10 s after
#: they were told to stop, and our child, the generation service, has 5 s of these.
DRAIN_S = 4.0
AT_ONCE = 4  # votes and redrawings served side by side; more would share the same core and keep new events from being heard


Event = TypeVar("Event", Call, Press)


class Desk:
    """Serves calls and presses from every chat; the `Front` of `bot.ports`."""

    def __init__(
        self,
        *,
        services: Services,
        commands: Mapping[str, Command],
        signals: Mapping[str, Signal],
        new_id: Callable[[], str],
        spool: Spool,
    ) -> None:
        """`spool`: for events while the database is away."""
        self.services = services
        self.commands = commands
        self.signals = signals
        self.inbox = Inbox(store=services.store, clock=services.clock, new_id=new_id)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self.watch = Watch(services=services, inbox=self.inbox, spawn=self._spawn, room=self._room, new_id=new_id)
        self.receiving = Receiving(services=services, inbox=self.inbox, watch=self.watch, spool=spool, spawn=self._spawn)
        self.hearing = Hearing(services=services, inbox=self.inbox, watch=self.watch)
        self.running = Running(services=services, refresh=self.hearing.refresh)
        self.asking = Asking(services=services, commands=commands, signals=signals)
        services.announcing.chat_of = lambda platform: self.watch.chats.get(platform)
        services.redrawing.chats = lambda: list(self.watch.chats.values())
        services.redrawing.changed = self.hearing.refresh

    # ------------------------------------------------------------------------------------------ the front

    async def keep(self, arrival: Arrival) -> bool:
        """Stores an event before it is acknowledged; see `bot.ports.Front`."""
        return await self.receiving.keep(arrival)

    def done(self, team: Team, event: str) -> None:
        """Notes that an event needs nothing more; see `bot.ports.Front`."""
        self.receiving.done((team, event))

    def again(self, team: Team, event: str) -> None:
        """Notes that an event could not be served now; see `bot.ports.Front`."""
        self.receiving.again((team, event))

    async def call(self, call: Call, reply: Reply) -> bool:
        """Serves one command; see `bot.ports.Front`."""
        command = self.commands.get(call.command)
        only_for_one = command is None or private(command, call)
        taking = await self.receiving.acknowledged(call, reply, private=only_for_one, soon=soon(command))
        await self.services.courtesy.after_you(first=True)
        run = partial(self.running.run, command, reply=reply)
        return await self._tracked(self._serve(call, reply, run, taking, reads=reads(command)))

    async def press(self, press: Press, reply: Reply) -> bool:
        """Serves one control, form or reaction; see `bot.ports.Front`."""
        signal, command = self.signals.get(press.key.verb), self.commands.get(press.key.verb)
        only_for_one = signal is not None or command is None or private(command, press)
        at_once = (signal is not None or soon(command)) and not turns(press)
        taking = await self.receiving.acknowledged(press, reply, private=only_for_one, anew=not turns(press), soon=at_once)
        if signal is not None:
            heard = self._serve(press, reply, lambda press: self.hearing.hear(signal, press, reply), taking)
            return await self._tracked(self._in_turn(heard))
        await self.services.courtesy.after_you(first=True)
        run = partial(self.running.run_pressed, command, reply=reply)
        return await self._tracked(self._serve(press, reply, run, taking, reads=reads(command)))

    async def form(self, press: Press) -> Form | Card:
        """The form a control opens; see `bot.ports.Front`."""
        with speaking(await self._locale(press.channel, press.locale)):
            try:
                return await self.asking.form(await self.services.hosting.hosted(press))
            except MuselabError as error:
                return sorry(error)

    async def suggest(self, channel: Channel, command: str, param: str, typed: str) -> list[tuple[str, str]]:
        """Completions for an argument; see `bot.ports.Front`."""
        try:
            return await suggestions(self.services, self.commands.get(command), channel, param, typed)
        except MuselabError as error:
            log.warning("no suggestions", command=command, why=str(error))
            return []

    # ------------------------------------------------------------------------------------------ serving

    async def _serve(
        self,
        event: Event,
        reply: Reply,
        run: Callable[[Event], Awaitable[None]],
        taking: Taking,
        *,
        reads: bool = False,
    ) -> bool:
        """Runs it once, in the person's language; turns what goes wrong into words. False: it is not ours."""
        kind, waits = "command" if isinstance(event, Call) else "press", False
        with speaking(await self._locale(event.channel, event.locale)), tracing.span(kind, platform=event.channel.team.platform):
            try:
                if not await self._ours(event, taking, reads=reads):
                    log.info("an event came twice", platform=event.channel.team.platform)
                    return False
                entry = self.inbox.serving(event)
                event = as_it_came(event, entry)
                with serving(entry), holding(event.person, event.roles):
                    self._refuse_late(event)
                    event = await self._with_rights(event)
                    await run(await self._let_in(event))
            except MuselabError as error:
                self.services.meter.refused(event.channel.team.platform, error)
                if not isinstance(error, Refusal):
                    log.warning("a request failed", why=str(error), cause=repr(error.__cause__))
                waits = self.receiving.waits(event, error)
                if not (isinstance(event, Press) and event.reaction) and not (waits and self.receiving.told(event)):
                    await self._say(reply, sorry(kept() if waits else error, detailed=event.admin))
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("a request broke")
                await self._say(reply, sorry(Outage(_("Something went wrong on our side. It is in the log; please try again."))))
        if self.inbox.serving(event) is not None:
            self.receiving.end(event, well=not waits and await reply.settle())
        return True

    def _refuse_late(self, event: Event) -> None:
        """What was asked long ago is not answered any more, but that is told. Opinions are counted whenever they come."""
        late = self.services.clock() - event.at > RESUME_WITHIN
        if late and isinstance(event, Call) and under_way() is not None:
            raise Outage(_("Muselab was away when you asked for this, and has only just come back. Please ask again."))

    async def _ours(self, event: Event, taking: Taking, *, reads: bool) -> bool:
        """Whether the event is ours to serve. What only reads is served on a full disk too, where nobody can tell."""
        try:
            return await taking()
        except StoreDown as error:
            if not reads:
                raise
            log.warning("an event could not be noted", why=str(error))
            return True

    async def _with_rights(self, event: Event) -> Event:
        """The event, by an admin when the channel or its team has named the person or one of their roles."""
        if event.admin or not await self.services.governing.administers(event.person, event.roles, event.channel):
            return event
        return replace(event, admin=True)

    async def _let_in(self, event: Event) -> Event:
        """The event, let in by its own team; and where it belongs to a round of another team, moved there and let in by that."""
        await self._admit(event)
        hosted = await self.services.hosting.hosted(event)
        if hosted.channel != event.channel:
            await self._admit(hosted)
        return hosted

    async def _admit(self, event: Call | Press) -> None:
        verb = event.command if isinstance(event, Call) else event.key.verb
        signal = isinstance(event, Press) and verb in self.signals
        await self.services.entrance.admit(event, self.commands.get(verb), signal=signal)

    async def _say(self, reply: Reply, card: Card) -> None:
        try:
            await reply.tell(card)
        except Exception:
            log.exception("a person could not be told")

    async def _locale(self, channel: Channel, locale: str | None) -> str | None:
        try:
            return (await self.services.store.settings(channel)).language or locale
        except MuselabError:
            return locale  # the store's trouble is told by what comes next

    async def _in_turn(self, serving: Coroutine[object, object, bool]) -> bool:
        """Serves something short when there is room. It was acknowledged before; what waits here does not slow acknowledging."""
        try:
            async with self._room:
                await self.services.courtesy.after_you()
                return await serving
        finally:
            serving.close()  # it may never have begun

    async def _tracked(self, serving: Awaitable[bool]) -> bool:
        """Counts what is under way, so that shutting down can wait for it."""
        task = asyncio.ensure_future(serving)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await task

    # ------------------------------------------------------------------------------------------ from start to end

    async def serve(self, chats: Iterable[Chat]) -> None:
        """Serves these chats until every one of them ends; goes on with what was left behind meanwhile."""
        self.watch.chats = {chat.name: chat for chat in chats}
        watching = asyncio.create_task(self.watch.run())
        await self.receiving.unspool(self.watch.chats)
        try:
            async with asyncio.TaskGroup() as group:
                for chat in self.watch.chats.values():
                    group.create_task(chat.run(self))
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await self.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs something that shutting down waits for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @property
    def closing(self) -> bool:
        """Whether this process is about to end."""
        return self.watch.closing

    async def close(self) -> None:
        """Waits a little for what is under way, then lets go; what is stored is taken up at the next start."""
        self.watch.close()
        await ended([task for task in self._tasks if task is not asyncio.current_task()], DRAIN_S)
        await self.services.rounds.stage.close()
        await self.inbox.close()


def turns(press: Press) -> bool:
    """Whether a control turns to another page in the place of its message. Only boards have pages, named by their number."""
    return press.key.token.isdecimal() and press.key.verb == "board"
