"""Merging: ideas that say the same become one, before anybody weighs them."""

from __future__ import annotations

from bot.words import N_

LABEL = N_("Merging")
SAYS = N_("Some ideas may say the same. Merge those that do, so that points do not split; votes are kept, and it can be undone.")
LISTS = True
BLIND = True
PAIRS = True
