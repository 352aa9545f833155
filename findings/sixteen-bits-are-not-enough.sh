#!/usr/bin/env bash
# Guessed: a product of eight-bit integers is exact: 64 times 255 by 127 is 2 072 640, in torch on any CPU.
# Seen: torch 2.13.0 gives 1 048 544 = 32 × 32 767 without VNNI (AVX2, this program's own limit): pairs are added in sixteen
# bits and cut. Nothing warns; of random rows the error is 4 to 5 %.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile torch==2.13.0 numpy==2.4.6
cd "$work"
export OV_CPU_MAX_ISA=AVX2 ONEDNN_MAX_CPU_ISA=AVX2
"$work/venv/bin/python" -W ignore - <<'PY'
import sys

import torch

def product(inputs, weights):
    """u8 rows by s8 columns, as torch's own quantised layers have it, back in float32."""
    packed = torch.ops.onednn.qlinear_prepack(weights, list(inputs.shape))
    ones = torch.ones(weights.shape[0])
    zeros = torch.zeros(weights.shape[0], dtype=torch.int64)
    made = torch.ops.onednn.qlinear_pointwise(inputs, 1.0, 0, packed, ones, zeros, None, 1.0, 0, torch.float32, "none", [], "")
    return made

inputs, weights = torch.full((16, 64), 255, dtype=torch.uint8), torch.full((16, 64), 127, dtype=torch.int8)
seen = float(product(inputs, weights)[0, 0])
some, others = torch.randint(0, 256, (32, 576), dtype=torch.uint8), torch.randint(-127, 128, (96, 576), dtype=torch.int8)
right = some.double() @ others.double().T
off = float((product(some, others).double() - right).norm() / right.norm())
print("torch", torch.__version__, "told", seen, "right", 64 * 255 * 127, f"random rows off by {off:.3f}")
sys.exit(0 if seen == 32 * 32_767 and off > 0.01 else "changed")
PY
