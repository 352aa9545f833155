#!/usr/bin/env bash
# Guessed: DYNAMIC_QUANTIZATION_GROUP_SIZE=64, which reads back as 64 after compiling, rounds a product's inputs to eight
# bits; or else it reads back as 0.
# Seen: on AVX2 without VNNI (this program's own limit) openvino 2026.4.1 rounds nothing: the same bits with 64 and with 0,
# though the property says 64. No warning.
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

inputs = chance.normal(size=(32, 576)).astype(np.float32)
told, answers = {}, {}
for size in ("0", "64"):
    chance = np.random.default_rng(1)
    compiled = product(576, 960, DYNAMIC_QUANTIZATION_GROUP_SIZE=size)
    told[size] = str(compiled.get_property("DYNAMIC_QUANTIZATION_GROUP_SIZE"))
    answers[size] = compiled(inputs)[0].copy()
same = bool((answers["0"] == answers["64"]).all())
print("openvino", ov.__version__, "reads back:", told, "same bits:", same)
sys.exit(0 if told == {"0": "0", "64": "64"} and same else "changed")
PY
