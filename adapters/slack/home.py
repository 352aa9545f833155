"""The Home tab: a channel's board and settings, for one person; and what our conversation offers to somebody new."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from adapters.slack.places import Where
from adapters.slack.replies import Caught, HomeReply
from adapters.slack.teams import Who
from adapters.slack.views import home_view
from adapters.slack.web import Web
from bot.messages import Call, Card
from bot.ports import Front
from bot.words import _, speaking

MANY = 5_000  # people whose last channel is remembered; others begin with their own conversation

#: Makes a call of a person's in a conversation: (event id, command, workspace, channel, person, what we know of them).
MakeCall = Callable[[str, str, Web, str, str, Who], Call]


class Home:
    """Everybody's Home tab."""

    def __init__(self, *, front: Front, who: Callable[[Web, str], Awaitable[Who]], call: MakeCall) -> None:
        self._front = front
        self._who = who
        self._call = call
        self._drawings = itertools.count(1)
        self._last: OrderedDict[tuple[str, str], str] = OrderedDict()

    def was_in(self, web: Web, where: Where) -> None:
        """Remembers where somebody last used us: their Home tab begins there."""
        self._last[web.team, where.user] = where.channel
        self._last.move_to_end((web.team, where.user))
        if len(self._last) > MANY:
            self._last.popitem(last=False)

    async def opened(self, web: Web, user: str, direct: str, id: str) -> None:
        """Somebody opened their Home tab; `direct` is their conversation with us."""
        await self.draw(web, user, self._last.get((web.team, user), direct), id)

    async def draw(self, web: Web, user: str, channel: str, id: str, *, board: Card | None = None, note: str = "") -> None:
        """Draws the Home tab with this board, or with the channel's as it is now."""
        who = await self._who(web, user)
        cards = [board if board is not None else await self._card("board", web, user, channel, id, who)]
        cards.append(await self._card("settings", web, user, channel, id, who))
        with speaking(who.locale):
            view = home_view(channel, [card for card in cards if card is not None], note=note)
        await web.call("views.publish", user_id=user, view=view)

    async def _card(self, command: str, web: Web, user: str, channel: str, id: str, who: Who) -> Card | None:
        caught = Caught()
        drawing = f"{id}:{next(self._drawings)}"  # each drawing looks anew, whatever was drawn for the same event before
        await self._front.call(self._call(f"{drawing}:{command}", command, web, channel, user, who), caught)
        return caught.card

    def reply(self, web: Web, where: Where, id: str) -> HomeReply:
        """An answer on the Home tab."""

        async def redraw(board: Card | None, note: str) -> None:
            await self.draw(web, where.user, where.channel, id, board=board, note=note)

        return HomeReply(redraw)

    async def suggest(self, web: Web, user: str, direct: str) -> None:
        """Somebody opened the conversation with us: offers something to ask."""
        with speaking((await self._who(web, user)).locale):
            prompts = [{"title": title, "message": message} for title, message in suggestions()]
            title = _("What shall we think about?")
        await web.call("assistant.threads.setSuggestedPrompts", channel_id=direct, prompts=prompts, title=title)


def suggestions() -> tuple[tuple[str, str], ...]:
    """What to ask us: (title, message)."""
    return (
        (_("Names"), _("names for a tea bar")),
        (_("A slogan"), _("a slogan for a bicycle repair shop")),
        (_("In another style"), _("a story about a lighthouse --style “dry humour”")),
        (_("What can you do?"), "/help"),
    )
