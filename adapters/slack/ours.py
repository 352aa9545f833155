"""Messages of ours, kept at hand: all who change one take turns, and the ideas on it are known."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from adapters.slack.emoji import beside_ideas
from adapters.slack.places import Where
from adapters.slack.reading import Shown, shown_in
from adapters.slack.replies import Address
from adapters.slack.surface import Surface
from adapters.slack.web import Failed, ResponseUrl, Web

log = structlog.get_logger(__name__)

MANY = 5_000  # messages remembered, with the ideas on them; older ones are read back from Slack


class Ours:
    """Makes messages, and finds those that are there."""

    def __init__(self, *, spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]], pause_s: float) -> None:
        """None yet; `spawn` and `pause_s` are for each `Surface`."""
        self._spawn = spawn
        self._pause_s = pause_s
        self._surfaces: OrderedDict[str, Surface] = OrderedDict()
        self._wrote_in: OrderedDict[str, str] = OrderedDict()  #: conversation → workspace

    def place(self, web: Web, where: Where, **more: Any) -> Surface:
        """A place where a message will be, or one that is there; `more` are further fields of the `Surface`."""
        return Surface(web, where, placed=self._remember, spawn=self._spawn, pause_s=self._pause_s, **more)

    def there(self, web: Web, where: Where, ts: str, url: ResponseUrl | None = None) -> Surface:
        """A message of ours that is there already."""
        known = self._surfaces.get(str(Address(web.team, where.channel, ts)))
        if known is None:
            known = self.place(web, where, ts=ts)
            self._remember(known)
        known.url = url or known.url
        return known

    def _remember(self, surface: Surface) -> None:
        """Keeps a message of ours at hand, so that all who change it take turns."""
        address = str(Address(surface.web.team, surface.where.channel, surface.ts))
        self._surfaces[address] = surface
        self._surfaces.move_to_end(address)
        self._wrote_in[surface.where.channel] = surface.web.team
        self._wrote_in.move_to_end(surface.where.channel)
        for cache in (self._surfaces, self._wrote_in):
            if len(cache) > MANY:
                cache.popitem(last=False)

    def team_of(self, channel: str, ts: str) -> str:
        """The workspace of a message of ours that is remembered; empty when none is."""
        return next((key.partition("/")[0] for key in reversed(self._surfaces) if key.endswith(f"/{channel}/{ts}")), "")

    def team_in(self, channel: str) -> str:
        """The workspace in whose name we wrote in a conversation last; empty when that is not remembered."""
        return self._wrote_in.get(channel, "")

    async def ideas_at(self, web: Web, channel: str, ts: str) -> tuple[Shown, ...]:
        """The ideas on a message: remembered, or read back from Slack when it is one of ours from before."""
        surface = self._surfaces.get(str(Address(web.team, channel, ts)))
        if surface is not None and surface.lines:
            return tuple(Shown(line.idea, line.number, line.text) for line in surface.lines)
        try:
            response = await web.get("reactions.get", channel=channel, timestamp=ts)
        except Failed as failed:
            log.info("a message could not be read", why=str(failed), needed=failed.needed)
            return ()
        message = response.get("message") or {}
        return shown_in(message.get("blocks") or (), beside_ideas())
