"""Matrices as a device multiplies by them fastest: as they are, packed for the CPU, or in eight bits."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Literal

import torch
from torch import Tensor

#: With more than one thread MKL sums a row in an order that depends on the rows beside it; asked for reproducible results it
#: does not, at the same speed. It looks at its first product. Source: Intel's guide, "Conditional Numerical Reproducibility".
os.environ.setdefault("MKL_CBWR", "AUTO")

Weights = Literal["full", "int8"]
Matrix = Callable[[Tensor], Tensor]  #: (rows, in) -> (rows, out); a row's result must not depend on the rows beside it
LEAST_ROWS = 4  # of a product in float32, see `Plain`
SHIFT = 128  # makes whole numbers of both signs positive: a CPU with VNNI and no AMX multiplies others 2 000 times as slowly
PART_SHIFT = 64  # the same for the parts of a number: two products of 127 and 127 are 32 258, and 16 bits hold 32 767
FINER = 126  # steps of the fine part in one of the coarse one: it lies within half of one to either side


class Int8:
    """A matrix in eight bits a weight, one scale per output; what it multiplies is rounded to eight bits, one scale per row.

    Rows are rounded one by one and summed as whole numbers, so a row's result does not depend on the rows beside it. Where the
    CPU's sums of pairs saturate, a row is multiplied as two of seven bits, a coarse and a fine one: twice the time of a product
    that would be wrong, and hardly anything is lost by rounding the row (decisions, page 13).
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, *, parted: bool | None = None) -> None:
        """Rounds a matrix.

        Args:
            weight: shape (out, in).
            bias: shape (out,).
            parted: whether rows are multiplied in two parts; None: where this CPU needs it.
        """
        self.bias = None if bias is None else bias.float()
        self._parted = saturates() if parted is None else parted
        scales = weight.float().abs().amax(1).clamp(min=1e-12) / 127
        whole = (weight.float() / scales[:, None]).round().to(torch.int8)
        self._packed = torch.ops.onednn.qlinear_prepack(whole, None)
        self._scales = scales
        self._zeros = torch.zeros(len(scales), dtype=torch.int32)
        #: what the shift adds to every product
        self._shifted = whole.sum(1, dtype=torch.float32) * scales * (PART_SHIFT if self._parted else SHIFT)

    def __call__(self, x: Tensor) -> Tensor:
        """X @ weight.T + bias, in float32."""
        largest = x.abs().amax(1, keepdim=True).clamp_(min=1e-12)  # (rows, 1); vector_norm(inf) takes 20 times as long
        if self._parted:
            steps = largest.mul_(1 / (PART_SHIFT - 1))
            product = self._in_parts(x / steps).mul_(steps)
        else:
            steps = largest.mul_(1 / 127)
            whole = (x / steps).round_().add_(SHIFT)
            product = _multiplied(whole, self._packed, self._scales, self._zeros).sub_(self._shifted).mul_(steps)
        return product if self.bias is None else product.add_(self.bias)

    def _in_parts(self, x: Tensor) -> Tensor:
        """Numbers of at most 63 times the matrix, as whole ones and what is left of them; both parts are shifted."""
        coarse = x.round()
        fine = x.sub_(coarse).mul_(FINER).round_()
        both = _multiplied(torch.cat((coarse, fine)).add_(PART_SHIFT), self._packed, self._scales, self._zeros).sub_(
            self._shifted
        )
        return both[: len(x)].add_(both[len(x) :], alpha=1 / FINER)


@cache
def saturates() -> bool:
    """Whether this CPU's products in eight bits are wrong where numbers are large: tried out, in microseconds.

    Without VNNI oneDNN adds two products at a time in 16 bits, silently cut at 32 767 ("Nuances of int8 computations" in its
    developer guide). Asking the CPU for its instructions would not see a limit set by `ONEDNN_MAX_CPU_ISA`.

    Raises:
        RuntimeError, NotImplementedError: torch has no such product here.
    """
    into = 64
    packed = torch.ops.onednn.qlinear_prepack(torch.full((16, into), 127, dtype=torch.int8), None)
    for rows in (1, 16):
        largest = torch.full((rows, into), 255.0)
        product = _multiplied(largest, packed, torch.ones(16), torch.zeros(16, dtype=torch.int32))
        if not bool((product == 255 * 127 * into).all()):
            return True
    return False


def _multiplied(x: Tensor, packed: Tensor, scales: Tensor, zeros: Tensor) -> Tensor:
    """Whole numbers from 0 to 255, shape (rows, in), times a packed matrix, scaled."""
    product: Tensor = torch.ops.onednn.qlinear_pointwise(
        x.to(torch.uint8), 1.0, 0, packed, scales, zeros, None, 1.0, 0, torch.float32, "none", [], ""
    )
    return product


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
