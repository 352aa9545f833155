"""A network's matrices in eight bits, one scale a row: rounded once and kept in a file that is mapped, or in memory."""

from __future__ import annotations

import json
import logging
import mmap
import os
import struct
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from generators.engines.text.network import HEAD, TABLE, Network, Rows, Sizes
from generators.engines.text.unlinked_arrays import Nameless, page_out

FORM = 1  # of the file; raise it when the rounding or the layout changes, and files are made anew
MAGIC = b"muselab rounded\n"
ALIGNED = 64  # bytes: what the widest instructions load at once
AT_ONCE = 2**16  # numbers rounded at a time: they stay in a core's own cache, which is two to four times as fast
TYPES = {"int8": np.int8, "float16": np.float16, "float32": np.float32}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rounded:
    """A matrix: whole numbers times a scale a row."""

    whole: NDArray[np.int8]  #: shape (out, in)
    scales: NDArray[np.float16]  #: shape (out, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundedWeights:
    """All that a network's graph is made of."""

    sizes: Sizes
    matrices: Mapping[str, Rounded]
    vectors: Mapping[str, NDArray[np.float32]]
    memory: Any = field(repr=False)  #: what the arrays lie in, with `rest`

    def rest(self) -> None:
        """Lets the system take the memory of the arrays, which is read again when it is touched."""
        self.memory.rest()


class Mapped:
    """A file in memory, as it is read; nothing is written back."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as opened:
            self._memory = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)

    def __len__(self) -> int:
        return len(self._memory)

    def bytes(self, begin: int, size: int) -> bytes:
        """Some of it, copied."""
        return self._memory[begin : begin + size]

    def array(self, dtype: Any, shape: tuple[int, ...], begin: int) -> NDArray[Any]:
        """Some of it where it lies."""
        return np.frombuffer(self._memory, dtype, int(np.prod(shape)), begin).reshape(shape)

    def rest(self) -> None:
        """Lets the system take the memory."""
        page_out(np.frombuffer(self._memory, np.int8).ctypes.data, len(self._memory))


def rounded(network: Network, room: Nameless) -> RoundedWeights:
    """A network rounded now, its matrices where `room` has room."""

    def made(parts: tuple[Rows, ...]) -> Rounded:
        shape = (sum(part.shape[0] for part in parts), parts[0].shape[1])
        one = Rounded(room.array(shape), np.empty((shape[0], 1), np.float16))
        fill(one, parts)
        return one

    known: dict[int, Rounded] = {}
    matrices = {}
    for name, parts in network.matrices.items():
        first = id(parts[0])  # one matrix may be both the table and the head
        matrices[name] = known[first] if first in known else known.setdefault(first, made(parts))
    return RoundedWeights(sizes=network.sizes, matrices=matrices, vectors=network.vectors, memory=room)


def fill(target: Rounded, parts: tuple[Rows, ...]) -> None:
    """Rounds matrices that stand side by side into one."""
    row = 0
    for whole, scales in blocks(parts):
        some = slice(row, row := row + len(whole))
        target.whole[some], target.scales[some] = whole, scales


def blocks(parts: tuple[Rows, ...]) -> Iterator[tuple[NDArray[np.int8], NDArray[np.float16]]]:
    """Matrices that stand side by side, rounded, some rows at a time: whole numbers (rows, in), and scales (rows, 1)."""
    for part in parts:
        rows = max(1, AT_ONCE // part.shape[1])
        for begin in range(0, part.shape[0], rows):
            full = part.read(begin, min(part.shape[0], begin + rows))
            size = np.abs(full)
            scales = np.maximum(size.max(1, keepdims=True) / 127, 1e-7).astype(np.float16)
            np.divide(full, scales.astype(np.float32), out=size)
            yield np.clip(np.rint(size, out=size), -127, 127, out=size).astype(np.int8), scales


def write(network: Network, file: Path, *, key: str) -> None:
    """Rounds a network into a file: whole or not at all, and readable by its owner alone.

    Args:
        network: with its full weights.
        file: where; what is there is replaced.
        key: what the weights are, to be asked for by `read`.

    Raises:
        OSError: it cannot be written.
    """
    arrays, end = _laid_out(network)
    told = {"key": key, "sizes": asdict(network.sizes), "arrays": arrays, "bytes": end}
    header = json.dumps(told).encode()
    begin = _begin(len(header))
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as opened:  # 0600
        work = Path(opened.name)
        try:
            opened.write(MAGIC + struct.pack("<Q", len(header)) + header)
            opened.flush()
            if hasattr(os, "posix_fallocate"):  # a full disk says so now; later it would end the process
                os.posix_fallocate(opened.fileno(), 0, begin + end)
            else:
                opened.truncate(begin + end)
            _write_arrays(network, opened, begin, arrays)
            opened.flush()
            os.fsync(opened.fileno())
        except BaseException:
            opened.close()
            work.unlink()
            raise
    work.replace(file)


def _laid_out(network: Network) -> tuple[dict[str, list[Any]], int]:
    """Where each array of a network lies in its file: kind, shape and first byte; and how many bytes all take."""
    shared = network.matrices[TABLE][0] is network.matrices[HEAD][0]
    places: dict[str, tuple[str, tuple[int, ...]]] = {}
    for name, parts in network.matrices.items():
        if name == HEAD and shared:
            continue
        out = sum(part.shape[0] for part in parts)
        places[name] = ("int8", (out, parts[0].shape[1]))
        places[f"{name}.scales"] = ("float16", (out, 1))
    places |= {f"={name}": ("float32", vector.shape) for name, vector in network.vectors.items()}
    arrays: dict[str, list[Any]] = {}
    end = 0
    for name, (kind, shape) in places.items():
        arrays[name] = [kind, list(shape), end]
        end += -(-int(np.prod(shape)) * np.dtype(kind).itemsize // ALIGNED) * ALIGNED
    return arrays, end


def _write_arrays(network: Network, file: IO[bytes], begin: int, arrays: Mapping[str, Any]) -> None:
    """Writes, and does not map: a page that is written for the first time through a map costs four times as much."""
    for name, parts in network.matrices.items():
        if name not in arrays:
            continue
        file.seek(begin + arrays[name][2])
        found = []
        for whole, scales in blocks(parts):
            file.write(whole.data)
            found.append(scales)
        file.seek(begin + arrays[f"{name}.scales"][2])
        file.write(np.concatenate(found).tobytes())
    for name, vector in network.vectors.items():
        file.seek(begin + arrays[f"={name}"][2])
        file.write(vector.astype(np.float32).tobytes())


def read(file: Path, *, key: str) -> RoundedWeights | None:
    """The network in a file, mapped; None where there is none with this key, or not the whole of it."""
    with suppress(OSError, ValueError, KeyError, TypeError, struct.error):
        memory = Mapped(file)
        (size,) = struct.unpack("<Q", memory.bytes(len(MAGIC), 8))
        if memory.bytes(0, len(MAGIC)) != MAGIC or size > len(memory):
            return None
        told = json.loads(memory.bytes(len(MAGIC) + 8, size))
        begin = _begin(size)
        if told["key"] != key or len(memory) != begin + told["bytes"]:
            return None
        found = {name: memory.array(TYPES[kind], tuple(shape), begin + at) for name, (kind, shape, at) in told["arrays"].items()}
        matrices = {
            name.removesuffix(".scales"): Rounded(found[name.removesuffix(".scales")], found[name])
            for name in found
            if name.endswith(".scales")
        }
        matrices.setdefault(HEAD, matrices[TABLE])
        vectors = {name[1:]: values for name, values in found.items() if name.startswith("=")}
        return RoundedWeights(sizes=Sizes(**told["sizes"]), matrices=matrices, vectors=vectors, memory=memory)
    return None


def _begin(header: int) -> int:
    """Where the arrays begin after a header of so many bytes: at a page."""
    return -(-(len(MAGIC) + 8 + header) // mmap.PAGESIZE) * mmap.PAGESIZE
