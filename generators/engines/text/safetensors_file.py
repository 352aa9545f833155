"""A file of tensors (safetensors) as arrays where they lie, numbers of sixteen bits widened as they are read. No torch."""

from __future__ import annotations

import json
import math
import mmap
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

MOST_HEADER = 100_000_000  # bytes; the format's own limit
KINDS: dict[str, type[np.generic]] = {"BF16": np.uint16, "F16": np.float16, "F32": np.float32, "F64": np.float64, "I64": np.int64}


class BadFile(ValueError):
    """This is no file of tensors that can be read here; the message says why."""


class Tensor:
    """One tensor of real numbers in a file."""

    def __init__(self, kind: str, stored: NDArray[np.generic]) -> None:
        self.shape: tuple[int, ...] = stored.shape
        self._kind = kind
        self._stored = stored

    def read(self, begin: int, end: int) -> NDArray[np.float32]:
        """Rows from `begin` to before `end`, copied."""
        return widened(self._stored[begin:end], self._kind)

    def whole(self) -> NDArray[np.float32]:
        """All of it, copied."""
        return widened(self._stored, self._kind)

    def lying(self) -> NDArray[np.float32]:
        """All of it, where it lies if it is in single precision."""
        return self._stored if self._stored.dtype == np.float32 else self.whole()  # type: ignore[return-value]


def widened(stored: NDArray[np.generic], kind: str) -> NDArray[np.float32]:
    """Numbers of a kind that the format knows, in single precision: what bfloat16 leaves out is nothing."""
    if kind == "BF16":
        return (stored.astype(np.uint32) << 16).view(np.float32)
    return stored.astype(np.float32)


def tensors(file: Path) -> dict[str, Tensor]:
    """The tensors of a file by name. It is mapped: what nobody reads takes no memory.

    Raises:
        BadFile: it is damaged, or holds other numbers than real ones of 16 or 32 bits.
        OSError: it cannot be read.
    """
    with file.open("rb") as opened:
        try:
            memory = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise BadFile(f"{file.name} is empty") from error
    try:
        (size,) = struct.unpack("<Q", memory[:8])
        if size > min(MOST_HEADER, len(memory) - 8):
            raise BadFile(f"{file.name} is cut short")
        header = json.loads(memory[8 : 8 + size])
        return {name: _tensor(memory, 8 + size, told) for name, told in header.items() if name != "__metadata__"}
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise error if isinstance(error, BadFile) else BadFile(f"{file.name} is damaged: {error}") from error


def _tensor(memory: mmap.mmap, start: int, told: dict[str, Any]) -> Tensor:
    kind, shape = str(told["dtype"]), [int(one) for one in told["shape"]]
    begin, end = (int(one) for one in told["data_offsets"])
    if kind not in KINDS:
        raise BadFile(f"numbers of the kind {kind} are not read here")
    dtype = np.dtype(KINDS[kind])
    count = int(np.prod(shape, dtype=np.int64))
    if not 0 <= begin <= end <= len(memory) - start or end - begin != count * dtype.itemsize or any(one < 0 for one in shape):
        raise BadFile("a tensor lies outside of the file")
    return Tensor(kind, np.frombuffer(memory, dtype, count, start + begin).reshape(shape))


def halved(numbers: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Numbers as bfloat16, the nearest, and of two as near the even one; as their bits."""
    bits = np.ascontiguousarray(numbers, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def in_halves(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    """Numbers as `halved` and `widened` again make them, in place."""
    bits = numbers.view(np.uint32)
    odd = bits >> 16
    odd &= 1
    odd += 0x7FFF
    bits += odd
    bits &= 0xFFFF0000
    return numbers


class HalvesFile:
    """Writes tensors in bfloat16, in any order and by runs of rows, as torch's part of the library writes them."""

    def __init__(self, file: Path, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Opens the file and writes what will be in it.

        Raises:
            OSError: it cannot be written.
        """
        header: dict[str, object] = {"__metadata__": {"format": "pt"}}
        end, self._places = 0, {}
        for name in sorted(shapes):
            begin, end = end, end + 2 * math.prod(shapes[name])
            header[name] = {"dtype": "BF16", "shape": list(shapes[name]), "data_offsets": [begin, end]}
            self._places[name] = (begin, 2 * math.prod(shapes[name][1:]))
        told = json.dumps(header, separators=(",", ":")).encode()
        told += b" " * (-len(told) % 8)
        self._start = 8 + len(told)
        self._file = file.open("wb")
        self._file.write(struct.pack("<Q", len(told)) + told)

    def put(self, name: str, begin: int, rows: NDArray[np.float32]) -> None:
        """Writes a tensor's rows from the one at `begin` on; of a vector, its numbers."""
        at, width = self._places[name]
        self._file.seek(self._start + at + begin * width)
        self._file.write(halved(rows).tobytes())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()
