"""Keeps our calls within the rates Slack publishes: whoever calls waits for a turn."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque

MINUTE = 60.0
POSTS = frozenset({"chat.postMessage", "chat.startStream"})  # one a second in each channel
GAP = 1.05  # seconds between two posts in a channel; a little more than Slack's one second, as the wire is not even
#: Calls a minute and workspace: nine tenths of the tier that Slack's method pages name.
PER_MINUTE = {
    "chat.update": 45,
    "chat.postEphemeral": 90,
    "chat.startStream": 18,
    "chat.appendStream": 90,
    "chat.stopStream": 18,
    "views.open": 90,
    "views.publish": 90,
    "users.info": 90,
    "reactions.get": 45,
    "conversations.open": 45,
    "files.getUploadURLExternal": 90,
    "files.completeUploadExternal": 90,
    "assistant.threads.setSuggestedPrompts": 90,
}
MANY_CHANNELS = 10_000  # channels remembered before those that rest are let go


class Pace:
    """Hands out turns, in the order they are asked for."""

    def __init__(self, *, second: float = 1.0) -> None:
        """Nobody has called yet.

        Args:
            second: how long one of Slack's seconds is, in real seconds; shorter where time is compressed.
        """
        self._second = second
        self._turns: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._posted: dict[tuple[str, str], float] = {}

    async def turn(self, method: str, team: str, channel: str = "") -> None:
        """Waits until `method` may be called for a workspace (and, where it posts, in a channel)."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._earliest(method, team))
        if method in POSTS:
            at = max(at, self._posted.get((team, channel), at - GAP * self._second) + GAP * self._second)
            self._posted[team, channel] = at
            self._forget_resting(now)
        if method in PER_MINUTE:
            self._turns[team, method].append(at)
        if at > now:
            await asyncio.sleep(at - now)

    def room(self, method: str, team: str) -> int:
        """How many calls could be made at once now."""
        if method not in PER_MINUTE:
            return MANY_CHANNELS
        self._earliest(method, team)
        return PER_MINUTE[method] - len(self._turns[team, method])

    def _earliest(self, method: str, team: str) -> float:
        limit = PER_MINUTE.get(method)
        if limit is None:
            return 0.0
        turns, now = self._turns[team, method], asyncio.get_running_loop().time()
        while turns and turns[0] <= now - MINUTE * self._second:
            turns.popleft()
        return turns[-limit] + MINUTE * self._second if len(turns) >= limit else 0.0

    def _forget_resting(self, now: float) -> None:
        if len(self._posted) > MANY_CHANNELS:
            self._posted = {key: at for key, at in self._posted.items() if at > now - GAP * self._second}
