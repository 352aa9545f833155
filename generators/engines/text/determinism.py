"""How many ranks can stand side by side without changing one another's bits: tried out on this machine. It knows no adapters."""

from __future__ import annotations

from typing import Any

import numpy as np
import openvino as ov
from openvino import opset13 as ops

TRIED = (512, 256, 128, 64)  # ranks in a product; measured on Zen 4: up to 512 are summed in one go, 768 in pieces
WIDTHS = (16, 48)  # of an adapter among them
ROWS = (2, 8, 33)


def most_ranks(out: int) -> int:
    """The most ranks of a product with so many outputs that are summed in order: nothings before and after change nothing.

    Where more are summed in pieces, what an adapter gives depends on where its ranks lie, and so on whose others are there.

    Returns:
        0 where even the fewest that are tried change one another.
    """
    inner, up = ops.parameter([-1, -1], np.float32), ops.parameter([-1, out], np.float32)
    graph = ov.Model([ops.result(ops.matmul(inner, up, False, False))], [inner, up], "muselab-ranks")
    options = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    request = ov.Core().compile_model(graph, "CPU", options).create_infer_request()
    return next((ranks for ranks in TRIED if all(_steady(request, ranks, width, out) for width in WIDTHS)), 0)


def _steady(request: Any, ranks: int, width: int, out: int) -> bool:
    """Whether an adapter of so many ranks gives the same alone and anywhere among others."""
    chance = np.random.default_rng(ranks)
    up = chance.standard_normal((ranks, out), np.float32)
    mine = chance.standard_normal((max(ROWS), width), np.float32)

    def given(place: int, rows: int, of: Any) -> Any:
        inner = np.zeros((rows, len(of)), np.float32)
        inner[:, place : place + width] = mine[:rows]
        request.infer([inner, np.ascontiguousarray(of)])
        return request.get_output_tensor(0).data[:2].copy()

    places = (0, 5, ranks // 2 - width // 2, ranks // 3, ranks - width - 3, ranks - width)
    for place in places:
        alone = given(0, ROWS[0], up[place : place + width])
        if not all(np.array_equal(given(place, rows, up), alone) for rows in ROWS):
            return False
    return True
