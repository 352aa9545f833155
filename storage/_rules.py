"""What every store agrees on, whichever database is behind it."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bot.domain.ideas import Brainstorm, Idea, Person, Team

T = TypeVar("T")
Dated = TypeVar("Dated", Brainstorm, Idea)

EVENTS_KEPT = timedelta(days=1)  # platforms redeliver for at most an hour; the port lets older ids go
#: Nobody leases for longer: a lease that ends later was given before the clock was set back, and its holder is dead or renews it.
FAR = timedelta(minutes=10)
FAR_JOB = timedelta(hours=2)  # likewise of a job, which is put off by an hour where it broke
DONE_KEPT = timedelta(days=30)  # a job that is planned once more after its event came twice; events are known for a day
PRUNE_EVERY = timedelta(hours=1)  # an index scan of one day's events; no need to do it at every event
#: Of a stored version, what may change; what it was made of may not, and what people had deleted only by `forget`.
CHANGING = ("stage", "metrics", "reason", "untold", "comparisons")
LATEST_POSTS = 200  # messages of a team that are looked through for an idea; people vote on what was shown of late
SHOWN_POSTS = 10  # of them that are redrawn for one idea; each is a request to the platform
MOST_POSTS = 100  # messages to redraw that are fetched at a time; each takes a second or so to draw
MOST_ROWS = 2**31 - 1  # what PostgreSQL's integer holds; a larger limit or number means "all" or "none"

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable_text(text: str) -> str:
    """`text` with U+FFFD for the characters that no database stores: NUL (PostgreSQL) and lone surrogates (UTF-8)."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub("\ufffd", text)


def aware(at: datetime) -> datetime:
    """`at` in UTC.

    Raises:
        ValueError: it has no zone; storing a guess would shift it silently.
    """
    if at.tzinfo is None:
        raise ValueError(f"A moment without a zone cannot be stored: {at.isoformat()}")
    return at.astimezone(UTC)


def free(leased_until: datetime | None, now: datetime, far: timedelta = FAR) -> bool:
    """Whether nobody holds what was leased until then."""
    return leased_until is None or leased_until <= aware(now) or leased_until > aware(now) + far


def number(value: float | None) -> float | None:
    """`value`, or None for NaN, which SQLite has no way to hold."""
    return None if value is None or math.isnan(value) else value


def revived(kind: type[T], fields: Mapping[str, Any]) -> T:
    """A value as it once was, without validating it again.

    What was valid when it was stored stays readable, also after a limit became stricter.
    """
    value = object.__new__(kind)
    for name, content in fields.items():
        object.__setattr__(value, name, content)
    return value


def storable(value: T) -> T:
    """`value` as any store gives it back: texts, moments and numbers made storable, all through a nested value."""
    if isinstance(value, str):
        result: Any = storable_text(value)
    elif isinstance(value, datetime):
        result = aware(value)
    elif isinstance(value, float):
        result = number(value)
    elif isinstance(value, tuple):
        result = tuple(storable(item) for item in value)
    elif isinstance(value, dict):
        result = {storable(key): item for key, item in value.items()}
    elif dataclasses.is_dataclass(value):
        result = revived(type(value), {field.name: storable(getattr(value, field.name)) for field in dataclasses.fields(value)})
    else:
        result = value
    return result  # type: ignore[no-any-return]


def at_most(limit: int) -> int:
    """`limit` as every database takes it."""
    return max(0, min(limit, MOST_ROWS))


def newest(items: list[Dated], limit: int | None = None) -> list[Dated]:
    """The newest first; of those that are as new, in the order of their ids."""
    ordered = sorted(items, key=lambda one: (one.created_at, one.id), reverse=True)
    return ordered if limit is None else ordered[: at_most(limit)]


def event_key(event: str) -> str:
    """What is kept of a platform's event id: a digest, so that any length fits and nobody's id stands in it."""
    return hashlib.blake2b(event.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def team_event_key(team: Team, id: str) -> str:
    """What an event of a team is kept under."""
    return event_key(f"{team.platform}:{team.id}:{id}")


def person_key(person: Person | None) -> str | None:
    """What is kept of whose an event is: a digest."""
    return None if person is None else event_key(f"{person.platform}:{person.id}")


def without(trained_on: tuple[str, ...], person: Person, ideas: frozenset[str]) -> tuple[str, ...]:
    """The ids of feedback that name neither the person nor one of the ideas, in a field between colons."""
    gone = ideas | {person.id}
    return tuple(id for id in trained_on if gone.isdisjoint(id.split(":")) and id not in gone)


def without_one(ids: Iterable[str] | None, gone: str) -> tuple[str, ...]:
    """The ids without that one."""
    return tuple(id for id in ids or () if id != gone)
