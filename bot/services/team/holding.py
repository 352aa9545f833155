"""Which roles the person holds whose event is being served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.domain.ideas import Person

_held: ContextVar[tuple[Person, tuple[str, ...]] | None] = ContextVar("held", default=None)


@contextmanager
def holding(person: Person, roles: tuple[str, ...]) -> Iterator[None]:
    """Inside, `person` holds these roles."""
    token = _held.set((person, roles))
    try:
        yield
    finally:
        _held.reset(token)


def held_by(person: Person) -> tuple[str, ...]:
    """Ids of the person's roles; none where what is done is no answer to them, as when a planned round opens."""
    held = _held.get()
    return held[1] if held is not None and held[0] == person else ()
