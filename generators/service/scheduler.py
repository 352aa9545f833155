"""Who comes next: requests wait by team, and the team that was served least goes first. It knows no threads and no models."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

LARGEST_SHARE = 0.75  # of all places that one team may hold: another's first request never waits for its last
REMEMBERED = 32  # ends of requests that the pace is taken from
WAITS_S = (1, 60)  # least and longest wait that is asked of a client; beyond a minute it had better ask again


class Full(Exception):
    """Too many requests are waiting."""

    def __init__(self, position: int = 1, retry_s: int = 2) -> None:
        super().__init__(f"{position - 1} requests are waiting")
        self.position = position  #: the place that the request would have had
        self.retry_s = retry_s  #: after which a place is likely to be free


class Waiting(Protocol):
    """What waits."""

    team: str

    @property
    def rows(self) -> int:
        """Places it will hold."""
        ...

    @property
    def need(self) -> int:
        """Bytes it will hold at most."""
        ...


Kind = TypeVar("Kind", bound=Waiting)


class Served:
    """How many tokens each team was served lately: what fairness is measured by."""

    def __init__(self) -> None:
        self._tokens: defaultdict[str, float] = defaultdict(float)

    def __call__(self, team: str) -> float:
        """Tokens."""
        return self._tokens[team]

    def count(self, team: str, tokens: float) -> None:
        """Adds what a team was served."""
        self._tokens[team] += tokens

    def welcome(self, team: str, present: Collection[str]) -> None:
        """A team that comes back has no claim to what it did not use: it begins where the least served one is now."""
        least = min((self._tokens[other] for other in present), default=0.0)
        self._tokens = defaultdict(
            float, {name: value for name, value in self._tokens.items() if name in present or name == team}
        )
        if team not in present:
            self._tokens[team] = max(self._tokens[team], least)


def admitted(waiting: deque[Kind], active: Iterable[Kind], served: Served, *, most_rows: int, most_bytes: float) -> list[Kind]:
    """Takes out of the queue who may begin now, the least served team's first request first.

    Who needs more than there is altogether is let in alone. A request that has to wait for room is not overtaken by smaller
    ones of other teams, or it would wait for ever; one that waits because its own team holds its largest share is.
    """
    rows: defaultdict[str, int] = defaultdict(int)
    size = 0
    for one in active:
        rows[one.team] += one.rows
        size += one.need
    jobs: list[Kind] = []
    barred: set[str] = set()
    while candidates := [one for one in waiting if one.team not in barred]:
        chosen = min(candidates, key=lambda one: (served(one.team), rows[one.team]))  # min keeps the order within a team
        all_rows = sum(rows.values())
        if all_rows and (all_rows + chosen.rows > most_rows or size + chosen.need > most_bytes):
            break
        if rows[chosen.team] and rows[chosen.team] + chosen.rows > LARGEST_SHARE * most_rows:
            barred.add(chosen.team)
            continue
        waiting.remove(chosen)
        rows[chosen.team] += chosen.rows
        size += chosen.need
        jobs.append(chosen)
    return jobs


class Pace:
    """How fast requests end, for telling others when to come back."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque(maxlen=REMEMBERED)

    def ended(self, now: float) -> None:
        """Notes the end of a request."""
        self._ends.append(now)

    def retry_s(self, waiting: int, now: float) -> int:
        """When a quarter of the queue will have moved on, so that most who come back then find a place."""
        if len(self._ends) < 2:
            return WAITS_S[0] + 1
        apart = (now - self._ends[0]) / len(self._ends)
        return int(min(WAITS_S[1], max(WAITS_S[0], math.ceil(apart * max(1.0, waiting / 4)))))
