"""Keeps what the bot's own token does within what Discord takes of all processes on it together."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

from adapters._permits import Permits, now
from bot.ports import Clock, TurnStore

A_SECOND = 40  # requests with the bot's own token; Discord takes 50 and counts those of others on this token
HOLD_S = 0.5  # that requests which are taken from all processes' second at once are good for
A_CHANNEL = 5  # posts, and likewise changes of messages with the bot's own token, that Discord takes in …
CHANNEL_S = 5.5  # … five seconds; a little more than those, as clocks differ
CHANNELS = 10_000  # remembered; of one that is forgotten the database knows all the same

Kind = Literal["post", "edit"]


class Rates:
    """Hands out turns in the order they are asked for."""

    def __init__(self, store: TurnStore | None, application: Callable[[], int], *, clock: Clock | None = None) -> None:
        """Nothing was asked for yet.

        Args:
            store: by which processes agree; without one each keeps its own count.
            application: whose token it is, asked for when it is needed.
            clock: of this machine.
        """
        self._store, self._application, self._clock = store, application, clock or now
        self._everything = Turns(self._permits("", A_SECOND, 1.0, hold_s=HOLD_S), A_SECOND, 1.0)
        self._channels: OrderedDict[tuple[Kind, int], Turns] = OrderedDict()

    async def turn(self, kind: Kind | None = None, channel: int = 0) -> None:
        """Waits for a turn among the requests of one second, and among those of a kind in a channel."""
        if kind is not None and self._store is not None:  # of its own requests discord.py keeps count
            await self._of(kind, channel).turn()
        await self._everything.turn()

    def _of(self, kind: Kind, channel: int) -> Turns:
        turns = self._channels.get((kind, channel))
        if turns is None:
            permits = self._permits(f":{kind}:{channel}", A_CHANNEL, CHANNEL_S, hold_s=0.0)
            turns = self._channels[kind, channel] = Turns(permits, A_CHANNEL, CHANNEL_S)
            if len(self._channels) > CHANNELS:
                self._channels.popitem(last=False)
        return turns

    def _permits(self, what: str, most: int, per_s: float, *, hold_s: float) -> Permits:
        return Permits(self._store, lambda: f"discord:{self._application()}{what}", most, per_s, hold_s=hold_s, clock=self._clock)


class Turns:
    """So many in a period, of this process and of all."""

    def __init__(self, permits: Permits, most: int, per_s: float) -> None:
        self._permits, self._most, self._per_s = permits, most, per_s
        self._next = asyncio.Lock()
        self._taken: list[float] = []

    async def turn(self) -> None:
        """Waits for a turn and takes it."""
        loop = asyncio.get_running_loop()
        async with self._next:
            while True:
                now = loop.time()
                self._taken = [at for at in self._taken if now - at < self._per_s]
                full = len(self._taken) >= self._most
                wait_s = self._per_s - (now - self._taken[0]) if full else await self._permits.wait_s()
                if wait_s <= 0:
                    self._taken.append(loop.time())
                    self._permits.take()
                    return
                await asyncio.sleep(wait_s)
