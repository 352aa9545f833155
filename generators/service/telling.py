"""Large answers as JSON, written beside the event loop and in slices: one call of `json` holds the interpreter to its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

from aiohttp import web

SLICE = 64  # items of a list that are written in one call: with 20 likeliest tokens each that is a millisecond or two
DEEP = 4  # levels that are walked through: an answer, its choices, their logprobs, the lists of these


def pieces(value: Any, *, deep: int = DEEP) -> Iterator[str]:
    """The JSON of a value, in pieces; no list is written whole down to that depth."""
    if deep and isinstance(value, dict):
        for place, (name, inner) in enumerate(value.items()):
            yield ("," if place else "{") + json.dumps(name) + ":"
            yield from pieces(inner, deep=deep - 1)
        yield "}" if value else "{}"
    elif deep and isinstance(value, list) and value and isinstance(value[0], dict):
        for place, inner in enumerate(value):
            yield "," if place else "["
            yield from pieces(inner, deep=deep - 1)
        yield "]"
    elif isinstance(value, list) and len(value) > SLICE:
        for start in range(0, len(value), SLICE):
            yield ("," if start else "[") + _dumps(value[start : start + SLICE])[1:-1]
        yield "]"
    else:
        yield _dumps(value)


def written(value: Any) -> bytes:
    """The JSON of a value."""
    return "".join(pieces(value)).encode()


async def answered(make: Callable[[], Any]) -> web.Response:
    """An answer whose making and writing take long: both are done in a thread."""
    return web.Response(body=await asyncio.to_thread(lambda: written(make())), content_type="application/json")


def _dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
