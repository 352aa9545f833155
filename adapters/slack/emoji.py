"""Slack's names for the emoji that say something, and the ideas that number emoji point at."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack.render import Shown

EMOJI = {
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
    "thumbsdown": "👎",
    "heart": "❤",
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
