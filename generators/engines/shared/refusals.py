"""What is said where a model that the host named cannot be loaded, or cannot do what is asked of it."""

from __future__ import annotations

from bot.words import _
from generators.engines.making import Unmakeable

MOST = 200  # characters of a library's own words; its first sentence, and no trace


def unloadable(name: str, error: Exception) -> Unmakeable:
    """There is no such model, or it is of another kind."""
    return Unmakeable(_("The model {name} cannot be loaded: {why}").format(name=name, why=str(error)[:MOST]))


def unable(name: str, error: Exception) -> Unmakeable:
    """The model is there, and refuses what it was told."""
    return Unmakeable(_("The model {name} cannot do this: {why}").format(name=name, why=str(error)[:MOST]))
