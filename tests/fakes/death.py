"""Kills a process at one point: before or after one thing that it does to the world outside it."""

from __future__ import annotations

import inspect
from typing import Any


class Killed(BaseException):
    """The process is dead: whatever it would do from here on is not done."""


class Death:
    """Counts what a process does from `armed` on. At the chosen point it dies: what it does afterwards reaches nobody."""

    def __init__(self, at: int | None = None) -> None:
        """`at`: the number of the point, from 0; None: it lives on, and the points are counted."""
        self.at = at
        self.armed = False
        self.dead = False
        self.points: list[str] = []

    def passes(self, what: str) -> bool:
        """Whether the process is still alive after this point."""
        if self.dead:
            return False
        if self.armed:
            self.points.append(what)
            self.dead = len(self.points) - 1 == self.at
        return not self.dead


class Mortal:
    """A store in the hands of a process that dies. Only writes are points: what was read is nobody's loss."""

    WRITES = frozenset(
        {"first_time", "arrive", "served", "begin", "place", "finish", "add", "log", "hear", "keep_media", "settle", "forget"}
    )

    def __init__(self, store: Any, death: Death) -> None:
        self._store = store
        self._death = death
        self.buried = False  #: its process is gone, and another lives

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*args: Any, **given: Any) -> Any:
            if self.buried or self._death.dead or (name in self.WRITES and not self._death.passes(f"before {name}")):
                raise Killed(name)
            answer = await found(*args, **given)
            if self._death.dead or (name in self.WRITES and not self._death.passes(f"after {name}")):
                raise Killed(name)
            return answer

        return call
