"""A model that transformers has loaded, as a network of plain arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generators.engines.text.llama import check
from generators.engines.text.network import HEAD, JOINED, NORM, SPEEDS, TABLE, Network, Rows, Sizes


class TensorRows:
    """A matrix that torch holds."""

    def __init__(self, tensor: Tensor) -> None:
        self._tensor = tensor.detach()

    @property
    def shape(self) -> tuple[int, ...]:
        """(out, in)."""
        return tuple(self._tensor.shape)

    def read(self, begin: int, end: int) -> NDArray[np.float32]:
        """See `Rows`."""
        return _numbers(self._tensor[begin:end])


def network_of(model: Any) -> Network:
    """The network of a loaded model, which stays as it is.

    Raises:
        Unsuited: it is not of the family, or of a kind that is not covered.
    """
    check(model)
    config, body = model.config, model.model
    first = body.layers[0].self_attn
    sizes = Sizes(
        hidden=config.hidden_size,
        inner=config.intermediate_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        groups=config.num_key_value_heads,
        width=first.head_dim,
        vocabulary=config.vocab_size,
        eps=config.rms_norm_eps,
        scaling=float(first.scaling),
        turning=float(body.rotary_emb.attention_scaling),
    )
    table: tuple[Rows, ...] = (TensorRows(body.embed_tokens.weight),)
    tied = model.lm_head.weight is body.embed_tokens.weight
    matrices: dict[str, tuple[Rows, ...]] = {TABLE: table, HEAD: table if tied else (TensorRows(model.lm_head.weight),)}
    vectors = {NORM: _numbers(body.norm.weight), SPEEDS: _numbers(body.rotary_emb.inv_freq)}
    for index, layer in enumerate(body.layers):
        parts = dict(layer.named_modules())
        for key, names in JOINED.items():
            matrices[f"{index}.{key}"] = tuple(TensorRows(parts[name].weight) for name in names)
            if parts[names[0]].bias is not None:
                vectors[f"{index}.{key}.bias"] = _numbers(torch.cat([parts[name].bias for name in names]))
        vectors[f"{index}.before"] = _numbers(layer.input_layernorm.weight)
        vectors[f"{index}.between"] = _numbers(layer.post_attention_layernorm.weight)
        if hasattr(layer.self_attn, "q_norm"):  # Qwen3 norms its heads
            weights = [
                layer.self_attn.q_norm.weight.expand(sizes.heads, -1),
                layer.self_attn.k_norm.weight.expand(sizes.groups, -1),
            ]
            vectors[f"{index}.heads"] = _numbers(torch.cat(weights))
    return Network(sizes=sizes, matrices=matrices, vectors=vectors)


def _numbers(tensor: Tensor) -> NDArray[np.float32]:
    """A tensor's values."""
    return np.ascontiguousarray(tensor.detach().float().cpu().numpy())
