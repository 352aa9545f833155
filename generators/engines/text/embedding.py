"""A sentence embedder: mean of the last hidden states over the text, at length 1. It knows nothing of requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from generators.engines.text.vectors import LETTERS, LONGEST, Foreign, words_of


class VectorModel:
    """An encoder and its tokenizer on one device. Not thread-safe: one thread owns it."""

    def __init__(self, model: Any, tokenizer: Any, *, name: str) -> None:
        """Takes a loaded transformers encoder."""
        self.name = name
        self.model = model.eval()
        self.tokenizer = tokenizer

    def embed(self, texts: Sequence[str]) -> tuple[Tensor, int]:
        """Unit vectors, float32, shape (len(texts), width), and how many tokens were read. Long texts are cut."""
        batch = self.tokenizer(
            [text[:LETTERS] for text in texts], padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        ).to(self.model.device)
        with torch.inference_mode():
            hidden = self.model(**batch).last_hidden_state.float()  # (texts, tokens, width)
        mask = batch["attention_mask"][..., None].float()
        mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        return torch.nn.functional.normalize(mean, dim=-1).cpu(), int(mask.sum())

    def words(self, tokens: Sequence[int]) -> str:
        """See `Encoder`."""
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise Foreign("the tokenizer of this model has no file by which tokens can be told")
        return words_of(backend, tokens)
