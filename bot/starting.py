"""How this program starts another Python that runs a module of ours, without the folder it happens to stand in."""

from __future__ import annotations

import gc
import sys

#: New objects before Python looks through the young for garbage; how often it does before it looks through the older; and those
#: before all. It looks more seldom than by itself: what is imported is no garbage, and looking through it time and again took a
#: tenth of the imports. A thousand open brainstorms are looked through in 50 ms.
GARBAGE = (10_000, 10, 100)

#: For the environment of what starts further Pythons of its own accord: theirs do as `-P` says, too.
SAFELY = {"PYTHONSAFEPATH": "1"}


def seldom() -> None:
    """Has Python look for garbage as seldom as `GARBAGE` says."""
    gc.set_threshold(*GARBAGE)


def running(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module: `-m` alone would look in the current folder first, where a stranger's `bot/` may lie."""
    return (sys.executable, "-P", "-m", module, *arguments)
