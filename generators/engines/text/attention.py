"""Attention over keys and values that many continuations share, beside a private part of each."""

from __future__ import annotations

import itertools
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface

from generators.engines.text.linear import LEAST_ROWS
from generators.engines.text.passes import Prefix

_numbers = itertools.count()


class SharedAttention:
    """An attention function for transformers' registry that looks at `prefix` first, then at what the cache holds.

    Sequences are never padded on the left, so the only mask is the causal one.
    """

    def __init__(self) -> None:
        self.prefix: Prefix | None = None  #: of the forward pass under way
        self.name = f"muselab_shared_{next(_numbers)}"
        AttentionInterface.register(self.name, self)

    def __call__(
        self, module: nn.Module, query: Tensor, key: Tensor, value: Tensor, _mask: Tensor | None, **options: Any
    ) -> tuple[Tensor, None]:
        """One layer's attention.

        Args:
            module: the layer, which knows its index.
            query: shape (batch, heads, new, width).
            key: of the private part, new tokens last, shape (batch, kv heads, private, width).
            value: likewise.
            options: `scaling` of the products; None: width ** -0.5.

        Returns:
            Shape (batch, new, heads, width), and no weights.
        """
        scaling = options.get("scaling") or query.shape[-1] ** -0.5
        if self.prefix is None:
            return plain(query, key, value, scaling), None
        layer = int(module.layer_idx)  # type: ignore[arg-type]
        return split(query, key, value, self.prefix.keys[layer], self.prefix.values[layer], scaling), None


def plain(query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
    """Ordinary causal attention of the last `new` positions."""
    new, all_ = query.shape[2], key.shape[2]
    mask = None if new in (1, all_) else _causal(new, all_, query.device)
    mixed = nn.functional.scaled_dot_product_attention(
        query,
        key,
        value,
        attn_mask=mask,
        is_causal=mask is None and new > 1,
        scale=scaling,
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return mixed.transpose(1, 2)


def split(query: Tensor, key: Tensor, value: Tensor, shared_key: Tensor, shared_value: Tensor, scaling: float) -> Tensor:
    """Attention over shared and private positions, as one softmax; the shared part is one product for the whole batch."""
    batch, heads, new, width = query.shape
    groups = key.shape[1]
    private, shared = key.shape[2], shared_key.shape[2]
    grouped = query.reshape(batch, groups, (heads // groups) * new, width)  # (batch, groups, rows, width)
    rows = grouped.shape[2]
    together = grouped.transpose(0, 1).reshape(groups, batch * rows, width)
    few = max(0, LEAST_ROWS - batch * rows)  # so that a row alone is computed as it is among others, see `linear.Plain`
    if few:
        together = torch.cat((together, together.new_zeros(groups, few, width)), dim=1)
    to_shared = (together @ shared_key[0].transpose(1, 2))[:, : batch * rows].view(groups, batch, rows, shared).transpose(0, 1)
    to_private = grouped @ key.transpose(2, 3)  # (batch, groups, rows, private)
    if new > 1:
        allowed = _causal(new, private, query.device).repeat(heads // groups, 1)  # (rows, private)
        to_private = to_private.masked_fill(~allowed, float("-inf"))
    weights = torch.softmax(torch.cat((to_shared, to_private), dim=-1).float() * scaling, dim=-1).to(query.dtype)
    looking = weights[..., :shared].transpose(0, 1).reshape(groups, batch * rows, shared)
    if few:
        looking = torch.cat((looking, looking.new_zeros(groups, few, shared)), dim=1)
    over_shared = (looking @ shared_value[0])[:, : batch * rows]
    mixed = over_shared.reshape(groups, batch, rows, width).transpose(0, 1) + weights[..., shared:] @ value
    return mixed.reshape(batch, heads, new, width).transpose(1, 2)


def _causal(new: int, all_: int, device: torch.device) -> Tensor:
    """Which positions each of the last `new` of `all_` may look at, shape (new, all_)."""
    return torch.ones(new, all_, dtype=torch.bool, device=device).tril(all_ - new)
