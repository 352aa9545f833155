"""Decision: what is taken, what is done about it, and by whom."""

from __future__ import annotations

from bot.domain.rounds import Round
from bot.messages import Control, Key
from bot.words import N_, _

LABEL = N_("Decision")
SAYS = N_("Whoever leads the round picks what is taken, and notes the next action and who owns it.")
LISTS = True
BEST_FIRST = True
VERBS = ("vote",)


def controls(round: Round) -> tuple[Control, ...]:
    """A page for whoever decides."""
    return (Control(key=Key(verb="decide", target=round.id), label=_("Decide"), emoji="✅", asks=True, primary=True),)
