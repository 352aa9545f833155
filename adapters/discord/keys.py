"""What stands in a component's custom_id: a control's key, and whether pressing it opens a form."""

from __future__ import annotations

import re

from bot.messages import Control, Key
from bot.services.ideas.finding import ID

#: As a pattern: a verb, ":" or "?" where the control asks, a target, ":", a token.
PATTERN = r"(?s)(?P<verb>[^\W\d]\w*)(?P<mark>[:?])(?P<rest>[^:]*:.*)"


def custom_id(control: Control) -> str:
    """The key; the first colon becomes a question mark where the control asks, so that it is no longer than the key."""
    key = str(control.key)
    return key.replace(":", "?", 1) if control.asks else key


def read(text: str) -> tuple[Key, bool] | None:
    """The key in a custom_id and whether it asks; None when it is none of ours."""
    match = re.fullmatch(PATTERN, text)
    if match is None:
        return None
    return Key.parse(f"{match['verb']}:{match['rest']}"), match["mark"] == "?"


def ideas_in(custom_ids: list[str]) -> tuple[str, ...]:
    """The ideas that a message's controls speak of, in the order they are shown."""
    ideas: dict[str, None] = {}
    for one in custom_ids:
        key = read(one)
        if key is not None and key[0].verb in BESIDE and ID.fullmatch(key[0].target):
            ideas[key[0].target] = None
    return tuple(ideas)


BESIDE = frozenset({"vote"})  # signals that stand beside every idea; other keys name brainstorms as well
