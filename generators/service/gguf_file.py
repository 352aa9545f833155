"""A GGUF file, mapped: what its header says, and its tensors where they lie.

The gguf library makes some objects for each of a vocabulary's hundred thousand words, and takes 1.8 CPU seconds for the embedded
model's header; this takes .03. Source: the description of the format in ggml, versions 2 and 3.
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gguf.constants import GGMLQuantizationType
from gguf.quants import dequantize, quant_shape_to_byte_shape
from numpy.typing import NDArray

MAGIC, VERSIONS = b"GGUF", (2, 3)
STRING, ARRAY = 8, 9
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}  # by the format's numbers
PLAIN = {
    GGMLQuantizationType.F16: np.float16,
    GGMLQuantizationType.F32: np.float32,
    GGMLQuantizationType.F64: np.float64,
}
ALIGNMENT = 32  # bytes, where the file does not say it
DIMENSIONS = 4  # of a tensor; the format's own limit


def four_bits(rows: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Rows of Q4_1, as the library unpacks them, in a third of its time: 32 numbers times a scale, and the least of them."""
    blocks = rows.reshape(-1, 20)
    marks = np.ascontiguousarray(blocks[:, :4]).view(np.float16).astype(np.float32)  # (blocks, 2)
    found = np.empty((len(blocks), 2, 16), np.float32)
    found[:, 0] = blocks[:, 4:] & 15
    found[:, 1] = blocks[:, 4:] >> 4
    found *= marks[:, :1, None]
    found += marks[:, 1:, None]
    return found.reshape(*rows.shape[:-1], -1)


def eight_bits(rows: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Rows of Q8_0 likewise: 32 numbers of eight bits, times a scale."""
    blocks = rows.reshape(-1, 34)
    found = np.ascontiguousarray(blocks[:, 2:]).view(np.int8).astype(np.float32)
    found *= np.ascontiguousarray(blocks[:, :2]).view(np.float16).astype(np.float32)
    return found.reshape(*rows.shape[:-1], -1)


QUICK = {
    GGMLQuantizationType.Q4_1: four_bits,
    GGMLQuantizationType.Q8_0: eight_bits,
}  # of the embedded model, which is unpacked while somebody waits


class BadGguf(ValueError):
    """This is no GGUF file that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class GgufTensor:
    """One tensor in a file."""

    name: str
    shape: tuple[int, ...]  #: as numpy has it: rows first
    kind: GGMLQuantizationType
    data: NDArray[Any]  #: its rows as they are stored

    def rows(self, begin: int, end: int) -> NDArray[np.float32]:
        """Rows from `begin` to before `end`, copied."""
        return self._numbers(self.data[begin:end])

    def some(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Rows in any order, copied."""
        return self._numbers(self.data[rows])

    def whole(self) -> NDArray[np.float32]:
        """All of it, copied."""
        return self._numbers(self.data)

    def _numbers(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        if self.kind in PLAIN:
            return stored.astype(np.float32)
        unpack = QUICK.get(self.kind)
        found: NDArray[np.float32] = (
            unpack(stored) if unpack is not None else dequantize(stored, self.kind).astype(np.float32, copy=False)
        )
        return found


class GgufFile:
    """What is in a file."""

    def __init__(self, source: Path) -> None:
        """Reads the header.

        Raises:
            BadGguf: it is none, is damaged, or is of another version.
            OSError: it cannot be read.
        """
        with source.open("rb") as opened:
            try:
                self._memory = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:
                raise BadGguf("it is empty") from error
        self._at = 0
        try:
            if self._memory[:4] != MAGIC:
                raise BadGguf("it does not begin as one")
            self._at = 4
            (version, tensors, fields) = self._unpacked("IQQ")
            if version not in VERSIONS:
                raise BadGguf(f"it is of version {version}")
            self.fields: dict[str, Any] = {}  #: what the header says, by key
            for _field in range(fields):
                key = self._string()
                self.fields[key] = self._value(self._unpacked("I")[0])
            self.tensors = self._tensors(tensors)
        except (struct.error, ValueError, LookupError, ArithmeticError, TypeError) as error:
            raise error if isinstance(error, BadGguf) else BadGguf(str(error)) from error

    def get(self, key: str) -> Any:
        """What the header says under a key; None: nothing."""
        return self.fields.get(key)

    def _unpacked(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self._memory, self._at)
        self._at += struct.calcsize(f"<{form}")
        return found

    def _string(self) -> str:
        return self._strings(1)[0]

    def _strings(self, count: int) -> list[str]:
        """Some that lie one behind the other; local names, as a vocabulary has a hundred thousand of them."""
        memory, at, length, found = self._memory, self._at, struct.Struct("<Q").unpack_from, []
        end = len(memory)
        for _string in range(count):
            begin = at + 8
            at = begin + length(memory, at)[0]
            if at > end:
                raise BadGguf("it is cut short")
            found.append(memory[begin:at].decode())
        self._at = at
        return found

    def _value(self, kind: int) -> Any:
        if kind == STRING:
            return self._string()
        if kind != ARRAY:
            return self._unpacked(NUMBERS[kind])[0]
        of, count = self._unpacked("IQ")
        if of == STRING:
            return self._strings(count)
        if of == ARRAY:
            raise BadGguf("it has lists of lists")  # no model has any
        numbers = np.frombuffer(self._memory, np.dtype(NUMBERS[of]).newbyteorder("<"), count, self._at)
        self._at += numbers.nbytes
        return numbers.tolist()

    def _tensors(self, count: int) -> list[GgufTensor]:
        described: list[tuple[str, tuple[int, ...], int, int]] = []
        for _tensor in range(count):
            name, (dimensions,) = self._string(), self._unpacked("I")
            if dimensions > DIMENSIONS:
                raise BadGguf(f"{name} has {dimensions} dimensions")
            shape = tuple(reversed(self._unpacked(f"{dimensions}Q")))
            described.append((name, shape, *self._unpacked("IQ")))
        step = int(self.fields.get("general.alignment", ALIGNMENT))
        start = -(-self._at // step) * step
        return [self._tensor(name, shape, kind, start + offset) for name, shape, kind, offset in described]

    def _tensor(self, name: str, shape: tuple[int, ...], number: int, at: int) -> GgufTensor:
        kind = GGMLQuantizationType(number)
        stored: tuple[int, ...] = shape if kind in PLAIN else quant_shape_to_byte_shape(shape, kind)
        data = np.frombuffer(self._memory, PLAIN.get(kind, np.uint8), math.prod(stored), at).reshape(stored)
        return GgufTensor(name, shape, kind, data)


Field = Callable[[str], Any]  #: `GgufFile.get`
