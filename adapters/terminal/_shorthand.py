"""Short forms: what a person types in a hurry (`1+ 3-`, `2!`, `1&2`), as lines that `bot.typed` knows."""

from __future__ import annotations

import re
import unicodedata

from bot import plugins, signals
from bot.domain.errors import Refusal
from bot.domain.feedback import plain_emoji
from bot.placing import NUMBERED
from bot.words import N_, _

MARK = re.compile(r"(#?\d{1,9})\s*([+\-!]|\*\s*[0-5])")
TURNED = re.compile(r"([+\-])\s*(#?\d{1,9})")  # "+1", as people write in chats
MARKS = re.compile(rf"(?:{MARK.pattern}(?:[\s,;]+|$))+")
REMIX = re.compile(r"#?\d{1,9}(?:\s*&\s*#?\d{1,9})+")
EDIT = re.compile(r"e\s+(#?\d{1,9})(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
REACTION = re.compile(r"(#?\d{1,9})\s*(\S+)")
ALIKE = str.maketrans({"−": "-", "–": "-", "—": "-", "×": "*", "✕": "*", "，": ",", "；": ";"})  # as phones and IMEs type them

#: (what is typed, what it does), for the help; the order is that of the help.
FORMS = (
    ("1+", N_("like idea 1")),
    ("1-", N_("dislike it")),
    ("1!", N_("pick it")),
    ("1*4", N_("give it four stars")),
    ("1🔥", N_("react to it")),
    ("1&2", N_("remix ideas 1 and 2")),
    ("more 1", N_("get more like idea 1")),
    ("e 1", N_("edit idea 1")),
    ("#17", N_("the idea numbered 17 in this channel, however the list on the screen counts")),
    ("?", N_("this help")),
    ("q", N_("leave")),
)
SAYS = {"+": "/vote {idea} up", "-": "/vote {idea} down", "!": "/pick {idea}", "*": "/stars {idea} {stars}"}


def expand(line: str) -> list[str]:
    """The typed lines that a line stands for; a line that is no short form stands for itself.

    Raises:
        Refusal: it is nothing but an idea's number; the message says what can be done with it.
    """
    text = unicodedata.normalize("NFKC", line).translate(ALIKE).strip()
    if (turned := TURNED.fullmatch(text)) and turned[2] != "1":  # "+1" is a vote that names no idea
        text = turned[2] + turned[1]
    if MARKS.fullmatch(text):
        pairs = (match.groups() for match in MARK.finditer(text))
        return [SAYS[mark[0]].format(idea=idea, stars=mark[1:].strip()) for idea, mark in pairs]
    if REMIX.fullmatch(text):
        return ["/remix " + " ".join(NUMBERED.findall(text))]
    if edit := EDIT.fullmatch(line.strip()):
        return [f"/edit {edit[1]} {edit[2] or ''}".rstrip()]
    if (reaction := REACTION.fullmatch(text)) and (command := _said_by(reaction[2])):
        return [f"/{command[0]} {reaction[1]} {command[1]}"]
    if NUMBERED.fullmatch(text):
        raise Refusal(
            _(
                "What about idea {idea}? {idea}+ likes it, {idea}- does not, {idea}! picks it, “more {idea}” asks for more."
            ).format(idea=text)
        )
    return [line.strip()]


def _said_by(emoji: str) -> tuple[str, str] | None:
    """The signal and token that an emoji says."""
    wanted = plain_emoji(emoji)
    for name in plugins.names(signals):
        for known, token in plugins.load(signals, name).EMOJI.items():
            if plain_emoji(known) == wanted:
                return name, token
    return None
