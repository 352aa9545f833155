"""Redraws the messages that show an idea when people have had their say: its brainstorm's card, its own message, boards."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from bot.domain.errors import Outage, Refusal
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Idea, IdeaId
from bot.inbox import Inbox, Name
from bot.messages import Card, Key
from bot.ports import Chat, Draw, Post, Queueing, Reply
from bot.services.bundle import Services
from bot.services.doors import drawn
from bot.words import speaking

log = structlog.get_logger(__name__)

REFRESH_S = 1.0  # from a vote until the tallies of its message are redrawn: what others say meanwhile is redrawn with it
PAUSES = 3  # between two redrawings where votes keep coming; Slack takes 50 edits a minute from a whole team, and this is 20
REMEMBERED = 1000  # messages that were redrawn lately; one that is forgotten is redrawn after a second
LOOKS = 1800  # whether a brainstorm that is voted on has ended: half an hour of them, after which nobody goes on with it
AGAIN_S, LONGEST = 30.0, 10  # before a tally is drawn once more that the platform did not take, and how many times that at most

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


@dataclass(slots=True)
class Stale:
    """What is to be redrawn together."""

    channel: Channel
    brainstorm: BrainstormId | None
    #: Each idea, and an event that is served once it is drawn: that answers for all later ones, as the card shows what is stored.
    owed: dict[IdeaId, Name | None] = field(default_factory=dict)
    more: list[Name] = field(default_factory=list)  #: further events that are served then

    def owe(self, idea: IdeaId, event: Name | None) -> bool:
        """Notes that an idea is to be redrawn; whether the event is served with that, and not before."""
        first = self.owed.get(idea) is None
        if first:
            self.owed[idea] = event
        return first

    def add(self, other: Stale) -> None:
        """What else is to be redrawn is redrawn with this."""
        for idea, event in other.owed.items():
            if not self.owe(idea, event) and event is not None:
                self.more.append(event)
        self.more += other.more

    @property
    def events(self) -> list[Name]:
        """What is served once it is drawn."""
        return [*(event for event in self.owed.values() if event is not None), *self.more]


class Tallies:
    """Knows what is to be redrawn. Many votes at once redraw a message once."""

    def __init__(
        self,
        *,
        services: Services,
        inbox: Inbox,
        spawn: Spawn,
        room: asyncio.Semaphore,
        chats: Callable[[], Mapping[str, Chat]],
    ) -> None:
        """`spawn`: runs something that shutting down waits for; `room`: for what shares the core with votes."""
        self.services = services
        self.inbox = inbox
        self.pause_s, self.again_s = REFRESH_S, AGAIN_S
        self._spawn = spawn
        self._room = room
        self._chats = chats
        self._stale: dict[str, Stale] = {}
        self._drawing: set[str] = set()
        self._drawn_at: OrderedDict[str, float] = OrderedDict()  #: by the loop's clock
        self._redrawing: set[asyncio.Task[None]] = set()
        self.closing = False

    @property
    def waiting(self) -> int:
        """How much is to be redrawn."""
        return len(self._stale)

    def refresh(self, idea: Idea, event: Name | None = None) -> bool:
        """Redraws what shows an idea soon.

        Returns:
            Whether the event is served with that, and must stay in the inbox until then. While shutting down nothing is drawn any
            more: it stays for the next start.
        """
        if self.closing:
            return True
        where = str(idea.brainstorm or idea.id)
        owes = self._stale.setdefault(where, Stale(idea.channel, idea.brainstorm)).owe(idea.id, event)
        if where not in self._drawing:
            self._drawing.add(where)
            task = self._spawn(self._redraw(where))
            self._redrawing.add(task)
            task.add_done_callback(self._redrawing.discard)
        return owes

    def close(self) -> None:
        """Redraws no more; what is not redrawn yet is at the next start."""
        self.closing = True
        for task in self._redrawing:
            task.cancel()

    async def _redraw(self, where: str) -> None:
        """Redraws until nothing new is to be shown. One after another: two on their way might arrive in the wrong order."""
        failures = 0
        try:
            while where in self._stale:
                await asyncio.sleep(self._pause(where))
                brainstorm = await self._grown(self._stale[where])
                stale, shown = self._stale.pop(where), False
                try:
                    shown = await self._show(stale, brainstorm, partial(self._absorb, where, stale))
                except Exception:
                    log.exception("a tally could not be redrawn", brainstorm=stale.brainstorm)
                self._drew(where)
                if shown:
                    failures = 0
                    self.inbox.done(stale.events)
                    continue
                failures += 1
                self._absorb(where, stale)
                self._stale[where] = stale
                await asyncio.sleep(self.again_s * min(failures, LONGEST))
        finally:
            self._drawing.discard(where)
            self._stale.pop(where, None)  # votes that are not drawn are not served: the next start draws them

    def _pause(self, where: str) -> float:
        """Seconds until what shows these ideas is redrawn: longer while votes keep coming."""
        ready_at = self._drawn_at.get(where, float("-inf")) + PAUSES * self.pause_s
        return max(self.pause_s, ready_at - asyncio.get_running_loop().time())

    def _drew(self, where: str) -> None:
        self._drawn_at[where] = asyncio.get_running_loop().time()
        self._drawn_at.move_to_end(where)
        while len(self._drawn_at) > REMEMBERED:
            self._drawn_at.popitem(last=False)

    def _absorb(self, where: str, stale: Stale) -> None:
        """What has come since is drawn together with what waits for its turn."""
        newer = self._stale.pop(where, None)
        if newer is not None:
            stale.add(newer)

    async def _grown(self, stale: Stale) -> Brainstorm | None:
        """The brainstorm, once it has ended. Its last card is drawn before that, and may not know of a vote that came since."""
        if stale.brainstorm is None:
            return None
        for _look in range(LOOKS):
            with suppress(Outage):
                brainstorm = await self.services.store.brainstorm(stale.channel.team, stale.brainstorm)
                if brainstorm is None or brainstorm.state != "running":
                    return brainstorm
            await asyncio.sleep(self.pause_s)
        return None

    async def _show(self, stale: Stale, brainstorm: Brainstorm | None, absorb: Callable[[], None]) -> bool:
        """Redraws what shows these ideas; False where the platform could not take it now."""
        await self.services.rounds.stage.guests.voted(stale.channel.team, stale.brainstorm)
        chat = self._chats().get(stale.channel.team.platform)
        if chat is None or not chat.changes:
            return True
        all_taken = await self._card(chat, brainstorm, absorb) if brainstorm is not None else True
        for post in await self.services.store.posts(stale.channel.team, list(stale.owed)):
            all_taken = await self._post(chat, stale.channel, post) and all_taken
            while (now := self.services.redrawing.latest(post)) != post:  # its page was turned meanwhile, and must stay so
                post = now
                all_taken = await self._post(chat, stale.channel, post) and all_taken
        return all_taken

    async def _card(self, chat: Chat, brainstorm: Brainstorm, absorb: Callable[[], None]) -> bool:
        reply = chat.at(brainstorm.address) if brainstorm.address else None
        if reply is None:
            return True

        async def draw() -> Card | None:
            absorb()
            now: Brainstorm | None = brainstorm
            if isinstance(reply, Queueing):  # a minute may have gone by
                now = await self.services.store.brainstorm(brainstorm.channel.team, brainstorm.id)
            return None if now is None else await self.services.cards.brainstorm(now)

        return await self._changed(reply, draw, brainstorm.locale)

    async def _post(self, chat: Chat, channel: Channel, post: Post) -> bool:
        """Redraws a message that is no brainstorm's card."""
        key = Key.parse(post.card)
        reply, command = chat.at(post.address), self.services.cards.commands.get(key.verb)
        if reply is None or command is None:
            return True

        async def draw() -> Card | None:
            try:
                return await drawn(command, self.services, channel, key, post.ideas)
            except Refusal as error:
                log.info("a message cannot be drawn anew", verb=key.verb, why=str(error))
                return None

        return await self._changed(reply, draw, post.locale or None)

    async def _changed(self, reply: Reply, draw: Draw, locale: str | None) -> bool:
        """Changes a message to what is stored now, or when its turn comes; False where the platform could not take it."""

        async def in_turn() -> Card | None:
            async with self._room:
                await self.services.courtesy.after_you()
                return await draw()

        with speaking(locale):
            if isinstance(reply, Queueing):
                await reply.renew(in_turn)
            elif (card := await in_turn()) is not None:
                await reply.show(card)
        return await reply.settle()
