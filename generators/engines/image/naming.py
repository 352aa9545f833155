"""What things, colours and styles on pictures are called, for people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from bot.words import FALLBACK, N_, _, language
from generators.engines.image.chinese import localised

ICONS = Path(__file__).parents[2] / "assets" / "icons.json"
#: The colours that everybody has a word for, and the palettes with a name of their own; see `shared.colour`.
COLOURS = (
    N_("black"), N_("dark grey"), N_("grey"), N_("light grey"), N_("white"), N_("dark red"), N_("red"), N_("pink"), N_("magenta"),
    N_("purple"), N_("lavender"), N_("navy"), N_("blue"), N_("sky blue"), N_("turquoise"), N_("teal"), N_("dark green"), N_("green"),
    N_("light green"), N_("olive"), N_("yellow"), N_("gold"), N_("orange"), N_("dark brown"), N_("brown"), N_("tan"), N_("beige"),
    N_("cream"), N_("ocean"), N_("forest"), N_("sunset"), N_("candy"), N_("night"), N_("earth"), N_("mono"), N_("berry"), N_("citrus"),
    N_("tech"), N_("warm"), N_("calm"),
)  # fmt: skip
#: Looks of boards, styles of paintings and of coloured drawings.
STYLES = (
    N_("flat"), N_("soft"), N_("painted"), N_("shaded"), N_("bold"), N_("chalk"), N_("impasto"), N_("expressionist"), N_("pencil"),
    N_("linocut"), N_("engraving"), N_("watercolour"), N_("oil"), N_("mist"), N_("glass"), N_("crayon"), N_("sepia"), N_("starry"),
    N_("gouache"), N_("noir"), N_("wave"), N_("mosaic"),
)  # fmt: skip
#: First words of signs that mean something else than things of that name: a seal is a badge there, a person does something.
OTHERWISE = frozenset({"seal", "person", "smiley", "crane", "pi", "arrow", "arrows"})


#: What an icon that is named by how it is drawn shows, where that reads oddly.
CALLED = {
    "bust in silhouette": "a person",
    "busts in silhouette": "people",
    "user": "a person",
    "users": "people",
    "users-three": "three people",
    "users-four": "four people",
}


def palette(name: str) -> str:
    """What a palette's name says, "green and beige (2)" or "ocean", in the reader's language: its number tells nobody a colour."""
    match = re.fullmatch(r"(?P<one>[a-z ]+?)(?: and (?P<other>[a-z ]+?))?(?: \(\d+\))?", name)
    if match is None or match["one"] not in COLOURS:
        return name
    one, other = _(match["one"]), _(match["other"] or "")
    return _("{one} and {other}").format(one=one, other=other) if other else one


def style(name: str) -> str:
    """A style's name in the reader's language; one that a host has added, as it is."""
    return _(name) if name in STYLES else name


def things(names: Iterable[str]) -> str:
    """What is drawn, one after the other, in the reader's language."""
    if language() == FALLBACK:
        return ", ".join(CALLED.get(name, name) for name in names)
    return "、".join(localised(_chinese().get(name, name)) for name in names)


def signs(names: Sequence[str]) -> str:
    """What one-colour signs show, `book-open` or `paint-brush`, in the reader's language; empty where it has no words for them."""
    shown = [_sign(name) for name in names]
    if language() == FALLBACK:
        return ", ".join(CALLED.get(name) or thing or name.replace("-", " ") for name, thing in zip(names, shown, strict=True))
    return things(thing for thing in shown if thing)


def _sign(name: str) -> str:
    """The thing with the words of a sign's name, or with those it begins with: the noun comes first, how it is drawn behind it."""
    words = name.split("-")
    found = (_by_words().get(frozenset(words[:count])) for count in range(len(words), 0, -1))
    return "" if words[0] in OTHERWISE else next(filter(None, found), "")


@cache
def _by_words() -> dict[frozenset[str], str]:
    """The things, by the words of their names."""
    return {frozenset(re.findall(r"[a-z]+", name.lower())): name for name in reversed(_chinese())}


@cache
def _chinese() -> dict[str, str]:
    """Chinese names of all drawings, which the collection has."""
    told = json.loads(ICONS.read_text(encoding="utf-8"))["coloured"]
    return {entry["name"]: entry["zh"][0] for entry in told if entry.get("zh")}
