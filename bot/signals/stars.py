"""One to five stars, for people who want to say how much."""

from __future__ import annotations

from bot.domain.errors import InvalidFeedback
from bot.domain.feedback import Tally
from bot.domain.ideas import Idea
from bot.messages import Control
from bot.words import N_, _

HELP = N_("give an idea 1 to 5 stars, or 0 to take them back")
TOKENS = ("1", "2", "3", "4", "5", "0")
EMOJI: dict[str, str] = {}
#: Three stars are a faint yes rather than 0, which would withdraw them.
VALUES = {"0": 0.0, "1": -1.0, "2": -0.5, "3": 0.1, "4": 0.55, "5": 1.0}


def value(token: str) -> float:
    if token not in VALUES:
        raise InvalidFeedback(_("“{token}” is not a number of stars. Give 1 to 5, or 0 to take them back.").format(token=token))
    return VALUES[token]


def said(token: str, text: str) -> str:
    if token == "0":
        return _("Your stars for “{idea}” are taken back.").format(idea=text)
    return _("Recorded {stars} for “{idea}”.").format(stars="★" * int(token), idea=text)


def controls(idea: Idea, tally: Tally | None) -> tuple[Control, ...]:
    return ()  # five more buttons for every idea would drown the ideas; stars are typed, or given with the command
