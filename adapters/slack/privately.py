"""Tells one person something by a way that Slack leaves: where they asked, by the response URL, or in their own conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog

from adapters.slack.places import Where
from adapters.slack.refusals import AGAIN, REVOKED
from adapters.slack.render import render
from adapters.slack.web import Failed, ResponseUrl, Web
from bot.messages import Card
from bot.words import _

log = structlog.get_logger(__name__)

TRIES = 3  # of all ways, where what was refused may pass
Way = Callable[[], Awaitable[None]]


@dataclass(eq=False)
class Privately:
    """One person, who asked somewhere."""

    web: Web
    where: Where
    url: ResponseUrl | None = None
    aloud: bool = False  #: in a conversation of their own with us, where an ordinary message is private
    pause_s: float = 1.0  #: between two tries

    async def tell(self, card: Card) -> bool:
        """Shows a card to the person alone; False where no way is left, and the log says why."""
        why: list[str] = []
        for attempt in range(1, TRIES + 1):
            passing = False
            for way in self._ways(card, at_once=await self._taken()):
                try:
                    await way()
                    return True
                except Failed as failed:
                    why.append(str(failed))
                    if failed.error == "unreachable" and not self._url_left:
                        passing = False
                        break  # it may be there, and cannot be looked for
                    passing = passing or failed.error in AGAIN | REVOKED
            if not passing or attempt == TRIES:
                break
            await asyncio.sleep(self.pause_s)
        log.warning("a person could not be told", why=why[-4:])
        return False

    async def _taken(self) -> bool:
        """Whether a turn for a private message is taken: only where it comes at once, as the response URL waits for none."""
        asked = self.where.user and self._url_left and not self.aloud
        return bool(asked) and await self.web.pace.taken("chat.postEphemeral", self.web.team)

    def _ways(self, card: Card, *, at_once: bool) -> list[Way]:
        """Every way that is left, the one that is nearest to where the person asked first. `at_once`: the first has its turn."""
        if not self.where.user:
            return []
        drawn = render(card)
        body: dict[str, Any] = {"text": drawn.text, "blocks": list(drawn.blocks)}
        channel, thread = self.where.channel, {"thread_ts": self.where.thread} if self.where.thread else {}
        shown = partial(self.web.call, "chat.postEphemeral", channel=channel, user=self.where.user, **body)
        if self.aloud:
            post = partial(self.web.call, "chat.postMessage", channel=channel, **body)
            return [partial(_done, call) for call in (partial(post, **thread), *([post] if thread else []), shown)]
        ways: list[Way] = []
        if at_once:
            here = partial(self.web.at_once, "chat.postEphemeral", channel=channel, user=self.where.user, **body)
            ways.append(partial(_done, partial(here, **thread)))
        elif not self._url_left:
            ways.append(partial(_done, partial(shown, **thread)))
        if self.url is not None and self._url_left:
            ways.append(partial(self.url.answer, response_type="ephemeral", replace_original=False, **thread, **body))
        if thread:
            ways.append(partial(_done, shown))
        if not self.where.direct:
            ways.append(partial(self._directly, card))
        return ways

    @property
    def _url_left(self) -> int:
        return self.url.left if self.url is not None else 0

    async def _directly(self, card: Card) -> None:
        """In the person's conversation with us. Controls are about the conversation they asked in, so they stay away."""
        lines = tuple(replace(line, controls=()) for line in card.lines)
        drawn = render(replace(card, lines=lines, controls=()))
        opened = await self.web.call("conversations.open", users=self.where.user)
        place = str(opened["channel"]["id"])
        await self.web.call("chat.postMessage", channel=place, text=drawn.text, blocks=list(drawn.blocks))


async def _done(call: Callable[[], Awaitable[Any]]) -> None:
    await call()


def aside(card: Card) -> Card:
    """A card that belongs into the conversation, for the one person who can be shown it."""
    why = _("Slack does not let Muselab write this in the conversation, so you alone see it.")
    return replace(card, footer="\n".join(part for part in (card.footer, why) if part))
