"""What reactions say: Slack's names of emoji, the signals behind them, and the ideas that number emoji point at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from adapters.slack.reading import Shown
from bot import commands, plugins, signals

EMOJI = {
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
    "thumbsdown": "👎",
    "heart": "❤",
    "heart_on_fire": "❤",
    "mending_heart": "❤",
    "fire": "🔥",
    "heart_eyes": "😍",
    "star-struck": "🤩",
    "100": "💯",
    "star": "⭐",
    "tada": "🎉",
    "clap": "👏",
    "joy": "😂",
    "laughing": "😆",
    "satisfied": "😆",
    "blush": "😊",
    "thinking_face": "🤔",
    "neutral_face": "😐",
    "sleeping": "😴",
    "zzz": "💤",
    "yawning_face": "🥱",
    "confused": "😕",
    "face_with_rolling_eyes": "🙄",
    "grimacing": "😬",
    "face_vomiting": "🤮",
    "hankey": "💩",
    "poop": "💩",
    "rage": "😡",
    "white_check_mark": "✅",
    "trophy": "🏆",
}
DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "keycap_ten")
KEYCAPS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟")


def emoji_of(name: str) -> str:
    """The emoji behind a reaction's name, skin tones left out; empty for one that says nothing to us."""
    plain = name.partition("::")[0]
    if plain in DIGITS:
        return KEYCAPS[DIGITS.index(plain)]
    return EMOJI.get(plain, "")


def pointed_at(emoji: str, ideas: Sequence[Shown]) -> Shown | None:
    """The idea of a message that a number emoji means: the one shown with that number, else the one in that place."""
    if emoji not in KEYCAPS:
        return None
    number = KEYCAPS.index(emoji) + 1
    by_number = next((one for one in ideas if one.number == number), None)
    return by_number or (ideas[number - 1] if number <= len(ideas) else None)


@cache
def said_by(emoji: str) -> tuple[str, str]:
    """The signal and the token that an emoji says; empty when it says nothing."""
    for name in plugins.names(signals):
        token = plugins.load(signals, name).EMOJI.get(emoji)
        if token is not None:
            return name, token
    return "", ""


@cache
def beside_ideas() -> frozenset[str]:
    """Verbs whose buttons stand beside an idea: every signal's, and those commands' that take an idea first."""
    taking = {
        name for name in plugins.names(commands) if (params := plugins.load(commands, name).PARAMS) and params[0].kind == "idea"
    }
    return frozenset({*plugins.names(signals), *taking})
