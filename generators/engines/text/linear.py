"""Matrices as a device multiplies by them fastest: as they are, packed for the CPU, or in eight bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

Weights = Literal["full", "int8"]
Matrix = Callable[[Tensor], Tensor]  #: (rows, in) -> (rows, out); a row's result must not depend on the rows beside it
LEAST_ROWS = 4  # of a product in float32, see `Plain`
SHIFT = 128  # makes whole numbers of both signs positive: a CPU with VNNI and no AMX multiplies others 2 000 times as slowly


class Int8:
    """A matrix in eight bits a weight, one scale per output; what it multiplies is rounded to eight bits, one scale per row.

    Rows are rounded one by one and summed as whole numbers, so a row's result does not depend on the rows beside it.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self.bias = None if bias is None else bias.float()
        scales = weight.float().abs().amax(1).clamp(min=1e-12) / 127
        whole = (weight.float() / scales[:, None]).round().to(torch.int8)
        self._packed = torch.ops.onednn.qlinear_prepack(whole, None)
        self._scales = scales
        self._zeros = torch.zeros(len(scales), dtype=torch.int32)
        #: what the shift by 128 adds to every product
        self._shifted = whole.sum(1, dtype=torch.float32) * scales * SHIFT

    def __call__(self, x: Tensor) -> Tensor:
        """X @ weight.T + bias, in float32."""
        steps = (
            x.abs().amax(1, keepdim=True).clamp_(min=1e-12).mul_(1 / 127)
        )  # (rows, 1); vector_norm(inf) takes 20 times as long
        whole = (x / steps).round_().add_(SHIFT).to(torch.uint8)
        product: Tensor = torch.ops.onednn.qlinear_pointwise(
            whole, 1.0, 0, self._packed, self._scales, self._zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
        product.sub_(self._shifted).mul_(steps)
        return product if self.bias is None else product.add_(self.bias)


class Packed:
    """A bfloat16 matrix in the order in which oneDNN reads it; otherwise it is put into that order at every product.

    One row alone is summed in another order than several, which shows in the last bit now and then: it is computed as four.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self.bias = None if bias is None else bias.float()
        self._packed = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), None)  # noqa: SLF001 - what inductor calls

    def __call__(self, x: Tensor) -> Tensor:
        """X @ weight.T + bias, in float32."""
        product: Tensor = torch.ops.mkldnn._linear_pointwise(  # noqa: SLF001 - as above
            _enough(x).to(torch.bfloat16), self._packed, None, "none", [], ""
        )
        whole = product[: x.shape[0]].float()
        return whole if self.bias is None else whole.add_(self.bias)


class Plain:
    """A matrix as it is.

    On a CPU fewer than four rows are computed as four: for one to three the library sums in another order, and a row's result
    would depend on how many there are. Reading the matrix costs the same.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self.weight = weight
        self.bias = bias

    def __call__(self, x: Tensor) -> Tensor:
        """X @ weight.T + bias, in the dtype of x."""
        rows = x.shape[0]
        x = _enough(x)
        return torch.nn.functional.linear(x.to(self.weight.dtype), self.weight, self.bias).to(x.dtype)[:rows]


def _enough(x: Tensor) -> Tensor:
    """At least as many rows as a library multiplies in the order in which it multiplies many."""
    rows = x.shape[0]
    if rows >= LEAST_ROWS or x.device.type != "cpu":
        return x
    return torch.cat((x, x.new_zeros(LEAST_ROWS - rows, x.shape[1])))


def matrix(weight: Tensor, bias: Tensor | None, weights: Weights) -> Matrix:
    """The fastest form of a matrix, given as (out, in), on the device where it lies."""
    if weights == "int8":
        return Int8(weight, bias)
    if weight.device.type == "cpu" and weight.dtype == torch.bfloat16 and torch.ops.mkldnn._is_mkldnn_bf16_supported():  # noqa: SLF001
        return Packed(weight, bias)
    return Plain(weight, bias)
