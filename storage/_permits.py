"""Counts what all processes together did of late, as every store does. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from storage._rules import aware

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Spent(NamedTuple):
    """Permits that were given out at once."""

    at: int  #: when the last of them may be used, microseconds since 1970
    times: int


class Given(NamedTuple):
    """What is given out, and what is known from then on."""

    granted: int
    left: int
    again: int  #: microseconds since 1970
    log: tuple[Spent, ...]


def give(log: Sequence[Spent], *, most: int, per: int, at: int, wanted: int, hold: int) -> Given:
    """Gives permits out at `at`.

    What was spent a period ago is forgotten; likewise what would be spent later than any process whose clock is right can have
    said, as a clock that was wrong once must stop nobody.
    """
    recent = tuple(one for one in log if at - per < one.at <= at + per + hold)
    left = max(0, most - sum(one.times for one in recent))
    count = min(left, max(1, min(wanted, left // 4)))
    if count:
        return Given(count, left - count, at, (*recent, Spent(at + hold, count)))
    return Given(0, 0, _again(recent, most, per), recent)


def _again(recent: Sequence[Spent], most: int, per: int) -> int:
    """When so much of it is a period ago that one more may be given."""
    over = sum(one.times for one in recent) - most
    for one in sorted(recent):
        over -= one.times
        if over < 0:
            return one.at + per
    raise ValueError("Of nothing no permit can ever be given.")  # `most` is at least one


def written(log: Sequence[Spent]) -> str:
    """A log as a database keeps it."""
    return " ".join(f"{one.at}:{one.times}" for one in log)


def read(text: str) -> tuple[Spent, ...]:
    """The log that was written."""
    return tuple(Spent(int(at), int(count)) for at, _colon, count in (one.partition(":") for one in text.split()))


def micro(at: datetime) -> int:
    """Microseconds since 1970."""
    return (aware(at) - EPOCH) // MICROSECOND


def moment(at: int) -> datetime:
    """The moment so many microseconds after 1970."""
    return EPOCH + at * MICROSECOND
