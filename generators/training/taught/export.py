"""Puts a trained adapter where it is read: python -m generators.training.taught.export --adapter FOLDER.

Then `answers.npz` is made anew, as the taught model answers otherwise.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from generators.assets import answers
from generators.engines.text.safetensors_file import tensors
from generators.service import taught_weights
from generators.service.taught_weights import Change

BEFORE, DOWN, UP = "base_model.model.", ".lora_A.weight", ".lora_B.weight"  # PEFT's names


def changes(folder: Path) -> tuple[dict[str, Change], float]:
    """An adapter of PEFT's in eight bits, and what is lost: the size of the error over that of the changes, both as a whole.

    Raises:
        OSError, ValueError, KeyError: it is none.
    """
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    found = tensors(folder / "adapter_model.safetensors")
    made, error, size = {}, 0.0, 0.0
    for name in sorted(one.removesuffix(DOWN) for one in found if one.endswith(DOWN)):
        down, up = found[name + DOWN].whole(), found[name + UP].whole()
        scale = config["lora_alpha"] / config["r"]
        one = made[name.removeprefix(BEFORE)] = taught_weights.packed(down, up, scale)
        full = scale * (up @ down)
        error += float(np.square(one.rows(0, len(up)) - full).sum())
        size += float(np.square(full).sum())
    return made, (error / max(size, taught_weights.LEAST)) ** 0.5


def main() -> None:
    """Writes both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adapter", type=Path, required=True)
    made, lost = changes(parser.parse_args().adapter)
    taught_weights.write(made, taught_weights.FILE)
    answers.main()
    print(f"{taught_weights.FILE.name}: {taught_weights.FILE.stat().st_size} bytes, {lost:.2%} lost")  # noqa: T201


if __name__ == "__main__":
    main()
