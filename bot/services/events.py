"""Which event is being served: what it makes has ids of its own, so that serving it once more makes nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ideas import Team


@dataclass(slots=True)
class Serving:
    """An event that stands in the inbox, while it is served."""

    team: Team
    id: str  #: the platform's
    at: datetime  #: when it first came
    subject: str = ""  #: see `Arrival`
    again: bool = False  #: it was begun before, and not ended
    tries: int = 0  #: how often it was begun in this process without being ended
    made: int = 0  #: ids given so far
    handed_on: bool = False  #: a brainstorm that is stored answers for it from now on
    owes: bool = False  #: it is served when a card is redrawn


_serving: ContextVar[Serving | None] = ContextVar("serving", default=None)


@contextmanager
def serving(event: Serving | None) -> Iterator[None]:
    """Inside, `event` is the one being served."""
    token = _serving.set(event)
    try:
        yield
    finally:
        _serving.reset(token)


def under_way() -> Serving | None:
    """The event being served, where it stands in the inbox."""
    return _serving.get()


def own_id(new_id: Callable[[], str]) -> str:
    """The id of what an event makes: 24 hex digits that sort by time, the same whenever that event is served.

    Args:
        new_id: makes one where there is no event, or none that could be served once more.
    """
    event = _serving.get()
    if event is None:
        return new_id()
    event.made += 1
    name = f"{event.team.platform}:{event.team.id}:{event.id}:{event.made}"
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{int(event.at.timestamp() * 1000):012x}{digest}"
