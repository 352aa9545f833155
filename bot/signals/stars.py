"""One to five stars, for people who want to say how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import InvalidFeedback
from bot.domain.feedback import Tally
from bot.domain.ideas import Idea
from bot.messages import Control, Field, Form, Key, Press
from bot.words import N_, _

if TYPE_CHECKING:
    from bot.services.bundle import Services

HELP = N_("give an idea 1 to 5 stars, or 0 to take them back")
EXAMPLES = ("/stars 3 4",)
UNDO = False  # 0 stars take them back
TOKENS = ("1", "2", "3", "4", "5", "0")
EMOJI: dict[str, str] = {}
WORDS = {
    **{f"{count}{mark}": str(value) for value, count in enumerate("零一二三四五") for mark in ("星", "颗星", "分")},
    **{f"{value}{mark}": str(value) for value in range(6) for mark in ("星", "颗星", "分")},
    **dict.fromkeys(("none", "undo", "撤回", "取消", "无"), "0"),
}
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
    mean = f"{tally.stars:.1f}" if tally and tally.stars is not None else _("Rate")
    return (Control(key=Key(verb="stars", target=idea.id, token="ask"), label=mean, emoji="⭐", asks=True, minor=True),)


async def form(services: Services, key: Key, idea: Idea) -> Form:
    """How many."""
    return Form(
        key=key,
        title=_("How good is it?"),
        fields=(Field(name="stars", label=_("Stars, 1 to 5"), placeholder="4", most=1),),
        submit=_("Save"),
    )


def token_of(press: Press) -> str:
    """The number in the form, else the one in the key."""
    return press.values.get("stars", press.key.token).strip()
