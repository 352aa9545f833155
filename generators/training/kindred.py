"""Computes the vectors of the words that names may begin with: python -m generators.training.kindred.

The words are `generators/assets/kindred.txt`, one a line, in the order of the alphabet: short, concrete English words collected by
hand, without people, places that are in every second topic (a shop, a school), months, and what nobody wants in a name. After a
change there, this writes `kindred.npy` anew: a row of 384 small whole numbers for each, its all-MiniLM vector times 127 over its
largest part.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generators.client.kindred import ASSETS
from generators.engines.text.sentence_encoder import SentenceEncoder
from generators.service import weights

BATCH = 64  # words at a time
MOST = 127  # of a part of a vector, which is kept in one byte


def main() -> None:
    """Writes the vectors."""
    words = (ASSETS / "kindred.txt").read_text(encoding="utf-8").split()
    where, name = weights.vector_weights(weights.EMBEDDED)
    encoder = SentenceEncoder(Path(where), name=name)
    rows = np.concatenate([encoder.embed(words[start : start + BATCH])[0] for start in range(0, len(words), BATCH)])
    small = np.round(rows / np.abs(rows).max(axis=1, keepdims=True) * MOST).astype(np.int8)
    np.save(ASSETS / "kindred.npy", small)


if __name__ == "__main__":
    main()
