"""How a process of ours begins and ends, and how it starts another: without the folder that it happens to stand in."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot import words
from bot.domain.errors import MuselabError

#: New objects before Python looks through the young for garbage; how often it does before it looks through the older; and those
#: before all. It looks more seldom than by itself: what is imported is no garbage, and looking through it time and again took a
#: tenth of the imports. A thousand open brainstorms are looked through in 50 ms.
GARBAGE = (10_000, 10, 100)

#: For the environment of what starts further Pythons of its own accord: theirs do as `-P` says, too.
SAFELY = {"PYTHONSAFEPATH": "1"}


def seldom() -> None:
    """Has Python look for garbage as seldom as `GARBAGE` says."""
    gc.set_threshold(*GARBAGE)


@contextmanager
def begun() -> Iterator[None]:
    """All that a process does: errors are one sentence on stderr and a status of 1."""
    seldom()
    with words.speaking(words.of_environment()):
        try:
            yield
        except MuselabError as error:
            sys.stderr.write(f"muselab: {error}\n")
            sys.exit(1)
        except KeyboardInterrupt:
            sys.exit(130)
        except BrokenPipeError:  # `muselab board | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)


def running(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module: `-m` alone would look in the current folder first, where a stranger's `bot/` may lie."""
    return (sys.executable, "-P", "-m", module, *arguments)
