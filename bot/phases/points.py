"""Points: everybody has so many, and puts them where they like; several on one idea say more."""

from __future__ import annotations

from bot.domain.rounds import Round
from bot.messages import Control, Key
from bot.words import N_, _

LABEL = N_("Points")
SAYS = N_("Give your points to the ideas that you like best. Several may go to one idea.")
LISTS = True
BLIND = True


def controls(round: Round) -> tuple[Control, ...]:
    """A page for each person."""
    return (Control(key=Key(verb="points", target=round.id), label=_("Give points"), emoji="🔵", asks=True, primary=True),)
