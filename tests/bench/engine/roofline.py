"""What one core of this machine can do: bytes read and products made a second, and what follows for a model."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

SIDE = 1024  #: of the matrices: large enough that the product's own time is what is measured
READ_BYTES = 2**28  #: eight times this machine's last cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one core."""

    read_gb_s: float
    gflop_s: dict[str, float]  #: float32, int8, and bfloat16 where this CPU has it

    def ceiling(self, form: str, parameters: int, rows: int) -> float:
        """Tokens a second of `rows` ideas at once, were there nothing but the matrices: each is read once and multiplied once.

        Raises:
            KeyError: this CPU has no such products.
        """
        width = {"float32": 4, "bfloat16": 2, "int8": 1}[form]
        reading = parameters * width / (self.read_gb_s * 1e9)
        counting = 2 * parameters * rows / (self.gflop_s[form] * 1e9)
        return rows / max(reading, counting)


def measured() -> Limits:
    """A second or two of one core."""
    torch.set_num_threads(1)
    much = torch.ones(READ_BYTES // 4)
    read = READ_BYTES / best(lambda: much.sum()) / 1e9
    x, weight = torch.randn(SIDE, SIDE), torch.randn(SIDE, SIDE)
    flop = 2 * SIDE**3 / 1e9
    rates = {"float32": flop / best(lambda: x @ weight)}
    if torch.ops.mkldnn._is_mkldnn_bf16_supported():  # elsewhere oneDNN cannot put such a matrix into its order
        rates["bfloat16"] = flop / best(_of_halves(x, weight))
    # unsigned numbers on the left: where a CPU has VNNI but no AMX, two signed ones have no fast product
    whole, eights = (x * 20).to(torch.uint8), torch.ops.onednn.qlinear_prepack((weight * 20).to(torch.int8), None)
    scales, zeros = torch.ones(SIDE), torch.zeros(SIDE, dtype=torch.int32)
    rates["int8"] = flop / best(
        lambda: torch.ops.onednn.qlinear_pointwise(
            whole, 1.0, 0, eights, scales, zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
    )
    return Limits(read_gb_s=read, gflop_s=rates)


def _of_halves(x: torch.Tensor, weight: torch.Tensor) -> Callable[[], object]:
    half, packed = x.bfloat16(), torch.ops.mkldnn._reorder_linear_weight(weight.bfloat16(), None)
    return lambda: torch.ops.mkldnn._linear_pointwise(half, packed, None, "none", [], "")


def best(work: Callable[[], object]) -> float:
    """The shortest of some runs, in CPU-seconds: what the core can do when nobody disturbs it."""
    times = []
    for _turn in range(6):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)
