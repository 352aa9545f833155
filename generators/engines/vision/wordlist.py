"""Which words there are: so that letters read with certainty that make no word are not taken for one."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from functools import cache
from pathlib import Path

from generators.engines.shared.meaning import ASSETS

LISTS = ("us_gold.json", "us_silver.json")  #: of misaki, English words by how they sound; there where voices are
MARKS = "\"'“”‘’«»„()[].,;:!?…*#&+%€$£¥-–—/• "  #: around a word
PARTED = re.compile(r"[\s/,;:–—，。、；：！？]+|(?<=\w)-(?=\w)")
#: Of one and two letters the lists have every pair; these are words.
SHORTEST = """
a i ad ai am an as at be by do ex go he hi if in is it me mr ms my no of oh ok on or ox pc pr qr so to tv uk up us ui ux vs we
"""
SHORT = frozenset(SHORTEST.split())
AMOUNT = re.compile(r"[€$£]?\d+(?:[.,]\d+)*(?:st|nd|rd|th|k|m|x|h|am|pm|s|min|kg|g|km|l|d)?")
LATIN = re.compile(r"[A-Za-zÀ-ž]")


@cache
def words() -> frozenset[str]:
    """English words in small letters: the tokenizer's whole ones, and misaki's where it is there."""
    tokens = json.loads(gzip.decompress((ASSETS / "tokenizer.json.gz").read_bytes()))["model"]["vocab"]
    found = {word for word in tokens if not word.startswith("##") and len(word) > 2} | SHORT
    spec = importlib.util.find_spec("misaki")
    if spec is not None and spec.origin is not None:
        for name in LISTS:
            listed = json.loads((Path(spec.origin).parent / "data" / name).read_text("utf-8"))
            found |= {word.casefold() for word in listed if len(word) > 2}
    return frozenset(found)


def known(text: str) -> tuple[int, int]:
    """How many words of a text are words, and how many words it has. Numbers and signs of Chinese count as words."""
    parts = [part for part in (part.strip(MARKS) for part in PARTED.split(text)) if part]
    return sum(map(_is_word, parts)), len(parts)


def _is_word(part: str) -> bool:
    if not LATIN.search(part):
        return any(map(str.isalnum, part))
    low = part.casefold().replace("’", "'")
    return low in words() or low.removesuffix("'s") in words() or bool(AMOUNT.fullmatch(low))
