"""Building on others: what was written is shown, and people write on from it."""

from __future__ import annotations

from bot.domain.rounds import Round
from bot.messages import Control, Key
from bot.words import N_, _

LABEL = N_("Building on others")
SAYS = N_(
    "Here is what was written so far. Take it further: what you write now is shown with the next phase. Begin with a number to "
    "say what it goes on from: #3 …"
)
TAKES = True
LISTS = True
BLIND = True


def controls(round: Round) -> tuple[Control, ...]:
    """A page for each person."""
    return (Control(key=Key(verb="jot", target=round.id), label=_("Write"), emoji="✍️", asks=True, primary=True),)
