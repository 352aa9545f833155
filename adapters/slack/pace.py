"""Keeps our calls within the rates Slack publishes: whoever calls waits for a turn, in whichever process."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta

import structlog

from adapters._permits import Permits, now
from adapters.slack.queueing import Queue
from bot.domain.errors import Outage
from bot.ports import Clock, TurnStore

log = structlog.get_logger(__name__)

MINUTE = 60.0
POSTS = frozenset({"chat.postMessage", "chat.startStream"})  # one a second in each channel
GAP = 1.05  # seconds between two posts in a channel; a little more than Slack's one, as clocks differ
#: Calls a minute and workspace: nine tenths of the tier that Slack's method pages name.
PER_MINUTE = {
    "chat.update": 45,
    "chat.delete": 45,
    "chat.postEphemeral": 90,
    "chat.startStream": 18,
    "chat.appendStream": 90,
    "chat.stopStream": 18,
    "views.open": 90,
    "views.publish": 90,
    "users.info": 90,
    "reactions.get": 45,
    "conversations.open": 45,
    "conversations.history": 45,
    "conversations.replies": 45,
    "files.getUploadURLExternal": 90,
    "files.completeUploadExternal": 90,
    "files.delete": 45,
    "assistant.threads.setSuggestedPrompts": 90,
}
TALLIES_LEAVE = 10  # of a minute's turns, to answers: a channel full of votes must keep nobody at “Thinking”
HOLD_S = 5.0  # that calls which are taken from all processes' minute at once are good for
MANY_CHANNELS = 10_000  # channels remembered before those that rest are let go


_leaving: ContextVar[int] = ContextVar("leaving", default=0)  # of the call that is being made


class Door:
    """A channel's way in: one post at a time, and a rest after each."""

    def __init__(self) -> None:
        self.free = asyncio.Lock()
        self.shut_at = float("-inf")  #: when the last post had been answered, by the loop's clock


class Pace:
    """Hands out turns, in the order they are asked for."""

    def __init__(self, *, second: float = 1.0, turns: TurnStore | None = None, clock: Clock | None = None) -> None:
        """Nobody has called yet.

        Args:
            second: how long one of Slack's seconds is, in real seconds; shorter where time is compressed.
            turns: by which processes agree who posts when, and who calls how often; without them each keeps a pace of its own.
            clock: of this machine; others' may differ by less than what `GAP` is longer than a second.
        """
        self._shared = turns
        self._clock = clock or now
        self._second = second
        self._turns: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._doors: dict[tuple[str, str], Door] = {}
        self._queues: defaultdict[tuple[str, str], Queue] = defaultdict(Queue)
        self._held: dict[tuple[str, str], float] = {}  #: until when Slack takes no call, by the loop's clock
        self._careful: dict[tuple[str, str], float] = {}  #: until when calls keep a distance from one another
        self._permits: dict[tuple[str, str], Permits] = {}

    @asynccontextmanager
    async def turn(self, method: str, team: str, channel: str = "", *, leaves: int = 0) -> AsyncIterator[None]:
        """Waits until `method` may be called for a workspace (and, where it posts, in a channel); the call is made inside.

        `leaves`: so many of a minute's turns are left to calls that leave fewer, and those come first.
        The second between two posts begins with the answer to the first, so that no slow wire can bring them closer together.
        """
        if method not in POSTS:
            await self._in_time(method, team, leaves)
            await self._free(method, team)
            mine = _leaving.set(leaves)
            try:
                yield
            finally:
                _leaving.reset(mine)
            return
        door = self._door(team, channel)
        async with door.free:
            await self.rest(door.shut_at)
            await self._in_time(method, team)  # which may take a minute; the turn in the channel is taken when it can be used
            await self._free(method, team)
            await self._among_processes(team, channel)
            try:
                yield
            finally:
                door.shut_at = asyncio.get_running_loop().time()

    async def _among_processes(self, team: str, channel: str) -> None:
        """One turn at a time is taken, so that a process that dies leaves no others to wait for."""
        if self._shared is None:
            return
        now = self._clock()
        try:
            at = await self._shared.turn(f"slack:{team}:{channel}", timedelta(seconds=GAP * self._second), now)
        except Outage as error:
            log.warning("processes cannot agree on their turns", why=str(error))  # a 429 is waited out
            return
        if at > now:
            await asyncio.sleep((at - now).total_seconds())

    def hold(self, method: str, team: str, seconds: float) -> None:
        """Slack has refused a call of a workspace, and takes no other one before these (real) seconds are over.

        What was counted is not all there was: somebody without our database has spent turns of the same minute. So for a minute
        calls are made one by one, as often as Slack takes them for good.
        """
        until = asyncio.get_running_loop().time() + seconds
        self._held[team, method] = max(until, self._held.get((team, method), until))
        self._careful[team, method] = until + MINUTE * self._second

    async def again(self, method: str, team: str) -> None:
        """Waits until a call that was refused may be made once more: one by one, and where it stood in the queue before."""
        await self._in_time(method, team, _leaving.get())
        await self._free(method, team)

    async def _free(self, method: str, team: str) -> None:
        left = self._left(method, team)
        if left > 0:
            await asyncio.sleep(left)
            await self._free(method, team)  # Slack may have refused again meanwhile

    def _left(self, method: str, team: str) -> float:
        until = self._held.get((team, method))
        if until is None:
            return 0.0
        left = until - asyncio.get_running_loop().time()
        if left <= 0:
            del self._held[team, method]
        return left

    async def _in_time(self, method: str, team: str, leaves: int = 0) -> None:
        if method not in PER_MINUTE:
            return
        loop, permits = asyncio.get_running_loop(), self._permits_of(method, team)

        async def left_s() -> float:
            left = max(self._left(method, team), self._earliest(method, team, leaves) - loop.time())
            return left if left > 0 else await permits.wait_s(leaves)

        await self._queues[team, method].turn(leaves, left_s, lambda: self._take(method, team, permits))

    def _permits_of(self, method: str, team: str) -> Permits:
        of = self._permits.get((team, method))
        if of is None:
            minute, hold_s, name = MINUTE * self._second, HOLD_S * self._second, f"slack:{team}:{method}"
            of = Permits(self._shared, lambda: name, PER_MINUTE[method], minute, hold_s=hold_s, clock=self._clock)
            self._permits[team, method] = of
        return of

    def _door(self, team: str, channel: str) -> Door:
        if len(self._doors) > MANY_CHANNELS:
            rested = asyncio.get_running_loop().time() - GAP * self._second
            self._doors = {key: door for key, door in self._doors.items() if door.free.locked() or door.shut_at > rested}
        return self._doors.setdefault((team, channel), Door())

    async def rest(self, since: float) -> None:
        """Waits until Slack's second after `since` is over: between two posts, or two half-finished cards of a message."""
        if (left := self.rest_s(since)) > 0:
            await asyncio.sleep(left)

    def rest_s(self, since: float) -> float:
        """How long that takes, in real seconds."""
        return since + GAP * self._second - asyncio.get_running_loop().time()

    def room(self, method: str, team: str) -> int:
        """How many calls could be made at once now, as far as this process knows what the others have made."""
        if self._left(method, team) > 0:
            return 0
        if method not in PER_MINUTE:
            return MANY_CHANNELS
        if self._earliest(method, team) > asyncio.get_running_loop().time():
            return 0
        return min(PER_MINUTE[method] - len(self._turns[team, method]), self._permits_of(method, team).room)

    async def taken(self, method: str, team: str) -> bool:
        """Takes a turn where one is to be had without waiting, whatever the other processes have made; whether it did."""
        if self.room(method, team) <= 0:
            return False
        if method in PER_MINUTE:
            permits = self._permits_of(method, team)
            if await permits.wait_s() > 0 or self._left(method, team) > 0:
                return False
            self._take(method, team, permits)
        return True

    def _take(self, method: str, team: str, permits: Permits) -> None:
        self._turns[team, method].append(asyncio.get_running_loop().time())
        permits.take()

    def _earliest(self, method: str, team: str, leaves: int = 0) -> float:
        limit = PER_MINUTE.get(method)
        if limit is None:
            return 0.0
        turns, now, minute = self._turns[team, method], asyncio.get_running_loop().time(), MINUTE * self._second
        while turns and turns[0] <= now - minute:
            turns.popleft()
        at = turns[leaves - limit] + minute if len(turns) >= limit - leaves else 0.0
        if turns and self._careful.get((team, method), 0.0) > now:
            at = max(at, turns[-1] + minute / limit)
        return at
