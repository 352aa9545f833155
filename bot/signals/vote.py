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
ALONE = "up"  #: what is meant where only an idea is named: "vote 1"
EMOJI = {"👍": "up", "👎": "down"}
#: What people write for each; the first in Chinese is what is shown.
WORDS = {
    word: token
    for token, words in {
        "up": "yes like + +1 赞 赞成 支持 喜欢 好 顶 点赞 点个赞 投赞成 投赞成票 赞成票 赞同 同意 认同 可以 行 是 要 棒 不错 "
        "顶一下 加一 加1 爱 y yep yeah yay yup aye sure ok okay good great nice love agree for upvote plus thumbsup thumbs-up",
        "down": "no dislike - -1 踩 反对 不喜欢 差 倒 倒赞 点踩 踩一下 差评 投反对 投反对票 反对票 不同意 不赞成 不支持 不行 "
        "不好 不要 否 不 减一 减1 讨厌 n nope nah nay bad hate disagree against downvote minus thumbsdown thumbs-down",
        "none": "undo back 撤回 取消 无 弃权 撤销 收回 不投 算了 clear remove reset cancel withdraw abstain neutral",
    }.items()
    for word in words.split()
} | {"thumbs up": "up", "thumbs down": "down"}
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
