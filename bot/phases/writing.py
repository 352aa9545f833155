"""Silent writing: everybody for themselves, the model too, and nobody sees anything before the reveal."""

from __future__ import annotations

from bot.domain.rounds import Round
from bot.messages import Control, Key
from bot.words import N_, _

LABEL = N_("Silent writing")
SAYS = N_("Write down your ideas, one by one. Nobody sees them before the reveal.")
TAKES = True
HIDES = True


def controls(round: Round) -> tuple[Control, ...]:
    """A page for each person."""
    return (Control(key=Key(verb="jot", target=round.id), label=_("Write"), emoji="✍️", asks=True, primary=True),)
