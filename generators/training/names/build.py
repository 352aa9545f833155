"""Builds what names are made of: python -m generators.training.names.build --poems FOLDER.

`--poems` is the unpacked npm package chinese-poetry 2.0.1. The words are those of `kept.txt`, which were read; each gets
the verse that `choosing` likes best. The same package gives the same files.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from generators.engines.text.multilingual import Multilingual
from generators.training.names.choosing import chosen
from generators.training.names.verses import ENDS, Verse, verses, words
from generators.verse.naming.words import ASSETS, TABLE, VECTORS, Floats

KEPT = Path(__file__).with_name("kept.txt")
ANTHOLOGIES = ("mengxue/tangshisanbaishou", "mengxue/qianjiashi", "shuimotangshi/shuimotangshi")
DIMENSIONS = 128  # of the words' vectors: with the encoder's 384 the file is three times as large and finds the same words
BATCH = 256


def kept(text: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The fields of each word, and the verses of those that have one beside them."""
    fields: dict[str, list[str]] = {}
    pinned: dict[str, str] = {}
    field = ""
    for line in text.splitlines():
        if line.startswith("["):
            field = line.strip("[]")
        elif not line.startswith("#"):
            for entry in line.split():
                word, _sign, verse = entry.partition("=")
                fields.setdefault(word, []).append(field)
                if verse:
                    pinned[word] = verse
    return fields, pinned


def noted(folder: Path) -> frozenset[str]:
    """The verses of the anthologies, in Simplified characters."""
    import opencc

    simplified = opencc.OpenCC("t2s").convert
    stored = (json.loads((folder / "dist" / f"{name}.json").read_text(encoding="utf-8")) for name in ANTHOLOGIES)
    return frozenset(part for one in stored for text in _texts(one) for part in ENDS.split(simplified(text)) if part)


def _texts(stored: Any) -> Iterator[str]:
    """All lines in a nest of `content` and `paragraphs`."""
    if isinstance(stored, str):
        yield stored
    elif isinstance(stored, list):
        for one in stored:
            yield from _texts(one)
    elif isinstance(stored, dict):
        for name in ("content", "paragraphs"):
            yield from _texts(stored.get(name, []))


def matched(fields: Mapping[str, Sequence[str]], pinned: Mapping[str, str], folder: Path) -> dict[str, Verse]:
    """The verse of each word.

    Raises:
        SystemExit: a word stands in none, or not in the one beside it; the message names them.
    """
    every = list(verses(folder))
    found = dict(chosen(fields, every, noted(folder)))
    wanted = frozenset(pinned.values())
    first: dict[str, Verse] = {}
    for verse in every:
        if verse.text in wanted:
            first.setdefault(verse.text, verse)
    found |= {word: first[verse] for word, verse in pinned.items() if verse in first and word in words(verse)}
    wrong = [word for word in fields if word not in found] + [word for word in pinned if found[word].text != pinned[word]]
    if wrong:
        raise SystemExit(f"These stand in no such verse: {' '.join(wrong)}")
    return found


def table(fields: Mapping[str, Sequence[str]], found: Mapping[str, Verse]) -> dict[str, Any]:
    """What the file of words holds."""
    authors = sorted({verse.author for verse in found.values()})
    names = list(dict.fromkeys(field for some in fields.values() for field in some))
    rows = [
        [word, found[word].text, authors.index(found[word].author), sorted(names.index(field) for field in some)]
        for word, some in fields.items()
    ]
    return {"authors": authors, "fields": names, "words": rows}


def vectors(names: Sequence[str]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]:
    """The words' vectors, whole numbers from -127 to 127, on their `DIMENSIONS` main axes, and the turn to these."""
    embed = Multilingual()
    rows: Floats = np.concatenate([embed(names[start : start + BATCH]) for start in range(0, len(names), BATCH)])
    _left, _values, axes = np.linalg.svd(rows, full_matrices=False)
    turn = axes[:DIMENSIONS].T.astype(np.float16)
    turned = rows @ turn.astype(np.float32)
    return np.round(turned / np.abs(turned).max(axis=1, keepdims=True) * 127).astype(np.int8), turn


def main(given: Iterable[str] | None = None) -> None:
    """Writes both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--poems", type=Path, required=True)
    folder = parser.parse_args(None if given is None else list(given)).poems
    fields, pinned = kept(KEPT.read_text(encoding="utf-8"))
    found = matched(fields, pinned, folder)
    ASSETS.mkdir(parents=True, exist_ok=True)
    text = re.sub(r"\s+$", "", json.dumps(table(fields, found), ensure_ascii=False, separators=(",", ":")))
    (ASSETS / TABLE).write_bytes(gzip.compress(text.encode(), mtime=0))
    rows, turn = vectors(list(fields))
    np.savez_compressed(ASSETS / VECTORS, words=rows, turn=turn)
    print(len(fields), "words;", *(f"{file.name} {file.stat().st_size}" for file in sorted(ASSETS.iterdir())))  # noqa: T201


if __name__ == "__main__":
    main()
