"""One line under the first ideas of a data folder: that there are better models than the one that comes with it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot import private
from bot.config import Settings
from bot.messages import Call
from bot.services.chinese import HAN
from bot.words import _

IDEAS = ("brainstorm", "name", "copy", "story", "poem")  #: what ends with ideas out of the language model
SAID = "offered"  #: the file that says the line was said; it is empty


def offer(settings: Settings) -> Callable[[], str]:
    """What gives the line once, and nothing ever after; nothing at all where the host has chosen a model or a service."""

    def once() -> str:
        if not settings.included or not _first(settings.home):
            return ""
        return _(
            "These come from a small model and an idea bank that are included. Better models for this machine: muselab model"
        )

    return once


def by_model(call: Call) -> bool:
    """Whether ideas for it come from the model that is included, which knows English only: poems in Chinese do not."""
    return call.command in IDEAS and not any(HAN.search(str(value)) for value in call.args.values())


def _first(home: Path) -> bool:
    """Whether it was not said before; it counts as said from now on. Where that cannot be kept, it is left unsaid."""
    with suppress(OSError):
        private.folder(home)
        with (home / SAID).open("x"):
            return True
    return False
