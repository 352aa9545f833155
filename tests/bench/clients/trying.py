"""Tries one thing after another, and says which worked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def tried(what: str, do: Callable[[], Any]) -> None:
    try:
        came = str(do())
    except Exception as error:  # noqa: BLE001 - whatever a client raises is what was to be found out
        print(f"no {what}: {type(error).__name__}: {str(error)[:200]!r}")
    else:
        print(f"ok {what}: {came[:70]!r}")


WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string", "enum": ["Paris", "Oslo"]}},
    "required": ["city"],
    "additionalProperties": False,
}
