"""Native emoji reactions as feedback, one opinion per person and idea: the latest."""

from __future__ import annotations

from bot.domain.errors import InvalidFeedback
from bot.domain.feedback import Tally, plain_emoji
from bot.domain.ideas import Idea
from bot.messages import Control
from bot.words import N_, _

HELP = N_("react with an emoji such as 🔥 or 💤, or none to take it back")
EXAMPLES = ("/emoji 3 🔥",)
VALUES = {
    "❤": 1.0,
    "🔥": 1.0,
    "😍": 1.0,
    "🤩": 1.0,
    "💯": 1.0,
    "⭐": 0.8,
    "🎉": 0.8,
    "👏": 0.8,
    "😂": 0.7,
    "😆": 0.7,
    "😊": 0.6,
    "🤔": 0.1,
    "😐": -0.3,
    "😴": -0.6,
    "💤": -0.6,
    "🥱": -0.6,
    "😕": -0.6,
    "🙄": -0.7,
    "😬": -0.7,
    "🤮": -1.0,
    "💩": -1.0,
    "😡": -1.0,
}
TOKENS = (*VALUES, "none")
EMOJI = {emoji: emoji for emoji in VALUES}
WORDS = dict.fromkeys(("撤回", "取消", "无"), "none")


def value(token: str) -> float:
    plain = plain_emoji(token)
    if plain == "none":
        return 0.0
    if plain not in VALUES:
        raise InvalidFeedback(
            _("“{token}” says nothing to Muselab. These do: {known}.").format(token=token, known=" ".join(VALUES))
        )
    return VALUES[plain]


def said(token: str, text: str) -> str:
    if token == "none":
        return _("Your reaction to “{idea}” is taken back.").format(idea=text)
    return _("Recorded {emoji} for “{idea}”.").format(emoji=token, idea=text)


def controls(idea: Idea, tally: Tally | None) -> tuple[Control, ...]:
    return ()  # the platform's own reaction picker is the control
