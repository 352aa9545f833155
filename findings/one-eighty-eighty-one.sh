#!/usr/bin/env bash
# Guessed: a row of a matrix product has the same bits whatever rows stand beside it, or they depend on each number of rows a
# little.
# Seen: three classes and no more (openvino 2026.4.1 on AVX2, this program's own limit): 1 row, 2 to 80, and from 81 on. A
# narrow product of 192 by 384 shows only the first border.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile openvino==2026.4.1 numpy==2.4.6
cd "$work"
export OV_CPU_MAX_ISA=AVX2 ONEDNN_MAX_CPU_ISA=AVX2
"$work/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy as np
import openvino as ov
from openvino import opset13 as op

chance = np.random.default_rng(0)

def product(width, height, **settings):
    """A product with weights of eight bits, scaled by row."""
    rows = op.parameter([-1, width], np.float32)
    weights = op.constant(chance.integers(-127, 128, (height, width)).astype(np.int8))
    scaled = op.multiply(op.convert(weights, "f32"), op.constant(np.full((height, 1), 0.01, np.float32)))
    model = ov.Model([op.result(op.matmul(rows, scaled, False, True))], [rows])
    return ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": "1", **settings})

def borders(width, height):
    """The numbers of rows from which on the first row has other bits than one row fewer gives it."""
    compiled = product(width, height)
    inputs = chance.normal(size=(130, width)).astype(np.float32)
    firsts = [compiled(inputs[:count])[0][0].copy() for count in range(1, 131)]
    return [count + 1 for count in range(1, 130) if not (firsts[count] == firsts[count - 1]).all()]

seen = {(width, height): borders(width, height) for width, height in ((576, 960), (576, 3072), (192, 384))}
print("openvino", ov.__version__, "bits of the first row change at so many rows:", seen)
sys.exit(0 if seen == {(576, 960): [2, 81], (576, 3072): [2, 81], (192, 384): [2]} else "changed")
PY
