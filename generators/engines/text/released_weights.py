"""Gives back the memory of weights that a forward pass of ours has copies of."""

from __future__ import annotations

import torch

from generators.engines.text.unlinked_arrays import page_out


def emptied(model: torch.nn.Module) -> None:
    """Takes all weights away from a transformers model, which cannot run from then on."""
    for weight in model.parameters():
        weight.data = weight.new_empty(0)


def rest(model: torch.nn.Module) -> None:
    """Lets the system take the pages of a transformers model's weights: 270 MB of the embedded one, which lies in a file.

    Nothing is lost: pages that lie in no file are left alone, or go to the swap. Elsewhere than on Linux nothing happens.
    """
    for weight in model.parameters():
        if weight.device.type == "cpu":
            page_out(weight.data_ptr(), weight.numel() * weight.element_size())
