"""Turns the painter's weights into a network that the image engine can run.

pip install onnx onnxscript
python -m generators.training.painter.export painter.safetensors full.onnx
python -m generators.assets.halve full.onnx generators/assets/painter.onnx
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import torch

from generators.training.painter.nets import CONDITION, Painter

SIDE = 64  #: only an example: the sides stay free


def main(source: Path, target: Path) -> None:
    """Reads, converts, writes."""
    from safetensors.torch import load_file

    painter = Painter().eval()
    painter.load_state_dict({name: value.float() for name, value in load_file(source).items()})
    example = (torch.zeros(2, 1, SIDE, SIDE), torch.zeros(2, CONDITION))
    names: dict[str, Any] = {"input_names": ["lines", "condition"], "output_names": ["painting"]}
    free = {"lines": {0: "batch", 2: "height", 3: "width"}, "condition": {0: "batch"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the newer exporter fixes the sides
        torch.onnx.export(painter, example, str(target), dynamic_axes=free, dynamo=False, **names)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
