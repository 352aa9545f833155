"""Simplified and Traditional Chinese, one turned into the other by OpenCC, which knows words and not only characters."""

from __future__ import annotations

from functools import cache
from typing import Any

SIMPLE, TRADITIONAL = "t2s", "s2twp"  #: OpenCC's names; the second uses the words of Taiwan: 软件 becomes 軟體


@cache
def _converter(name: str) -> Any:
    import opencc

    return opencc.OpenCC(name)


def simplified(text: str) -> str:
    """The text in Simplified characters."""
    return str(_converter(SIMPLE).convert(text))


def traditional(text: str, *, name: str = TRADITIONAL) -> str:
    """The text in Traditional characters."""
    return str(_converter(name).convert(text))


def is_traditional(text: str) -> bool:
    """Whether a text holds more characters that only Traditional Chinese has than ones that only Simplified has."""
    only = sum(simplified(char) != char for char in text)
    return only > sum(simplified(char) == char != traditional(char, name="s2t") for char in text)
