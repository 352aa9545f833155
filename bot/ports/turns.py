"""What processes agree by on what a platform counts over all of them: how soon after one another, and how often in a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

AT_ONCE = timedelta(0)


class Permitted(NamedTuple):
    """What one process got of something that all of them together may do so many times in any period."""

    granted: int  #: times that it may be done now; 0: it was done as often as may be
    left: int  #: times that are left of the period, for everybody
    again: datetime  #: when some are left; the moment of asking where some are


class TurnStore(Protocol):
    """Keeps who came when."""

    async def turn(self, of: str, gap: timedelta, at: datetime) -> datetime:
        """Takes the next turn of something that every process on this database does at most once in each `gap`.

        Returns:
            When it is, not before `at`, the caller's now: a gap after the latest one that anybody took. Turns that are a day
            old may be forgotten.
        """
        ...

    async def permits(
        self, of: str, most: int, per: timedelta, at: datetime, *, wanted: int = 1, hold: timedelta = AT_ONCE
    ) -> Permitted:
        """Permits to do something that all processes on this database together do at most `most` times in any `per`.

        Of `wanted` no more are given than a quarter of what is left, but one at least where any is: others come, too. They are
        good for `hold` from `at`, the caller's now, and count as if each were used at the end of that.
        """
        ...
