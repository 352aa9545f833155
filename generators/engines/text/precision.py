"""Times what a model could compute in on this device: a matrix of its size in each form. It loads no model."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import torch

from generators.engines.text.linear import Weights, matrix

ROWS = (1, 8, 32)  # that a matrix multiplies: one idea, a few, a brainstorm of the common size
TRIED = 2  # passes of each in a moment, the fastest of which counts: a neighbour makes some of them slow, never fast
LARGEST = 2**21  # numbers of the matrix: those of large models are cut to this, so that measuring takes less than a second
WORTH = {"bfloat16": 1.2, "float16": 1.2, "int8": 3.0}  # how much faster than what is more exact: eight bits lose the most


@dataclass(frozen=True, slots=True)
class Form:
    """What a model computes in."""

    dtype: str  #: as torch calls it
    weights: Weights = "full"

    @property
    def name(self) -> str:
        """For people and files."""
        return "int8" if self.weights == "int8" else self.dtype


#: by the kind of device, the most exact first; float16 is last as models published in bfloat16 overflow in it
CANDIDATES: Mapping[str, tuple[Form, ...]] = {
    "cpu": (Form("float32"), Form("bfloat16"), Form("float32", "int8")),
    "cuda": (Form("float32"), Form("bfloat16"), Form("float16")),
}


def seconds(form: Form, out: int, into: int, device: torch.device) -> float:
    """How long products with a matrix of so many outputs and inputs take in this form; infinitely long where it has none."""
    into = min(into, LARGEST)
    chance = torch.Generator().manual_seed(1)
    weight = torch.randn(min(out, max(1, LARGEST // into)), into, generator=chance).to(device, getattr(torch, form.dtype))
    try:
        with torch.inference_mode():
            product = matrix(weight, None, form.weights)
            inner = torch.float32 if device.type == "cpu" else weight.dtype  # as `_llama` has it between the matrices
            inputs = [torch.randn(rows, into, generator=chance).to(device, inner) for rows in ROWS]
            return sum(min(_timed(partial(product, x), device) for _try in range(TRIED)) for x in inputs)
    except (RuntimeError, NotImplementedError):  # a library that has no such product
        return float("inf")


def _timed(run: Callable[[], object], device: torch.device) -> float:
    def wait() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    wait()
    began = time.perf_counter()
    run()
    wait()
    return time.perf_counter() - began


def best(took: Mapping[Form, float]) -> Form:
    """The most exact form that no less exact one beats by what it is worth.

    Args:
        took: seconds by form, the most exact first.
    """
    forms = list(took)
    chosen = forms[0]
    for form in forms[1:]:
        if took[form] * WORTH[form.name] < took[chosen]:
            chosen = form
    return chosen
