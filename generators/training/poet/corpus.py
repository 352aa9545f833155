"""The public-domain poems that the poet is trained on, out of the npm package chinese-poetry: see docs/reference/poet.md."""

from __future__ import annotations

import collections
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generators.verse.rhymes import rhymes

LENGTHS = (5, 7)  #: characters in a line of a 绝句
RARE = 10  # poems with a character that stands in fewer poems than this are left out: nothing is learned of it
HELD_OUT = 0.05  # share of authors
MARKS = re.compile(r"[，。？！；、：,.?!;:]")
BROKEN = re.compile(r"[^\u3400-\u9fff]")
KEYWORD = 30  # lines in which a word must stand to be a keyword
TOLD = 0.95  # share of a character's places with one tone from which it has that tone; the rest may stand for both


@dataclass(frozen=True, slots=True)
class Poem:
    """Four lines of one length, in simplified characters."""

    author: str
    title: str
    lines: tuple[str, ...]


def _read(folder: Path) -> Iterator[tuple[str, str, list[str], str]]:
    """Author, title, paragraphs and id of every poem; one array a paragraph is what the package calls them."""
    files = sorted(folder.glob("dist/quantangshi/poet.*.json"))
    if not files:
        raise SystemExit(f"No poems in {folder}: npm pack chinese-poetry@2.0.1, unpack it, and name its folder `package`.")
    for file in files:
        for poem in json.loads(file.read_text(encoding="utf-8")):
            yield poem["author"], poem["title"], poem["paragraphs"], poem["id"]


def poems(folder: Path) -> list[Poem]:
    """Every 绝句 once, in simplified characters, without those that have a gap in them."""
    import opencc

    simplified = opencc.OpenCC("t2s").convert
    found: dict[str, Poem] = {}
    for author, title, paragraphs, _id in _read(folder):
        lines = [line for line in MARKS.split("".join(paragraphs)) if line]
        if len(lines) != 4 or len(set(map(len, lines))) != 1 or len(lines[0]) not in LENGTHS:
            continue
        text = simplified("".join(lines))
        if BROKEN.search(text) or text in found:
            continue
        long = len(lines[0])
        found[text] = Poem(author, simplified(title), tuple(text[at : at + long] for at in range(0, 4 * long, long)))
    return _common(list(found.values()))


def _common(every: list[Poem]) -> list[Poem]:
    holding = collections.Counter(char for poem in every for char in set("".join(poem.lines)))
    return [poem for poem in every if all(holding[char] >= RARE for char in "".join(poem.lines))]


def held_out(poem: Poem) -> bool:
    """Whether a poem's author is kept from training, which the hash of the name decides."""
    return int(hashlib.sha256(poem.author.encode()).hexdigest()[:8], 16) / 2**32 < HELD_OUT


def split(every: Iterable[Poem]) -> tuple[list[Poem], list[Poem]]:
    """Poems to train on and those of held-out authors; one that shares a line with these is in neither."""
    train: list[Poem] = []
    judges: list[Poem] = []
    for poem in every:
        (judges if held_out(poem) else train).append(poem)
    lines = {line for poem in judges for line in poem.lines}
    return [poem for poem in train if not lines & set(poem.lines)], judges


def tones(folder: Path) -> dict[str, str]:
    """平 or 仄 of every character by the package's own tone patterns, 中 for what may be either; simplified characters.

    They are the tones of the rhyme books: 入声 is 仄.
    """
    import opencc

    simplified = opencc.OpenCC("t2s").convert
    patterns: dict[str, list[str]] = {}
    for file in sorted(folder.glob("dist/strains/json/*.json")):
        for row in json.loads(file.read_text(encoding="utf-8")):
            patterns[row["id"]] = row["strains"]
    counted: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for _author, _title, paragraphs, id in _read(folder):
        for line, pattern in zip(paragraphs, patterns.get(id, ()), strict=False):
            if len(line) == len(pattern):
                for char, tone in zip(line, pattern, strict=True):
                    counted[char][tone] += 1
    merged: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for char, said in counted.items():
        if not BROKEN.match(char):
            merged[simplified(char)].update(said)
    return {char: tone for char, said in merged.items() if (tone := _tone(said))}


def _tone(said: Mapping[str, int]) -> str:
    level, oblique, both = said.get("平", 0), said.get("仄", 0), said.get("○", 0)
    if not level + oblique + both:
        return ""
    if both > level + oblique or not max(level, oblique) / (level + oblique + both) >= TOLD:
        return "中"
    return "平" if level > oblique else "仄"


def words(lines: Iterable[str]) -> collections.Counter[str]:
    """The words of two characters that stand at the places where a line breaks, and how often."""
    counted: collections.Counter[str] = collections.Counter()
    for line in lines:
        counted.update(line[at : at + 2] for at in places(line))
    return counted


def places(line: str) -> tuple[int, ...]:
    """Where a word of two characters may begin: 2-2-1 or 2-1-2, before it in a line of seven 2."""
    return (0, 2, 3) if len(line) == 5 else (0, 2, 4, 5)


def keywords(every: Iterable[Poem]) -> list[str]:
    """The words that the poet takes as keywords, the commonest first."""
    counted = words(line for poem in every for line in poem.lines)
    return [word for word, times in counted.most_common() if times >= KEYWORD]


def rhyme_of(lines: tuple[str, ...]) -> str:
    """The group on which the second and the fourth line end; empty where they share none."""
    shared = rhymes(lines[1][-1]) & rhymes(lines[3][-1])
    return min(shared) if shared else ""
