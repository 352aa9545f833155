"""Makes a network's file half as large: weights in 16 bits, widened again when they are used; the arithmetic stays the same.

python -m generators.assets.halve full.onnx half.onnx      # needs `pip install onnx`
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

LEAST = 256  # numbers: a smaller weight is not worth a step


def main(source: Path, target: Path) -> None:
    """Reads, converts, writes."""
    import onnx

    model = onnx.load(str(source))
    halve(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


def halve(model: Any) -> None:
    """The conversion, in place."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    casts, weights = [], []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < LEAST:
            weights.append(weight)
            continue
        weights.append(numpy_helper.from_array(values.astype(np.float16), weight.name + ".half"))
        casts.append(helper.make_node("Cast", [weight.name + ".half"], [weight.name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(weights)
    model.graph.node.extend(nodes)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
