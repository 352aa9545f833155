"""What an idea is near to: brands and slogans that the world knows, and the channel's own earlier ideas.

It judges nothing: an idea that is near something is marked with what that is, and stays where it stands.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import structlog
from numpy.typing import NDArray

from bot.domain.errors import MuselabError
from bot.domain.ideas import Idea
from bot.ports import Generator, Store
from bot.services.ideas.famous import KNOWN
from bot.services.ideas.quoting import AT_ONCE
from bot.services.ideas.selecting import SAME_WORDS, alike, wordset
from bot.words import _

HERE = Path(__file__).parent
MOST_NAME = 4  # words of an idea that is compared with names; a sentence that has a brand's name in it is about something
WHOLE = 3  # words of a slogan that is looked for inside an idea; shorter ones are everybody's words
SIGNS = 5  # likewise, characters of a Chinese one
LONG = 7  # letters of a name from which a spelling beside it is near it: among shorter ones everything is near something
SPELLED = 0.9  # share of letters in common from which it is
LOOKED_AT = 300  # earlier ideas of the channel, the latest
SAID = 0.8  # likeness from which somebody who adds an idea is told that it may be there already
CLOSE = 0.65  # cosine of MiniLM vectors from which two ideas are near; from .82 they say the same
KEPT = 3_000  # vectors that are remembered, a kilobyte and a half each
REMEMBERED = 8_192  # texts whose likeness to what the world knows is remembered: a card that is drawn again looks nothing up

Vectors = NDArray[np.float32]
log = structlog.get_logger(__name__)


class Originality:
    """Finds earlier ideas that an idea is near to."""

    def __init__(self, store: Store, generator: Generator) -> None:
        self.store = store
        self.generator = generator
        self._known: dict[bytes, Vectors] = {}  # by digest: nothing that people wrote is kept here

    async def near(self, idea: Idea, *, most: int = 2) -> list[tuple[Idea, float]]:
        """The channel's earlier ideas that this is near to, and how near, 0..1; not those it was made of.

        Raises:
            GeneratorDown: meanings cannot be had now.
        """
        if idea.modality != "text":
            return []
        earlier = [
            one
            for one in await self.store.ideas(idea.channel, limit=LOOKED_AT)
            if one.number < idea.number and one.modality == "text" and one.id not in idea.parents and one.text != idea.text
        ]
        if not earlier:
            return []
        vectors = await self._vectors([idea.text, *(one.text for one in earlier)])
        mine = wordset(idea.text)
        likeness = [alike(mine, wordset(one.text)) for one in earlier]
        shared = [value if value >= SAME_WORDS else 0.0 for value in likeness]
        if vectors is not None:
            meant = vectors[1:] @ vectors[0]
            shared = [max(value, float(cosine) if cosine >= CLOSE else 0.0) for value, cosine in zip(shared, meant, strict=True)]
        found = sorted(zip(earlier, shared, strict=True), key=lambda pair: (-pair[1], pair[0].number))
        return [(one, value) for one, value in found[:most] if value]

    async def same(self, idea: Idea) -> Idea | None:
        """The earlier idea that says the same as this, as far as that can be told now."""
        try:
            near = await self.near(idea, most=1)
        except MuselabError as error:
            log.info("an idea could not be compared", why=str(error))
            return None
        return near[0][0] if near and near[0][1] >= SAID else None

    async def _vectors(self, texts: list[str]) -> Vectors | None:
        keys = [digest(text) for text in texts]
        if len(self._known) + len(set(keys) - self._known.keys()) > KEPT:
            self._known.clear()
        new = list({key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}.items())
        for start in range(0, len(new), AT_ONCE):
            some = new[start : start + AT_ONCE]
            rows = await self.generator.embed([text for _key, text in some])
            if rows is None:
                return None
            self._known.update(zip((key for key, _text in some), rows, strict=True))
        return np.stack([self._known[key] for key in keys])


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Something that the world knows."""

    kind: Literal["slogan", "brand", "known"]
    name: str  #: the brand, or whose slogan it is
    said: str = ""  #: the slogan


def resembled(text: str) -> str:
    """What the world knows that a text is near to, in words; empty for most."""
    found = resemblance(text)
    if found is None:
        return ""
    if found.kind == "slogan":
        return _("like the slogan “{slogan}” ({name})").format(slogan=found.said, name=found.name)
    if found.kind == "brand":
        return _("like the brand {name}").format(name=found.name)
    return _("like {name}, which is known").format(name=found.name)


_found: dict[bytes, Resemblance | None] = {}  # by digest: nothing that people wrote is kept here


def resemblance(text: str) -> Resemblance | None:
    """The same as a value."""
    key = digest(text)
    if key not in _found:
        if len(_found) >= REMEMBERED:
            _found.clear()
        _found[key] = _looked_up(text)
    return _found[key]


def _looked_up(text: str) -> Resemblance | None:
    slogan = slogan_in(text)
    if slogan is not None:
        return Resemblance("slogan", slogan[1], slogan[0])
    name = brand_of(text)
    if name:
        return Resemblance("brand", name)
    return Resemblance("known", text.strip(" .!?。！？")) if plain(text) in KNOWN else None


def brand_of(text: str) -> str:
    """The brand whose name a short text is, or is spelled beside; empty for none."""
    name = plain(text)
    if not name or len(text.split()) > MOST_NAME:
        return ""
    if name in brands():
        return brands()[name]
    letters = name.replace(" ", "")
    if len(letters) < LONG:
        return ""
    for other in by_beginning().get(letters[0], ()):
        if abs(len(other) - len(letters)) <= 2 and len(other) >= LONG - 1:
            matcher = SequenceMatcher(None, letters, other, autojunk=False)
            if matcher.quick_ratio() >= SPELLED and matcher.ratio() >= SPELLED:
                return by_letters()[other]
    return ""


def slogan_in(text: str) -> tuple[str, str] | None:
    """The known slogan that a text is, or has in it, and whose it is."""
    folded, mine = plain(text), wordset(text)
    for slogan, name, said, words in slogans():
        chinese = not said.isascii() and " " not in said
        long = len(said) >= SIGNS if chinese else len(said.split()) >= WHOLE
        inside = said in folded if chinese else f" {said} " in f" {folded} "
        if folded == said or (long and (inside or alike(mine, words) >= SAME_WORDS)):
            return slogan, name
    return None


def digest(text: str) -> bytes:
    """What a text is remembered by."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def plain(text: str) -> str:
    """A text folded, without accents, signs and a first article; Chinese without spaces between its characters."""
    folded = unicodedata.normalize("NFKD", text).casefold().replace("’", "").replace("'", "")
    words = re.findall(r"[^\W_]+", "".join(char for char in folded if not unicodedata.combining(char)))
    if any("\u3400" <= char <= "\u9fff" for char in folded):
        return "".join(words)
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


@cache
def brands() -> Mapping[str, str]:
    """Names of brands as they are written, by how they are compared."""
    lines = (HERE / "brands.txt").read_text(encoding="utf-8").splitlines()
    names = {plain(line): line for line in lines if line and not line.startswith("#")}
    return {name: line for name, line in names.items() if len(name) > 1}


@cache
def by_letters() -> Mapping[str, str]:
    """The same, without spaces."""
    return {name.replace(" ", ""): line for name, line in brands().items()}


@cache
def by_beginning() -> Mapping[str, tuple[str, ...]]:
    """The same, by their first letter."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for letters in by_letters():
        found[letters[0]].append(letters)
    return {first: tuple(some) for first, some in found.items()}


@cache
def slogans() -> tuple[tuple[str, str, str, frozenset[str]], ...]:
    """Known slogans, whose they are, and how they are compared: folded, and by their words."""
    lines = (line.partition("\t") for line in (HERE / "slogans.tsv").read_text(encoding="utf-8").splitlines())
    return tuple((slogan, name, plain(slogan), wordset(slogan)) for slogan, _tab, name in lines if name)
