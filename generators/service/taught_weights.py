"""What the embedded model was taught: a LoRA adapter in eight bits, added to the weights as they are read. No torch.

Every product of its whole numbers fits into single precision without rounding, so the sums are the same to the bit whichever
library, machine or number of rows computes them: what is read here in parts is what is written there as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import Misconfigured
from bot.words import _
from generators.engines.text.safetensors_file import halved, widened
from generators.service.digests import sha256

FILE = Path(__file__).parents[1] / "assets" / "taught" / "ideas.npz"
LAYERS = "model.layers."  # what the names of the layers' matrices begin with
SHORT = 4  # letters of the file's checksum in the model's name: two versions of it are told apart, and nobody reads on
WHOLE = 127  # the largest number: 32 products of two such make 516 128, and single precision counts to 16 777 216
LEAST = 1e-12  # of a scale: a row of zeros has one, too


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to one matrix: `scales * (up @ down)`."""

    down: NDArray[np.int8]  #: shape (rank, in)
    up: NDArray[np.int8]  #: shape (out, rank)
    scales: NDArray[np.float32]  #: of the outputs, shape (out, 1), each with the precision of bfloat16

    def rows(self, begin: int, end: int) -> NDArray[np.float32]:
        """Those from `begin` to before `end`, shape (rows, in)."""
        product = self.up[begin:end].astype(np.float32) @ self.down.astype(np.float32)
        product *= self.scales[begin:end]
        return product


def added(file: Path) -> dict[tuple[int, str], tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """What a file adds to a model's matrices: A, shape (rank, in), and B, shape (out, rank), scaled, by layer and matrix.

    Raises:
        Misconfigured: it is missing or damaged.
    """
    pairs = {}
    for name, change in read(file).items():
        number, _dot, matrix = name.removeprefix(LAYERS).partition(".")
        pairs[int(number), matrix] = (change.down.astype(np.float32), change.up.astype(np.float32) * change.scales)
    return pairs


def packed(down: NDArray[np.float32], up: NDArray[np.float32], scale: float) -> Change:
    """A LoRA pair in eight bits: one scale for a row of `down`, which goes over into `up`, and one for an output.

    Args:
        down: shape (rank, in).
        up: shape (out, rank).
        scale: LoRA's alpha over its rank.
    """
    inner = np.maximum(np.abs(down).max(1, keepdims=True), LEAST) / WHOLE
    turned = up * inner.T * np.float32(scale)
    scales = np.maximum(np.abs(turned).max(1, keepdims=True), LEAST) / WHOLE
    scales = widened(halved(scales.astype(np.float32)), "BF16")
    first, second = (np.clip(np.rint(one), -WHOLE, WHOLE).astype(np.int8) for one in (down / inner, turned / scales))
    return Change(first, second, scales)


def write(changes: Mapping[str, Change], file: Path) -> None:
    """Keeps changes, by the names of the matrices as transformers has them without ".weight".

    Raises:
        OSError: the file cannot be written.
    """
    shapes = {name: [*changes[name].up.shape, changes[name].down.shape[1]] for name in sorted(changes)}
    parts = [part for name in shapes for part in (changes[name].down, changes[name].up)]
    scales = [halved(changes[name].scales) for name in shapes]
    with file.open("wb") as opened:
        told = np.frombuffer(json.dumps(shapes).encode(), np.uint8)
        whole = np.concatenate([part.reshape(-1) for part in parts])
        np.savez_compressed(opened, shapes=told, whole=whole, scales=np.concatenate([one.reshape(-1) for one in scales]))


def read(file: Path) -> dict[str, Change]:
    """The changes in a file, by name.

    Raises:
        Misconfigured: it is missing or damaged.
    """
    try:
        with np.load(file) as kept:
            shapes = json.loads(kept["shapes"].tobytes())
            whole, scales = kept["whole"], widened(kept["scales"], "BF16")
    except (OSError, ValueError, KeyError) as error:
        raise Misconfigured(
            _("{file}, a part of Muselab, is missing or damaged. Install Muselab again.").format(file=file.name)
        ) from error
    found, at, row = {}, 0, 0
    for name, (out, rank, width) in shapes.items():
        middle, end = at + rank * width, at + rank * (width + out)
        down, up = whole[at:middle].reshape(rank, width), whole[middle:end].reshape(out, rank)
        found[name] = Change(down, up, scales[row : row + out, None])
        at, row = end, row + out
    return found


@cache
def mark(file: Path) -> str:
    """By what a version of the taught model is told from another, in its name and where its weights are kept.

    Raises:
        Misconfigured: it is missing.
    """
    try:
        return sha256(file)[:SHORT]
    except OSError as error:
        raise Misconfigured(
            _("{file}, a part of Muselab, is missing or damaged. Install Muselab again.").format(file=file.name)
        ) from error
