"""Vectors of texts in this very process, for whoever learns beside the generation service; loaded when first asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BATCH = 64  # texts in one pass
KEPT = 100_000  # vectors; 384 numbers each are 150 MB


class Embedder:
    """Unit-length vectors, each text's computed once."""

    def __init__(self, where: str, *, both: bool = False) -> None:
        """Loads nothing yet.

        Args:
            where: folder or name of an encoder that transformers loads.
            both: other scripts than its own are read by the multilingual encoder, as the generation service does.
        """
        self._both = both
        self._where = where
        self._model: Any = None
        self._known: dict[str, NDArray[np.float32]] = {}

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, shape (len(texts), dimensions)."""
        missing = sorted({text for text in texts if text not in self._known}, key=len)  # alike lengths waste no padding
        if len(self._known) + len(missing) > KEPT:
            self._known.clear()
            missing = sorted(set(texts), key=len)
        for start in range(0, len(missing), BATCH):
            some = missing[start : start + BATCH]
            self._known.update(zip(some, np.asarray(self._loaded().embed(some)[0]), strict=True))
        return np.stack([self._known[text] for text in texts])

    def _loaded(self) -> Any:
        if self._model is None:
            import torch
            from transformers import AutoModel, AutoTokenizer
            from transformers.utils import logging

            from generators.engines.text.embedding import VectorModel
            from generators.engines.text.multilingual import BothEncoders

            logging.disable_progress_bar()  # whoever learns shows its own
            model = AutoModel.from_pretrained(self._where, dtype=torch.float32)
            self._model = VectorModel(model, AutoTokenizer.from_pretrained(self._where), name="")
            if self._both:
                self._model = BothEncoders(self._model)
        return self._model
