"""Builds the idea bank: python -m generators.training.bank.build.

Its entries are the lines of `en/*.jsonl` and `zh/*.jsonl`, each a kind, a topic and ideas, all written for Muselab; in English
the lessons of the built-in model as well. The same files give the same bank.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.domain.ideas import Prompt
from generators.bank.bank import ASSETS, TABLE, VECTORS, WEIGHED, Bank, Entry, Floats, unit
from generators.client.recipes import GENERAL, recognised
from generators.engines.text.multilingual import Multilingual
from generators.engines.text.sentence_encoder import SentenceEncoder
from generators.service import weights
from generators.training.bank.fitting import fitted, readings
from generators.training.taught.corpus import lessons, lines

HERE = Path(__file__).parent
OTHER = "other"  # the kind of what is of no other
DIMENSIONS = 192  # of the topics' vectors: of the six nearest topics 93 in 100 stay, with 128 84, and with all 384 99
BATCH = 64
#: Log-odds below which an idea is not shown. In English it stands beside the built-in model's own, of which a reader finds a
#: quarter usable; in Chinese it stands in the place of a refusal, so that it had better be good.
LEAST = {"en": -1.1, "zh": -0.9}
RIDGE = 1.0  # by which topics that were kept apart were told best


def entries(language: str) -> list[Entry]:
    """All entries of a language; the first of a topic that is there twice.

    Raises:
        ValueError: a line is none, or has a tab in it; the message names it.
    """
    found = lines(HERE / language, "entry", lambda _file, told: Entry(told["kind"], told["topic"], tuple(told["ideas"])))
    if language == "en":
        found += tuple(Entry(_kind(one.kind, one.topic), one.asked, one.ideas) for one in lessons())
    every = {one.topic.casefold(): one for one in reversed(found)}
    kept = [one for one in found if every[one.topic.casefold()] is one]
    if wrong := [one.topic for one in kept if "\t" in "".join((one.topic, *one.ideas))]:
        raise ValueError(f"These have a tab in them: {wrong}")
    return kept


def _kind(file: str, topic: str) -> str:
    """The kind of a lesson: of a mixed file's by its topic's words."""
    name = file.rstrip("0123456789")
    told = recognised(Prompt(text=topic))[0].kind if name == "mixed" else name
    return OTHER if told == GENERAL else told


@cache
def encoder(language: str) -> Callable[[Sequence[str]], Floats]:
    """The encoder that reads a language."""
    if language == "zh":
        return Multilingual()
    where, name = weights.vector_weights(weights.EMBEDDED)
    english = SentenceEncoder(Path(where), name=name)
    return lambda texts: english.embed(texts)[0]


def vectors(topics: Sequence[str], language: str) -> Floats:
    """Unit vectors by the encoder that reads the language, shape (len(topics), 384)."""
    embed = encoder(language)
    return np.concatenate([embed(topics[start : start + BATCH]) for start in range(0, len(topics), BATCH)])


def kinds(rows: Floats, told: Sequence[str]) -> tuple[list[str], Floats]:
    """The kinds in alphabetical order, and the weights that tell them by a vector and a 1: ridge regression on indicators."""
    names = sorted(set(told))
    wanted = np.array([[float(name == one) for name in names] for one in told])
    known = np.c_[rows, np.ones(len(rows))].astype(np.float64)
    fitted = np.linalg.solve(known.T @ known + RIDGE * np.eye(known.shape[1]), known.T @ wanted)
    return names, fitted.astype(np.float32)


def build(language: str, folder: Path = ASSETS) -> Counter[str]:
    """Writes both files of a language; how many entries there are of each kind."""
    every = entries(language)
    rows = vectors([one.topic for one in every], language)
    _left, _values, axes = np.linalg.svd(rows, full_matrices=False)
    turn = axes[:DIMENSIONS].T.astype(np.float16)
    turned = unit(rows @ turn.astype(np.float32))
    names, weights = kinds(turned, [one.kind for one in every])
    whole: npt.NDArray[np.int8] = np.round(turned / np.abs(turned).max(axis=1, keepdims=True) * 127).astype(np.int8)
    lines = ["\t".join((one.kind, one.topic, *one.ideas)) for one in every]
    small = weights.astype(np.float16)
    odds, levels = np.zeros(WEIGHED, dtype=np.float32), np.zeros(len(names), dtype=np.float32)
    bank = Bank(lines, turned, turn.astype(np.float32), names, small.astype(np.float32), odds, levels, LEAST[language])
    read = readings(language)
    odds, levels = fitted(bank, read, vectors([one.topic for one in read], language), language)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TABLE.format(language=language)).write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    file = folder / VECTORS.format(language=language)
    arrays = {
        "vectors": whole,
        "turn": turn,
        "weights": small,
        "odds": odds,
        "levels": levels,
        "least": np.float32(LEAST[language]),
        "kinds": np.array(names),
    }
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its other parameter is a flag
    print(language, odds.round(2), dict(zip(names, levels.round(2), strict=True)))  # noqa: T201
    return Counter(one.kind for one in every)


def main() -> None:
    """Builds both, and says what they hold."""
    for language in ("en", "zh"):
        counts = build(language)
        sizes = " ".join(str((ASSETS / name.format(language=language)).stat().st_size) for name in (TABLE, VECTORS))
        print(language, counts.total(), "topics:", dict(sorted(counts.items())), f"{sizes} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
