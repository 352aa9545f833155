"""JSON as the chats' wires have it, read and written by orjson: a tenth of the time that Python's own takes for a message."""

from __future__ import annotations

import json
from typing import Any

import orjson


def read(text: str | bytes) -> Any:
    """What a text of JSON says.

    Raises:
        ValueError: it is none.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)  # half a pair of surrogates, say, which Python takes; or an error in words that are known


def written(value: Any) -> str:
    """A value in JSON, without blanks."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half a pair of surrogates, or a number of more than 64 bits
        return json.dumps(value, separators=(",", ":"))
