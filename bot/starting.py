"""How this program starts another Python that runs a module of ours, without the folder it happens to stand in."""

from __future__ import annotations

import sys

#: For the environment of what starts further Pythons of its own accord: theirs do as `-P` says, too.
SAFELY = {"PYTHONSAFEPATH": "1"}


def running(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module: `-m` alone would look in the current folder first, where a stranger's `bot/` may lie."""
    return (sys.executable, "-P", "-m", module, *arguments)
