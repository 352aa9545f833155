"""Counts requests against the rates Slack publishes, by a clock that may be compressed."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}  # requests of one tier
POSTS = {"chat.postMessage", "chat.startStream"}  # one a second and channel
JITTER = 0.1  # share of a second by which the wire may bring two posts closer together


@dataclass
class Rates:
    """How often each method was called, per workspace, and each channel posted to."""

    clock: Callable[[], float]  #: seconds
    second: float = 1.0  #: how long one of Slack's seconds is by that clock
    tiers: dict[str, int] = field(default_factory=dict)  #: method → tier; none: special
    _calls: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _posted: dict[tuple[str, str], float] = field(default_factory=dict)

    @staticmethod
    def tier(label: str | None) -> int | None:
        """The number in "Tier 3: 50+ per minute"; None where special rates apply."""
        found = re.match(r"Tier (\d)", label or "")
        return int(found.group(1)) if found else None

    def excess(self, method: str, team: str, channel: str | None) -> str | None:
        """Counts one call; says which rate it breaks, if any."""
        now = self.clock() / self.second
        tier = self.tiers.get(method)
        if tier is not None:
            recent = self._calls[method, team]
            while recent and recent[0] <= now - 60:
                recent.popleft()
            if len(recent) >= PER_MINUTE[tier]:
                return f"{method}: more than {PER_MINUTE[tier]} calls in a minute (tier {tier}) for {team}"
            recent.append(now)
        if method in POSTS and channel is not None:
            last = self._posted.get((team, channel))
            if last is not None and now - last < 1 - JITTER:
                return f"{method}: two posts to {channel} within {now - last:.2f} s"
            self._posted[team, channel] = now
        return None
