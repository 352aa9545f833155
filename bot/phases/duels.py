"""Duels: two ideas of the round at a time, those that tell most, and each person says which is better."""

from __future__ import annotations

from bot.domain.rounds import Round
from bot.messages import Control, Key
from bot.words import N_, _

LABEL = N_("Duels")
SAYS = N_("Choose between two ideas, as often as you like. Nobody sees what you say.")
LISTS = True
BLIND = True
DUELS = True


def controls(round: Round) -> tuple[Control, ...]:
    """A duel for whoever asks."""
    return (Control(key=Key(verb="duel"), label=_("Duel"), emoji="⚔️", primary=True),)
