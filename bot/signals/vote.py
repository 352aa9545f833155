"""👍 or 👎: the plainest opinion."""

from __future__ import annotations

from bot.domain.errors import InvalidFeedback
from bot.domain.feedback import Tally
from bot.domain.ideas import Idea
from bot.messages import Control, Key
from bot.words import N_, _

HELP = N_("👍 or 👎 an idea: up, down, or none to take it back")
EXAMPLES = (N_("/vote 3 up"),)
BESIDE = 1  # place of its control beside an idea
TOKENS = ("up", "down", "none")
EMOJI = {"👍": "up", "👎": "down"}
WORDS = {
    **dict.fromkeys(("yes", "like", "+", "+1", "赞", "赞成", "支持", "喜欢", "好", "顶"), "up"),
    **dict.fromkeys(("no", "dislike", "-", "-1", "踩", "反对", "不喜欢", "差"), "down"),
    **dict.fromkeys(("undo", "back", "撤回", "取消", "无"), "none"),
}
VALUES = {"up": 1.0, "down": -1.0, "none": 0.0}


def value(token: str) -> float:
    if token not in VALUES:
        raise InvalidFeedback(_("“{token}” is not a vote. Say up, down or none.").format(token=token))
    return VALUES[token]


def said(token: str, text: str) -> str:
    if token == "none":
        return _("Your vote on “{idea}” is taken back.").format(idea=text)
    return _("Recorded {emoji} for “{idea}”.").format(emoji="👍" if token == "up" else "👎", idea=text)


def controls(idea: Idea, tally: Tally | None) -> tuple[Control, ...]:
    ups = str(tally.ups) if tally and tally.ups else ""
    downs = str(tally.downs) if tally and tally.downs else ""
    return (
        Control(key=Key(verb="vote", target=idea.id, token="up"), label=ups, emoji="👍"),
        Control(key=Key(verb="vote", target=idea.id, token="down"), label=downs, emoji="👎"),
    )
