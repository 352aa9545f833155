"""One line under the first ideas of a data folder: that there are better models than the one that comes with it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot import private
from bot.config import Settings
from bot.words import _

SAID = "offered"  #: the file that says the line was said; it is empty


def offer(settings: Settings) -> Callable[[], str]:
    """What gives the line once, and nothing ever after; nothing at all where the host has chosen a model or a service."""

    def once() -> str:
        if not settings.included or not _first(settings.home):
            return ""
        return _("These come from a small model that was included. Better ones for this machine: muselab model")

    return once


def _first(home: Path) -> bool:
    """Whether it was not said before; it counts as said from now on. Where that cannot be kept, it is left unsaid."""
    with suppress(OSError):
        private.folder(home)
        with (home / SAID).open("x"):
            return True
    return False
