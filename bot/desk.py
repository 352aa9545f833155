"""The desk: everything people do arrives here, is acknowledged, served once, and answered in words they can read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import structlog

from bot.domain.errors import MuselabError, Outage, Refusal, StoreDown, UnknownCommand
from bot.domain.feedback import Tally
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Idea, Team
from bot.messages import Call, Card, Control, Form, Key, Param, Press
from bot.ports import LEASE, Chat, Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.doors import Command, Signal, act, args_of, form_of, private, reads, redraws, token_of, undoable
from bot.words import _, speaking

log = structlog.get_logger(__name__)

REFRESH_S = 1.0  # tallies of one message are redrawn at most this often; Discord and Slack both allow one edit a second
TAKE_UP_S = 5.0  # between two looks for interrupted work
RESUME_WITHIN = timedelta(minutes=30)  # after that people have moved on: the ideas so far stay, no more are made
DRAIN_S = 10.0  # at shutdown, for what is under way; what is not done by then is taken up at the next start
AT_ONCE = 4  # votes and redrawings served side by side; more would share the same core and keep new events from being heard
SUGGESTIONS = 25  # Discord shows no more


Event = TypeVar("Event", Call, Press)


class Desk:
    """Serves calls and presses from every chat; the `Front` of `bot.ports`."""

    def __init__(self, *, services: Services, commands: Mapping[str, Command], signals: Mapping[str, Signal]) -> None:
        self.services = services
        self.commands = commands
        self.signals = signals
        self._chats: dict[str, Chat] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stale: dict[BrainstormId, asyncio.Task[None]] = {}
        self._closing = False
        self._room = asyncio.Semaphore(AT_ONCE)
        services.announcing.chat_of = lambda platform: self._chats.get(platform)

    # ------------------------------------------------------------------------------------------ the front

    async def call(self, call: Call, reply: Reply) -> None:
        """Serves one command; see `bot.ports.Front`."""
        command = self.commands.get(call.command)
        with self.services.courtesy.acknowledging():
            await reply.ack(private=command is None or private(command))
        await self._tracked(self._serve(call, reply, lambda call: self._run(command, call, reply), reads=reads(command)))

    async def press(self, press: Press, reply: Reply) -> None:
        """Serves one control, form or reaction; see `bot.ports.Front`."""
        signal, command = self.signals.get(press.key.verb), self.commands.get(press.key.verb)
        with self.services.courtesy.acknowledging():
            await reply.ack(private=signal is not None or command is None or private(command))
        if signal is not None:
            await self._tracked(self._in_turn(self._serve(press, reply, lambda press: self._hear(signal, press, reply))))
        else:
            serving = self._serve(press, reply, lambda press: self._run_pressed(command, press, reply), reads=reads(command))
            await self._tracked(serving)

    async def form(self, press: Press) -> Form | Card:
        """The form a control opens; see `bot.ports.Front`."""
        with speaking(await self._locale(press.channel, press.locale)):
            try:
                verb, target = press.key.verb, press.key.target
                plugin = self.signals.get(verb) or self.commands.get(verb)
                idea: Idea | None = None
                if verb in self.signals or args_name_idea(self.commands.get(verb)):
                    idea = await self.services.finding.idea(press.channel, target)
                form = await form_of(plugin, self.services, press.key, idea)
                return form if form is not None else sorry(UnknownCommand(_("This button is not one of Muselab's.")))
            except MuselabError as error:
                return sorry(error)
            except Exception:
                log.exception("a form could not be made", verb=press.key.verb)
                return sorry(Outage())

    async def suggest(self, channel: Channel, command: str, param: str, typed: str) -> list[tuple[str, str]]:
        """Completions for an argument; see `bot.ports.Front`."""
        module = self.commands.get(command)
        kind = next((p for p in module.PARAMS if p.name == param), None) if module is not None else None
        if kind is None:
            return []
        try:
            if kind.kind in ("idea", "about"):
                found = [(f"#{s.idea.number} {s.idea.text}", str(s.idea.number)) for s in await self.services.boards.all(channel)]
            elif kind.choices:
                found = [(_(label), value) for value, label in kind.choices]
            elif offered := getattr(module, "SUGGESTED", {}).get(param):
                found = [(one, one) for one in offered]
            elif kind.suggested:
                found = [(one, one) for one in dict.fromkeys([*await self._recent(channel, kind), *map(_, kind.suggested)])]
            else:
                return []
        except MuselabError as error:
            log.warning("no suggestions", command=command, why=str(error))
            return []
        wanted = typed.casefold()
        return [(shortened(label, 100), value) for label, value in found if wanted in label.casefold()][:SUGGESTIONS]

    async def _recent(self, channel: Channel, param: Param) -> list[str]:
        """What this channel gave for a parameter lately, where prompts keep it."""
        if not param.recent:
            return []
        brainstorms = await self.services.store.brainstorms(channel, limit=50)
        return [used for one in brainstorms if one.prompt is not None and (used := getattr(one.prompt, param.recent))]

    # ------------------------------------------------------------------------------------------ serving

    async def _serve(self, event: Event, reply: Reply, run: Callable[[Event], Awaitable[None]], *, reads: bool = False) -> None:
        """Runs it once, in the person's language; turns what goes wrong into words."""
        with speaking(await self._locale(event.channel, event.locale)):
            try:
                if not await self._first_time(event, reads=reads):
                    log.info("an event came twice", platform=event.channel.team.platform)
                    return
                await run(await self._with_rights(event))
            except MuselabError as error:
                if not isinstance(error, Refusal):
                    log.warning("a request failed", why=str(error), cause=repr(error.__cause__))
                if not (isinstance(event, Press) and event.reaction):
                    await self._say(reply, sorry(error, detailed=event.admin))
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("a request broke")
                await self._say(reply, sorry(Outage(_("Something went wrong on our side. It is in the log; please try again."))))

    async def _first_time(self, event: Event, *, reads: bool) -> bool:
        """Whether the event is new. What only reads is served on a full disk too, where nobody can tell."""
        team = event.channel.team
        try:
            return await self.services.store.first_time(f"{team.platform}:{team.id}:{event.id}", self.services.clock())
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

    async def _say(self, reply: Reply, card: Card) -> None:
        try:
            await reply.tell(card)
        except Exception:
            log.exception("a person could not be told")

    async def _run(self, command: Command | None, call: Call, reply: Reply) -> None:
        if command is None:
            raise UnknownCommand
        log.info("command", command=call.command, platform=call.channel.team.platform)
        await command.run(self.services, call, reply)
        if (named := redraws(command)) and named in call.args:
            idea = await self.services.finding.idea(call.channel, str(call.args[named]))
            await self._refresh(idea)

    async def _run_pressed(self, command: Command | None, press: Press, reply: Reply) -> None:
        args = None if command is None else args_of(command, press)
        if command is None or args is None:
            raise UnknownCommand(_("This button is not one of Muselab's."))
        call = Call(
            id=press.id,
            command=press.key.verb,
            args=args,
            person=press.person,
            channel=press.channel,
            at=press.at,
            locale=press.locale,
            admin=press.admin,
            uploads=press.uploads,
        )
        await command.run(self.services, call, reply)

    async def _hear(self, signal: Signal, press: Press, reply: Reply) -> None:
        verb = press.key.verb
        idea = await self.services.finding.idea(press.channel, press.key.target)
        settings = await self.services.store.settings(idea.channel)
        if press.reaction and not settings.reactions:
            return
        token = token_of(signal, press)
        value = signal.value(token)
        if press.reaction and value == 0 and not await self._said_by(press, idea):
            return
        new = await act(signal, self.services, press, idea)
        await self.services.listening.hear(press, idea, signal=verb, token=press.reaction or token, value=value)
        log.info("feedback", signal=verb, platform=press.person.platform)
        await self._refresh(idea)
        if press.reaction:
            return  # the emoji on the message is confirmation enough
        text = signal.said(token, shortened(idea.text if new is None else new.text, 100))
        if settings.hide_tally:
            (tally,) = await self.services.boards.tallies(idea.channel.team, [idea])
            text += "\n" + said_so_far(tally)
        undo = Control(key=Key(verb=verb, target=idea.id, token="none"), label=_("Undo"), emoji="↩️")
        undo_offered = value != 0 and new is None and undoable(signal)
        await reply.tell(Card(text=text, controls=(undo,) if undo_offered else (), private=True))

    async def _said_by(self, press: Press, idea: Idea) -> bool:
        """Whether the emoji that was taken away is what the person's current opinion rests on."""
        said = await self.services.listening.feedback_of(idea.channel.team, idea.id, press.person)
        return any(one.signal == press.key.verb and one.token == press.reaction for one in said)

    async def _locale(self, channel: Channel, locale: str | None) -> str | None:
        try:
            return (await self.services.store.settings(channel)).language or locale
        except MuselabError:
            return locale  # the store's trouble is told by what comes next

    async def _in_turn(self, serving: Coroutine[object, object, None]) -> None:
        """Serves something short when there is room. It was acknowledged before; what waits here does not slow acknowledging."""
        try:
            async with self._room:
                await self.services.courtesy.after_you()
                await serving
        finally:
            serving.close()  # it may never have begun

    async def _tracked(self, serving: Awaitable[None]) -> None:
        """Counts what is under way, so that shutting down can wait for it."""
        task = asyncio.ensure_future(serving)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await task

    # ------------------------------------------------------------------------------------------ messages of before

    async def _refresh(self, idea: Idea) -> None:
        """Redraws the card of an idea's brainstorm soon; many votes at once redraw it once."""
        if idea.brainstorm is None or idea.brainstorm in self._stale or self._closing:
            return
        task = asyncio.create_task(self._redraw(idea.channel.team, idea.brainstorm))
        self._stale[idea.brainstorm] = task
        task.add_done_callback(self._tasks.discard)
        self._tasks.add(task)

    async def _redraw(self, team: Team, id: BrainstormId) -> None:
        await asyncio.sleep(REFRESH_S)
        self._stale.pop(id, None)
        try:
            brainstorm = await self.services.store.brainstorm(team, id)
            chat = self._chats.get(team.platform)
            if brainstorm is None or brainstorm.state == "running" or not brainstorm.address or chat is None or not chat.changes:
                return
            reply = chat.at(brainstorm.address)
            if reply is not None:
                async with self._room:
                    await self.services.courtesy.after_you()
                    with speaking(brainstorm.locale):
                        card = await self.services.cards.brainstorm(brainstorm)
                with speaking(brainstorm.locale):
                    await reply.show(card)
        except Exception:
            log.exception("a tally could not be redrawn", brainstorm=id)

    async def serve(self, chats: Iterable[Chat]) -> None:
        """Serves these chats until every one of them ends; takes up interrupted brainstorms meanwhile."""
        self._chats = {chat.name: chat for chat in chats}
        taking_up = asyncio.create_task(self._take_up())
        try:
            async with asyncio.TaskGroup() as group:
                for chat in self._chats.values():
                    group.create_task(chat.run(self))
        finally:
            taking_up.cancel()
            await asyncio.gather(taking_up, return_exceptions=True)
            await self.close()

    async def _take_up(self) -> None:
        while True:
            try:
                now = self.services.clock()
                for brainstorm in await self.services.store.take_up(now, now + LEASE):
                    task = asyncio.create_task(self._resume(brainstorm))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            except Outage as error:
                log.warning("interrupted work could not be looked for", why=str(error))
            await asyncio.sleep(TAKE_UP_S)

    async def _resume(self, brainstorm: Brainstorm) -> None:
        """Goes on with a brainstorm that some process left in the middle."""
        store, now = self.services.store, self.services.clock()
        chat = self._chats.get(brainstorm.channel.team.platform)
        try:
            if now - brainstorm.created_at > RESUME_WITHIN:
                await store.finish(brainstorm.id, "failed", now)
                return
            if chat is None:
                await store.lease(brainstorm.id, now)  # it belongs to a chat that another process serves
                return
            quiet = self.services.governing.quiet(await store.settings(brainstorm.channel))
            reply = chat.at(brainstorm.address) if brainstorm.address and not quiet else None
            log.info("going on with an interrupted brainstorm", brainstorm=brainstorm.id, shown=reply is not None)
            with speaking(brainstorm.locale):
                await self.services.answering.go_on(brainstorm, reply or Nowhere())
        except MuselabError as error:
            log.warning("an interrupted brainstorm could not be finished", brainstorm=brainstorm.id, why=str(error))
        except Exception:
            log.exception("an interrupted brainstorm broke", brainstorm=brainstorm.id)

    async def close(self) -> None:
        """Waits a little for what is under way, then lets go; stored work is taken up at the next start."""
        self._closing = True
        for task in self._stale.values():
            task.cancel()
        pending = [task for task in self._tasks if task is not asyncio.current_task()]
        if pending:
            _done, late = await asyncio.wait(pending, timeout=DRAIN_S)
            for task in late:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*late, return_exceptions=True)


class Nowhere:
    """A reply to nobody: the message it belonged to was never shown, or is out of reach. Ideas still reach the board."""

    address = ""

    async def ack(self, *, private: bool = False) -> None:
        """Nobody waits."""

    async def show(self, card: Card) -> None:
        """Nobody looks."""

    async def tell(self, card: Card) -> None:
        """Nobody listens."""


def sorry(error: MuselabError, *, detailed: bool = False) -> Card:
    """What went wrong, for the person who asked. The database's own words name paths and hosts: they are for admins."""
    told = error if detailed or not isinstance(error, StoreDown) else StoreDown()
    return Card(text=str(told), private=True)


def said_so_far(tally: Tally) -> str:
    """A tally in words."""
    return _("So far: 👍 {ups} 👎 {downs}").format(ups=tally.ups, downs=tally.downs)


def args_name_idea(command: Command | None) -> bool:
    """Whether a command's first parameter is an idea, so that its controls' target is one."""
    return command is not None and bool(command.PARAMS) and command.PARAMS[0].kind == "idea"
