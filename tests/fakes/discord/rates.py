"""Discord's rate limits: a bucket per route and major parameter, and 50 requests a second over all of them."""

from __future__ import annotations

from dataclasses import dataclass

#: Requests, seconds; the documentation tells clients to read them from headers, these are what they are known to be.
BUCKETS: dict[str, tuple[int, float]] = {
    "create_message": (5, 5.0),
    "update_message": (5, 5.0),
    "delete_message": (5, 1.0),
    "execute_webhook": (5, 2.0),
    "update_original_webhook_message": (5, 2.0),
    "update_webhook_message": (5, 2.0),
    "add_my_message_reaction": (1, 0.25),
    "bulk_set_application_commands": (5, 20.0),
}
OTHER = (50, 1.0)
DIGIT = 1e-6  # seconds: sums of a clock's floats differ in their last digits
GLOBAL = (50, 1.0)  # docs: topics/rate-limits; interaction endpoints are exempt


@dataclass
class Window:
    """A fixed window that opens with its first request."""

    limit: int
    seconds: float
    opened: float = float("-inf")
    used: int = 0

    def take(self, now: float) -> bool:
        """Whether one more request fits."""
        if now >= self.opened + self.seconds - DIGIT:
            self.opened, self.used = now, 0
        self.used += 1
        return self.used <= self.limit

    def left(self, now: float) -> float:
        """Seconds until it opens anew."""
        return max(0.0, self.opened + self.seconds - now)


class Rates:
    """All windows."""

    def __init__(self) -> None:
        self.everything = Window(*GLOBAL)
        self.windows: dict[tuple[str, str], Window] = {}

    def take(self, operation: str, major: str, now: float, *, exempt: bool) -> tuple[Window, str]:
        """Counts a request. Returns its window and what it broke: "", "bucket" or "global"."""
        window = self.windows.setdefault((operation, major), Window(*BUCKETS.get(operation, OTHER)))
        if not exempt and not self.everything.take(now):
            return window, "global"
        return window, "" if window.take(now) else "bucket"
