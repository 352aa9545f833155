"""How much of the prompts that wait a pass takes: what fills it, where a larger one would be two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from generators.service.events import PassRequest

FEWEST = 16  # tokens of prompts that a pass takes at any rate, be it two then; with fewer each prompt would take a dozen
LEAST = 2  # tokens of a piece: attention to one alone has other last bits

Request = TypeVar("Request", bound=PassRequest)


def filled(requests: Sequence[Request]) -> list[Request | None]:
    """The requests of a pass, of prompts so much of each that the pass is full; None: it must wait for the next.

    Args:
        requests: of one model; those that come first are filled in first.
    """
    if not requests:
        return []
    most, sizes = requests[0].most, [request.size for request in requests]
    room = most - sum(size for size, request in zip(sizes, requests, strict=True) if not request.divisible)
    if sum(sizes) <= most or room < FEWEST:
        return list(requests)
    found: list[Request | None] = []
    for request, size in zip(requests, sizes, strict=True):
        if not request.divisible:
            found.append(request)
            continue
        taken = size if size <= room else min(room, size - LEAST)
        found.append(None if taken < LEAST else request if taken == size else request.first(taken))
        room -= taken if taken >= LEAST else 0
    return found
