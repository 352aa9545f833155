"""Drawings found by meaning: vector icons of three sets, searched with the words of an idea."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generators.engines.image import chinese, standins
from generators.engines.image.packed import Bodies
from generators.engines.image.plain import OPEN, PLAIN_MARKS, SHAPES
from generators.engines.image.standins import standing
from generators.engines.image.telling import CJK, LONG_ENOUGH, folded, foreign, native, stem, telling, understood, wanted
from generators.engines.shared.meaning import ASSETS, Meaning

SETS = ("noto", "fluent-emoji-flat")  #: coloured drawing styles
VIEW = {"noto": 128, "fluent-emoji-flat": 32, "ph": 256}  #: side of each set's own coordinates
SCALE = 0.35 / 127  #: of stored vectors: their largest component
#: Signs that are other companies' marks, or mean something only on a button.
TOOLBAR = re.compile(
    r"-logo|^number-|^bounding|^less-|^greater-|^list|^align|^arrow|^caret|^cell-|^column|^dots|^selection|^sort|^paragraph|^radio-b|^toggle"
    r"|^exclude|^unite|^subtract|^intersect|^math|^equals|^not-|^tilde|^translate|^text|^selection|^cursor|^rows|^split|^stack-|^sidebar"
    r"|-arrow|^repeat|^shuffle|^download|^upload|^export|^sign-|-x$|-minus|-plus|^speaker-.*none|^eject|^skip|^rewind|^fast-forward"
    r"|^corners|^resize|^frame-corners|^layout|^funnel|^share|^square-split|^tabs|^option$|^command$|^control$|^(?:x|at|pi|hash|empty|function|info|question|placeholder|notification|power)$"
)
#: Drawings that forbid or deny, or say more than they seem to: right for hardly any idea, found by the very word they deny.
DENYING = re.compile(r"^(?:no|non|muted|prohibited|mobile phone off|love hotel)\b|“")
REMEMBERED = 16  # texts: all versions of a few commissions
FITS = 0.55  # of the best thing's score: what scores less is beside the point
CERTAIN = 0.36  # a score below it is what any two words have in common
#: Scores of what stands for a phrase, by its place among them; what an idea names itself scores about 1.1 and goes before.
STANDS = (0.6, 0.48, 0.42)
#: The same of Chinese words, whose single characters find drawings that score .8: 灯塔 is no lamp.
HAN_STANDS = (1.7, 1.4, 1.2)
#: A score below it is of a drawing that has nothing to do with the idea: of what was tried no right one scored less, and hardly
#: a wrong one more.
MEANT = 0.42
#: The same where hardly a word is known: of syllables something is near by chance. Rare English words score .51 and more.
SURELY = 0.5
#: What joins the things of one picture: 灯塔和猫, 一口锅加个辣椒.
JOINED = frozenset("和跟与及加")
SHORTEST_HAN = 2  #: characters of a Chinese word that names a thing for sure; one may mean many
SHORTEST_HALF = 4  #: letters of a word that another is written together with; shorter ones are syllables of any language
FEWEST = 2  #: things that a scene needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that can be drawn in several styles."""

    name: str
    code: str  #: of the emoji, hexadecimal, hyphens between
    drawings: dict[str, str]  #: set -> icon


class Icons:
    """The collection. Small in memory: bodies are read when drawn."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        told = json.loads((ASSETS / "icons.json").read_text(encoding="utf-8"))
        self._entries: list[dict[str, Any]] = told["coloured"]
        self._marks: list[str] = told["marks"]
        self._sign = np.asarray([not TOOLBAR.search(mark) for mark in self._marks])
        self._heard: dict[str, tuple[NDArray[np.float32], NDArray[np.float32], set[str]]] = {}  #: what texts mean
        self._scored: dict[str, NDArray[np.float32]] = {}  #: see `_scores`
        self._bodies = Bodies(ASSETS / "icons.zip", told["places"])
        self._fit = np.asarray([entry["fit"] and not DENYING.search(entry["name"]) for entry in self._entries])
        self._codes = {entry["code"]: place for place, entry in enumerate(self._entries)}
        self._named = {entry["name"]: place for place, entry in enumerate(self._entries)}

    @cached_property
    def _lexicon(self) -> dict[str, list[int]]:
        """Words of other languages, and the places of the things they name."""
        words: dict[str, list[int]] = json.loads(gzip.decompress((ASSETS / "lexicon.json.gz").read_bytes()))
        return words

    @cached_property
    def _names(self) -> set[str]:
        """Stems of all words that things are called by."""
        return {part for _last, name, tags in self._stems for part in name | tags}

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        vectors = np.load(ASSETS / "icons.npy").astype(np.float32) * SCALE
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    @cached_property
    def _stems(self) -> list[tuple[str, frozenset[str], frozenset[str]]]:
        """Of every thing: the stem of its name's last word, of its name's words, of its keywords."""
        names = [[stem(word) for word in re.findall(r"[a-z]{3,}", entry["name"].lower())] or [""] for entry in self._entries]
        tags = [frozenset(stem(word) for word in entry["words"]) for entry in self._entries]
        return [(name[-1], frozenset(name), tag) for name, tag in zip(names, tags, strict=True)]

    def body(self, key: str) -> str:
        """The SVG inside of `set/icon`."""
        return self._bodies.read(key).decode("utf-8")

    def things(self, text: str, count: int, *, skip: Sequence[str] = ()) -> list[Thing]:
        """What an idea is about, the most telling first, no two alike; fewer than `count` if no more fit, but two."""
        things, text = self._entries, wanted(text)
        scores = self._scores(text)
        kinds = np.asarray([kind_of(entry["name"]) for entry in things])
        scores[~self._fit] -= 0.6  # not forbidden: who asks for an arrow gets one
        scores[[place for place, entry in enumerate(things) if entry["name"] in skip]] = -1.0
        vectors = self._vectors[: len(things)]
        best = float(scores.max())
        if best < CERTAIN:  # a made-up name: stand in for it, each name its own way
            rng = random.Random(text)
            for place, entry in enumerate(things):
                scores[place] += CERTAIN * (entry["name"] in OPEN) * rng.random()
        fits = scores >= max(min(CERTAIN, best), FITS * best)
        fits[np.argsort(-scores)[:FEWEST]] = True
        scores[~fits] = -2.0
        chosen: list[int] = []
        while len(chosen) < min(count, int(fits.sum())):
            next_best = int(scores.argmax())
            if scores[next_best] <= -2.0 and len(chosen) >= FEWEST:
                break
            chosen.append(next_best)
            scores = scores - 0.55 * np.clip(vectors @ vectors[next_best] - 0.25, 0, 1)
            scores[kinds == kinds[next_best]] = -4.0  # a man, a woman and a person with a laptop say one thing
        return [self._thing(place) for place in chosen]

    def meant(self, text: str) -> bool:
        """Whether any drawing has to do with an idea: none does with made-up and abstract words, nor with a language unknown here."""
        text = wanted(text)
        return float(self._scores(text).max()) >= (MEANT if self._known(text) else SURELY)

    def _known(self, text: str) -> bool:
        """Whether half of an idea's words are known, whatever draws them."""
        words = [folded(word) for word in telling(text)]
        return 2 * sum(map(self._knows, words)) >= len(words)

    def _knows(self, word: str) -> bool:
        """Whether a word is known, by itself or as two that are written in one: handmade."""
        halves = ((word[:cut], word[cut:]) for cut in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1))
        return (
            self._meaning.knows(word)
            or stem(word) in self._names
            or word in self._lexicon
            or any(self._meaning.knows(one) and self._meaning.knows(other) for one, other in halves)
        )

    def lacking(self, text: str) -> str:
        """What the last word of a Chinese text, or of a part joined to it, names and no drawing is called by: 灯塔; else empty."""
        parts: list[list[str]] = [[]]
        for word in chinese.words(chinese.simplified(text)):
            parts += [[]] if word in JOINED else []
            parts[-1] += [word] if chinese.HAN.fullmatch(word) and word not in JOINED else []
        return next((word for part in parts if (word := self._nameless(part))), "")

    def _nameless(self, words: Sequence[str]) -> str:
        """Who is somewhere, or the last word, where no drawing is called by it and none is needed for all of them."""
        named = () if standins.in_chinese("".join(words)) else chinese.nouns(words)
        return next((word for word in named if len(word) >= SHORTEST_HAN and not self._has(word)), "")

    def _has(self, word: str) -> bool:
        called = (name for entry in self._entries for name in entry.get("zh", ()) if len(name) >= SHORTEST_HAN or name == word)
        return any(name in word or word in name for name in called)

    def called(self, word: str) -> list[str]:
        """The names of the drawings that a word of either language names."""
        plain, root = chinese.simplified(word), stem(word)
        return [
            entry["name"]
            for entry, (_last, name, tags) in zip(self._entries, self._stems, strict=True)
            if any(plain in each for each in entry.get("zh", ())) or (word.isascii() and root in name | tags)
        ]

    def shapes(self, text: str, count: int) -> list[Thing]:
        """Plain shapes for an idea that no drawing is meant by; the same text has the same."""
        return [self._thing(self._named[name]) for name in random.Random(text).sample(SHAPES, count)]

    def plain_marks(self, text: str, count: int) -> list[str]:
        """Plain signs, likewise."""
        known = [mark for mark in PLAIN_MARKS if mark in self._marks]
        return random.Random(text).sample(known, count)

    def marks(self, text: str, count: int) -> list[str]:
        """One-colour signs for an idea, best first, as names in the set `ph`."""
        start, text = len(self._entries), wanted(text)
        if foreign(text):  # signs have English names only: ask for what the things found are called
            head = re.split(r"[:：。，,—]", text)[0]  # a sign is for what it is called, not for all that is said of it
            text = self.things(head if len(head) > 1 else text, 1)[0].name
        stands = standing(text, "signs")
        text = stands.text if telling(stands.text) else text
        whole, parts, _words = self._said(text)
        words = {form for word in telling(text) for form in (word, word.removesuffix("s"), word.removesuffix("es"))}
        vectors = self._vectors[start:]
        scores = 0.5 * vectors @ whole
        if len(parts):
            scores = scores + 0.5 * (vectors @ parts.T).max(1)
        for place, mark in enumerate(self._marks):
            hits = words & set(mark.split("-"))  # whole words: lunch boxes are no boxing gloves
            scores[place] += 0.3 * bool(hits) - 0.02 * mark.count("-") - 0.15 * mark.endswith("-slash")
        scores[~self._sign] = -1.0
        for mark in stands.names:
            scores[self._marks.index(mark)] += 1.0  # a sign is for the whole, which is what a phrase says
        chosen: list[int] = []
        for _turn in range(count):
            best = int(scores.argmax())
            chosen.append(best)
            scores = scores - 0.4 * np.clip(vectors @ vectors[best] - 0.3, 0, 1)
            scores[best] = -2.0
        return [self._marks[place] for place in chosen]

    def emoji(self, text: str) -> list[Thing]:
        """The emoji that stand in a text, in order."""
        return [thing for letter in text if (thing := self.letter(letter))]

    def letter(self, letter: str) -> Thing | None:
        """The drawing of one emoji, if there is one."""
        place = self._codes.get(f"{ord(letter):x}") if len(letter) == 1 and ord(letter) > 0x2000 else None
        return None if place is None else self._thing(place)

    def _thing(self, place: int) -> Thing:
        entry = self._entries[place]
        return Thing(name=entry["name"], code=entry["code"], drawings={name: entry[name] for name in SETS})

    @staticmethod
    def _inside(words: set[str], name: frozenset[str], last: str) -> float:
        """How far a thing's name stands inside a longer word: a honeycomb is about honey, and a houseplant is a plant.

        What a compound ends with is what it is; the beginning of one says as much as its share of the thing's name.
        """
        ends = any(each.endswith(last) and each != last for each in words) and len(last) >= 5
        begins = any(each.startswith(part) and each != part for each in words for part in name if len(part) >= 5)
        return 0.35 * ends + (0.3 / len(name)) * begins * (not ends)

    def _said(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32], set[str]]:
        """The vector of the whole, of its telling words, and those words' stems."""
        if text in self._heard:
            return self._heard[text]
        words = telling(text)
        told = self._meaning.vectors([text[:400] or "idea", *words])
        if len(self._heard) >= REMEMBERED:
            self._heard.clear()
        self._heard[text] = told[0], told[1:], {stem(word) for word in words}
        return self._heard[text]

    def _scores(self, text: str) -> NDArray[np.float32]:
        """How well each thing fits, about 0..1.5; shape (things,). Worked out once for all versions of a commission."""
        if text not in self._scored:
            if len(self._scored) >= REMEMBERED:
                self._scored.clear()
            self._scored[text] = self._fits(text)
        return self._scored[text].copy()

    def _fits(self, text: str) -> NDArray[np.float32]:
        count = len(self._entries)
        scores = np.zeros(count, np.float32)
        stands = standing(text, "things")
        for called, rank in zip(stands.names, stands.ranks, strict=True):
            scores[self._named[called]] += STANDS[min(rank, len(STANDS) - 1)]
        text = stands.text if telling(stands.text) or CJK.search(text) else text
        if CJK.search(text):
            plain = chinese.simplified(text)
            for stood_for in standins.in_chinese(plain).values():
                for rank, called in enumerate(stood_for):
                    scores[self._named[called]] += HAN_STANDS[min(rank, len(HAN_STANDS) - 1)]
            scores += [native(plain, entry.get("zh", ())) for entry in self._entries]
        words: set[str] = set()
        if re.search(r"[A-Za-z]{3}", text):
            whole, parts, words = self._said(text)
            trust = 0.3 if foreign(text) else 1.0  # the vectors know English
            scores += 0.55 * trust * self._vectors[:count] @ whole
            if len(parts):
                scores += 0.45 * trust * (self._vectors[:count] @ parts.T).max(1)
        strange = foreign(text) or (scores.max(initial=0.0) < MEANT and not words & self._names)
        for word in re.findall(r"\w{4,}", folded(text)) if strange and understood(text, self._lexicon) else ():
            shorter = word[:-1] if len(word) > LONG_ENOUGH else ""
            for place in self._lexicon.get(word, ()) or self._lexicon.get(shorter, ()):
                scores[place] += 0.8
        whole_names = [name for _last, name, _tags in self._stems if len(name) > 1 and name <= words]
        for place, entry in enumerate(self._entries):
            last, name, tags = self._stems[place]
            scores[place] -= 0.5 * any(name < longer for longer in whole_names)  # who says ice cream means no ice
            head = 0.35 if last in words else 0.1  # a chocolate bar is a bar, a bar chart is none
            scores[place] += head * len(words & name) / len(name) + 0.2 * bool(words & (tags - name))
            scores[place] += self._inside(words, name, last)
            scores[place] += 0.02 * (entry["name"] in OPEN)
        for thing in self.emoji(text):
            scores[self._codes[thing.code]] += 1.5
        return scores


def kind_of(name: str) -> str:
    """What a drawing of somebody is of, whoever it is: “woman cook” is a cook."""
    return re.sub(r"^(?:man|woman|person|men|women|people|old|older)[: ]+(?=\w)", "", name)
