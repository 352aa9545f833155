"""Places in Slack where messages stand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a message goes."""

    channel: str
    thread: str = ""  #: timestamp of the thread's root; empty: in the channel itself
    user: str = ""  #: who asked

    @property
    def direct(self) -> bool:
        """Whether it is a conversation of one person with us."""
        return self.channel.startswith("D")

    @property
    def addressed(self) -> dict[str, str]:
        """As the methods that post take it."""
        return {"channel": self.channel} | ({"thread_ts": self.thread} if self.thread else {})
