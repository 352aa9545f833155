"""Redraws messages in the chats that show something which people have deleted since, also after a restart."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence

import structlog

from bot.domain.errors import MuselabError
from bot.domain.ideas import Channel, Idea, IdeaId, Team
from bot.messages import Card, Key
from bot.ports import Chat, Clock, Erasable, Post, Reply, Store
from bot.services.cards import Cards
from bot.services.ideas import beside
from bot.words import FALLBACK, _, language, speaking

log = structlog.get_logger(__name__)

LOOK_S = 30.0  # between two looks; another process, or one that died, may have left something to do
REMEMBERED = 200  # messages lately shown, some hundred bytes each: pages are turned within minutes
WAIT_S = 5.0  # for who still works on a brainstorm: its card is drawn once more when that ends


class Redrawing:
    """Knows which messages show which ideas, and draws those anew that must not show theirs any more."""

    def __init__(self, *, store: Store, cards: Cards, clock: Clock) -> None:
        self.store = store
        self.cards = cards
        self.clock = clock
        self.chats: Callable[[], list[Chat]] = list  #: those that are connected; set by who knows them
        self.changed: Callable[[Idea], None] = lambda _idea: None  #: redraws what shows an idea soon; set likewise
        self._shown: OrderedDict[tuple[Team, str], Post] = OrderedDict()
        self._wake = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    def threads(self, channel: Channel) -> bool:
        """Whether a thread can be opened for each brainstorm in a channel, as far as its chat knows."""
        chat = next((chat for chat in self.chats() if chat.name == channel.team.platform), None)
        return chat is None or bool(getattr(chat, "threads", lambda _channel: True)(channel))

    async def show(
        self, reply: Reply, card: Card, channel: Channel, key: Key | None = None, *, quoting: Sequence[IdeaId] = ()
    ) -> None:
        """Shows a card that is no brainstorm's, and notes which ideas it shows. A message that cannot be noted is shown still.

        `key`: by which the command draws it anew when people have voted; see `doors.drawn`. `quoting`: ideas whose words are in
        its text.
        """
        await reply.show(card)
        ideas = [*(line.idea for line in card.lines), *quoting]
        if card.private or not reply.address or not ideas:
            return
        post = Post(team=channel.team, address=reply.address, card=str(key or ""), ideas=tuple(ideas), locale=language())
        self._shown[post.team, post.address] = post
        self._shown.move_to_end((post.team, post.address))
        if len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
        try:
            await self.store.posted(post.team, post.address, ideas, self.clock(), card=post.card, locale=post.locale)
        except MuselabError as error:
            log.warning("a message could not be noted", why=str(error))
        await beside.note(self.store, reply, channel, self.clock(), of=quoting)

    def latest(self, post: Post) -> Post:
        """What a message shows by now, where this process showed it something else since: another page of a board."""
        return self._shown.get((post.team, post.address), post)

    def watch(self) -> None:
        """From now on redraws what there is to redraw."""
        self._watching = asyncio.create_task(self._watch())

    def soon(self) -> None:
        """Something was deleted: looks at once."""
        self._wake.set()

    async def close(self) -> None:
        """Stops; what is left is redrawn after the next start. Safe to call twice."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            pause = LOOK_S
            try:
                if not await self.redraw():
                    pause = WAIT_S
            except MuselabError as error:
                log.warning("messages to redraw could not be looked for", why=str(error))
            except Exception:
                log.exception("redrawing broke")
            self._wake.clear()
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def redraw(self) -> bool:
        """Redraws every message that can be redrawn now; whether none is left for another time."""
        chats = {chat.name: chat for chat in self.chats()}
        waiting: set[str] = set()
        while chats:
            posts = [post for post in await self.store.stale_posts(list(chats)) if post.address not in waiting]
            if not posts:
                break
            for post in posts:
                if not await self._redraw(chats[post.team.platform], post):
                    waiting.add(post.address)
        return not waiting

    async def _redraw(self, chat: Chat, post: Post) -> bool:
        """Redraws one; False while somebody works on it. A message that is out of reach is given up."""
        brainstorm = await self.store.brainstorm(post.team, post.brainstorm) if post.brainstorm else None
        if brainstorm is not None and brainstorm.state == "running":
            return False
        reply = chat.at(post.address) if chat.changes else None
        if isinstance(reply, Erasable):
            await reply.erase()
        elif reply is not None:
            with speaking(brainstorm.locale if brainstorm is not None else FALLBACK):
                if brainstorm is not None:
                    card = await self.cards.brainstorm(brainstorm)
                else:
                    card = Card(text=_("What stood here was deleted by the person who wrote it."))
                await reply.show(card)
        await self.store.redrawn(post)
        return True
