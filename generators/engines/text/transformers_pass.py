"""The forward pass that transformers itself has, with the prompt's keys and values shared where a model allows that."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from generators.engines.text.attention import SharedAttention
from generators.engines.text.passes import PassRequest


class TransformersPass:
    """One model's own pass. It knows no adapters."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._keeps_logits = "logits_to_keep" in inspect.signature(model.forward).parameters
        self._before = model.config._attn_implementation  # noqa: SLF001 - transformers' own name for it
        self.attention: SharedAttention | None = None  #: where sequences share the prompt's keys and values

    @property
    def may_share(self) -> bool:
        """Whether all that a layer keeps is one key and value a token; sliding windows and recurrent layers keep a state."""
        return all(type(layer) is DynamicLayer for layer in DynamicCache(config=self._model.config).layers)

    def share(self) -> None:
        """Has sequences share the prompt's keys and values from now on.

        Raises:
            ValueError: transformers does not let this model's attention be replaced.
        """
        attention = SharedAttention()
        self._model.set_attn_implementation(attention.name)
        self.attention = attention

    def unshare(self) -> None:
        """Gives each sequence a copy of the prompt's keys and values again."""
        self.attention = None
        self._model.set_attn_implementation(self._before)

    def cache(self) -> DynamicCache:
        """An empty one."""
        return DynamicCache(config=self._model.config)

    def logits(self, request: PassRequest) -> Tensor:
        """The logits after the last of a request's tokens, float32, shape (rows, request.last, vocabulary)."""
        sequences, (rows, new) = request.sequences, request.tokens.shape
        device = self._model.device
        positions = torch.arange(sequences.length, sequences.length + new, device=device)[None].expand(rows, -1)
        tokens = torch.as_tensor(request.tokens).to(device)
        options = {"logits_to_keep": request.last} if self._keeps_logits else {}
        if self.attention is not None:
            self.attention.prefix = sequences.prefix
        try:
            answer = self._model(
                input_ids=tokens, position_ids=positions, past_key_values=sequences.cache, use_cache=True, **options
            )
        finally:
            if self.attention is not None:
                self.attention.prefix = None
        sequences.length += new
        after: Tensor = answer.logits[:, -request.last :].float()
        return after
