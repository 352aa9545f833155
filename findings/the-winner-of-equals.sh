#!/usr/bin/env bash
# Guessed: of equal scores a TopK of ONNX gives the earlier first, as its standard says, so that the best one is the first of the best ten.
# Seen: onnxruntime does. OpenVINO, from the same file, gives another of the equals first: for k = 1 where the number of scores is fixed in
# the file, for k = 4 and 10 where it is not, for k = 10 in both. The winner shown alone need not lead the list. ArgMax is right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile onnxruntime==1.32.0 onnx==1.23.2 openvino==2026.4.1 numpy==2.4.6
cd "$work"
OMP_NUM_THREADS=1 "$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

import numpy as np
import onnx
import onnxruntime
import openvino
from onnx import TensorProto, helper, numpy_helper

def wrong(kind, count, size, lines):
    """How many lines have other places, by both, than the earlier of equals first; `size` is the number of scores or a name for any."""
    scores, places = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [size]), helper.make_tensor_value_info("places", TensorProto.INT64, None)
    counts = [numpy_helper.from_array(np.array([count]), "count")] if kind == "TopK" else []
    node = helper.make_node(kind, ["scores", "count"] if counts else ["scores"], ["values", "places"] if counts else ["places"], axis=0)
    onnx.save(helper.make_model(helper.make_graph([node], "best", [scores], [places], counts), opset_imports=[helper.make_opsetid("", 17)], ir_version=8), "best.onnx")
    one, two = onnxruntime.InferenceSession("best.onnx"), openvino.compile_model("best.onnx", "CPU")
    by_rule = [np.argsort(-line, kind="stable")[:count].tolist() for line in lines]
    return (
        sum(np.ravel(one.run(["places"], {"scores": line})[0]).tolist() != places for line, places in zip(lines, by_rule, strict=True)),
        sum(np.ravel(two({"scores": line})[two.outputs[0]]).tolist() != places for line, places in zip(lines, by_rule, strict=True)),
    )

chance = np.random.default_rng(0)
lines = list(chance.integers(1, 6, (100, 16)).astype("float32"))  # a hundred times sixteen ideas of one to five stars
print("onnxruntime", version("onnxruntime"), "openvino", version("openvino"), "lines of 100 with another place than the rule's")
seen = {(kind, count, size): wrong(kind, count, size, lines) for kind, count in (("ArgMax", 1), ("TopK", 1), ("TopK", 4), ("TopK", 10)) for size in (16, "any")}
for (kind, count, size), (by_onnx, by_openvino) in seen.items():
    print("   ", f"{kind:6} of {count:2}, size {size:3}: onnxruntime {by_onnx:3}, openvino {by_openvino:3}")
held = all(by_onnx == 0 for by_onnx, _ in seen.values()) and seen["ArgMax", 1, 16][1] == seen["ArgMax", 1, "any"][1] == 0
held &= seen["TopK", 1, 16][1] > 0 and seen["TopK", 4, "any"][1] > 0 and seen["TopK", 10, "any"][1] > 0
sys.exit(0 if held else "changed")
PY
