"""Ideas read back from the blocks of a message of ours, as Slack gives them to us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.blocks import read_value
from bot.domain.errors import InvalidFeedback
from bot.messages import Key


@dataclass(frozen=True, slots=True)
class Shown:
    """An idea as it stands in a message."""

    idea: str
    number: int
    text: str


def shown_in(blocks: Sequence[Mapping[str, Any]], verbs: Iterable[str]) -> tuple[Shown, ...]:
    """The ideas that a message of ours shows, read back from its blocks: each is a text followed by its buttons.

    Args:
        blocks: of the message, as Slack gives them back.
        verbs: those whose buttons stand beside an idea.
    """
    wanted, text = frozenset(verbs), ""
    ideas: dict[str, Shown] = {}
    for block in blocks:
        if block.get("type") == "section":
            text = str((block.get("text") or {}).get("text", ""))
        for value in _values(block):
            key = _ours(value)
            number, dot, words = text.partition(". ")
            if key is not None and key.verb in wanted and dot and number.isdecimal():
                ideas.setdefault(key.target, Shown(key.target, int(number), words))
    return tuple(ideas.values())


def _values(block: Mapping[str, Any]) -> list[str]:
    elements = block.get("elements") or []
    return [
        str(value)
        for element in elements
        if isinstance(element, dict)
        for value in (element.get("value"), *(option.get("value") for option in element.get("options") or ()))
        if value
    ]


def _ours(value: str) -> Key | None:
    try:
        return read_value(value)[0]
    except InvalidFeedback:
        return None
