#!/usr/bin/env bash
# Guessed: a cache of compiled models knows a file whose content changed.
# Seen: compile_model with a path and a cache folder goes by the path and the whole second of the file's time. Another model saved there
# within the same second, or with the same time (images built reproducibly give every file one), answers with the numbers of the one
# before. A second later it is its own. With CACHE_MODE OPTIMIZE_SIZE, which keeps no weights, the new weights are used.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile openvino==2026.4.1 numpy==2.4.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import os
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import openvino as ov
import openvino.opset13 as op

SECOND = 10**9
SIZE = 64

def save(path, factor, time_ns):
    """Saves a model that multiplies a row by `factor`, with that time on its two files."""
    row = op.parameter([-1, SIZE], np.float32, name="row")
    weights = op.constant((np.eye(SIZE) * factor).astype(np.float32))
    product = op.matmul(row, weights, False, False)
    result = op.result(product)
    for node, name in ((weights, "weights"), (product, "product"), (result, "result")):
        node.set_friendly_name(name)
    ov.save_model(ov.Model([result], [row], "model"), path, compress_to_fp16=False)
    for file in (path, path.with_suffix(".bin")):
        os.utime(file, ns=(time_ns, time_ns))

def second_answers(folder, later_ns, mode):
    """What the second of two models (×2, then ×3 under the same path) makes of 1."""
    folder.mkdir()
    core, path = ov.Core(), folder / "model.xml"
    for factor, time_ns in ((2, 1_700_000_000 * SECOND), (3, 1_700_000_000 * SECOND + later_ns)):
        save(path, factor, time_ns)
        compiled = core.compile_model(path, "CPU", {"CACHE_DIR": str(folder / "cache"), "CACHE_MODE": mode})
        answer = float(compiled(np.ones((1, SIZE), np.float32))[0][0, 0])
    return answer

cases = {"the same time": 0, "a millisecond later": SECOND // 1000, "a second later": SECOND}
seen = {(mode, case): second_answers(Path(f"{mode}-{later}"), later, mode) for mode in ("OPTIMIZE_SPEED", "OPTIMIZE_SIZE") for case, later in cases.items()}
print("openvino", version("openvino"), "- the second model multiplies by 3:")
for (mode, case), answer in seen.items():
    print(f"{mode:14} {case}: {answer}")
sys.exit(0 if list(seen.values()) == [2.0, 2.0, 3.0, 3.0, 3.0, 3.0] else "changed")
PY
