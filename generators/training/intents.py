"""Fits what tells talk from topics, for the built-in encoders: python -m generators.training.intents.

The examples are `bot/services/talk/intents.tsv`, an intent and a line a row, written by hand for Muselab. After a change there,
this writes `intents.npz` anew: each example's vector in bytes, its weights in half precision.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.services.talk import intents
from generators.engines.text.multilingual import BothEncoders
from generators.engines.text.sentence_encoder import SentenceEncoder
from generators.service import weights

BATCH = 64  # lines at a time


def main() -> None:
    """Writes what was fitted."""
    where, name = weights.vector_weights(weights.EMBEDDED)
    encoder = BothEncoders(SentenceEncoder(Path(where), name=name))
    lines = [line for _intent, line in intents.examples()]
    rows = np.concatenate([encoder.embed(lines[start : start + BATCH])[0] for start in range(0, len(lines), BATCH)])
    intents.keep(rows, encoder.name)


if __name__ == "__main__":
    main()
