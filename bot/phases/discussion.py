"""Discussion: why, and what speaks against it."""

from __future__ import annotations

from bot.words import N_

LABEL = N_("Discussion")
SAYS = N_("Talk about the ideas at the top: why this one, and what worries you about it?")
LISTS = True
BEST_FIRST = True
THREAD = True
VERBS = ("vote", "why", "edit")
