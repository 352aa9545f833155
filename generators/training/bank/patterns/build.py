"""Builds the patterns of the idea bank: python -m generators.training.bank.patterns.build.

They are the lines of `en/*.jsonl` and `zh/*.jsonl`, each a kind, a slot, a genre and a text, all written for Muselab. By the
words of `types.*.tsv` the type of other words is learned. The same files give the same patterns.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from generators.bank.bank import ASSETS
from generators.bank.patterns.table import TABLE, TYPES, Pattern
from generators.training.bank.build import kinds, vectors
from generators.training.taught.corpus import lines

HERE = Path(__file__).parent


def patterns(language: str) -> list[Pattern]:
    """All of a language.

    Raises:
        ValueError: a line is none, or has no slot in it; the message names it.
    """
    found = lines(
        HERE / language, "pattern", lambda _file, told: Pattern(told["kind"], told["slot"], told["genre"], told["text"])
    )
    if wrong := [one.text for one in found if "{" not in one.text or "\t" in one.text]:
        raise ValueError(f"These have no slot, or a tab: {wrong}")
    return sorted(set(found))


def types(language: str) -> list[tuple[str, str]]:
    """Words, and what each names."""
    rows = (line.split("\t") for line in (HERE / f"types.{language}.tsv").read_text(encoding="utf-8").splitlines())
    return [(word.strip(), name) for name, words in rows for word in words.split(",")]


def build(language: str, folder: Path = ASSETS) -> int:
    """Writes both files of a language; how many patterns there are."""
    every = patterns(language)
    known = types(language)
    names, weights = kinds(vectors([word for word, _name in known], language), [name for _word, name in known])
    text = "\n".join("\t".join(one) for one in every)
    (folder / TABLE.format(language=language)).write_bytes(gzip.compress(text.encode(), mtime=0))
    np.savez_compressed(folder / TYPES.format(language=language), types=np.array(names), weights=weights.astype(np.float16))
    return len(every)


if __name__ == "__main__":
    for one in ("en", "zh"):
        print(one, build(one), "patterns")  # noqa: T201
