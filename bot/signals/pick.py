"""Picking: this is the one we take."""

from __future__ import annotations

from bot.domain.errors import InvalidFeedback
from bot.domain.feedback import Tally
from bot.domain.ideas import Idea
from bot.messages import Control, Key
from bot.words import N_, _

HELP = N_("pick an idea: the team's decision; pick 3 none takes it back")
EXAMPLES = ("/pick 3",)
BESIDE = 2  # place of its control beside an idea
TOKENS = ("yes", "none")
EMOJI = {"✅": "yes", "🏆": "yes"}
WORDS = {**dict.fromkeys(("是", "选", "选定"), "yes"), **dict.fromkeys(("no", "undo", "撤回", "取消", "无"), "none")}
VALUES = {"yes": 1.0, "none": 0.0}


def value(token: str) -> float:
    if token not in VALUES:
        raise InvalidFeedback(_("“{token}” is not a decision. Say yes or none.").format(token=token))
    return VALUES[token]


def said(token: str, text: str) -> str:
    if token == "none":
        return _("“{idea}” is no longer your pick.").format(idea=text)
    return _("You picked “{idea}”.").format(idea=text)


def controls(idea: Idea, tally: Tally | None) -> tuple[Control, ...]:
    picked = tally is not None and tally.picked
    return (Control(key=Key(verb="pick", target=idea.id, token="yes"), label="" if picked else _("Pick"), emoji="✅"),)
