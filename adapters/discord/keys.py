"""What stands in a component's custom_id: a control's key, and whether pressing it opens a form."""

from __future__ import annotations

import re

from bot.messages import Control, Key

#: As a pattern: a verb, ":" or "?" where the control asks, a target, ":", a token.
PATTERN = r"(?s)(?P<verb>[^\W\d]\w*)(?P<mark>[:?])(?P<rest>[^:]*:.*)"
IDEA = re.compile(r"[0-9a-f]{24}")


def custom_id(control: Control) -> str:
    """The key; the first colon becomes a question mark where the control asks, so that it is no longer than the key."""
    key = str(control.key)
    return key.replace(":", "?", 1) if control.asks else key


def read(text: str) -> tuple[Key, bool] | None:
    """The key in a custom_id and whether it asks; None when it is none of ours."""
    found = re.fullmatch(PATTERN, text)
    if found is None:
        return None
    return Key.parse(f"{found['verb']}:{found['rest']}"), found["mark"] == "?"


def ideas_in(custom_ids: list[str]) -> tuple[str, ...]:
    """The ideas that a message's controls speak of, in the order they are shown."""
    found: dict[str, None] = {}
    for one in custom_ids:
        key = read(one)
        if key is not None and key[0].verb in BESIDE and IDEA.fullmatch(key[0].target):
            found[key[0].target] = None
    return tuple(found)


BESIDE = frozenset({"vote"})  # signals that stand beside every idea; other keys name brainstorms as well
