"""Arrays in a file without a name: the system may drop their memory and reads it again when it is touched."""

from __future__ import annotations

import ctypes
import logging
import mmap
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PAGE_OUT = 21  # MADV_PAGEOUT of Linux 5.4: what lies in a file is dropped, and read again when it is touched
PIECE = 32 * 2**20  # bytes that the file grows by

log = logging.getLogger(__name__)


class Nameless:
    """Whole numbers of eight bits, one array behind the other. The file is gone with the process, however that ends."""

    def __init__(self, folder: Path | None) -> None:
        """Empty.

        Args:
            folder: on a disk; None: the arrays are in memory, as they are where the folder has no room for them.
        """
        self._folder = folder if sys.platform == "linux" else None
        self._maps: list[mmap.mmap] = []
        self._used = 0  #: bytes of the last map

    def array(self, shape: tuple[int, ...]) -> NDArray[np.int8]:
        """Room for an array. It must be kept for as long as somebody reads it."""
        size = int(np.prod(shape))
        if not self._maps or self._used + size > len(self._maps[-1]):
            if self._folder is None:
                return np.empty(shape, np.int8)
            try:
                self._grow(max(size, PIECE))
            except OSError as error:
                log.info("weights stay in memory", extra={"folder": str(self._folder), "why": str(error)})
                self._folder = None
                return np.empty(shape, np.int8)
        array = np.frombuffer(self._maps[-1], np.int8, size, self._used).reshape(shape)
        self._used += -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
        return array

    def rest(self) -> None:
        """Lets the system take the memory."""
        for one in self._maps:
            page_out(np.frombuffer(one, np.int8).ctypes.data, len(one))

    def _grow(self, size: int) -> None:
        assert self._folder is not None
        self._folder.mkdir(parents=True, exist_ok=True)
        size = -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
        with tempfile.TemporaryFile(dir=self._folder) as file:
            os.posix_fallocate(file.fileno(), 0, size)  # a full disk says so now; later it would end the process
            self._maps.append(mmap.mmap(file.fileno(), size))
        self._used = 0


def page_out(begin: int, size: int) -> None:
    """Lets the system take whole pages of memory, from an address on. A system that does not know this keeps them."""
    if sys.platform != "linux":
        return
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    start = -(-begin // mmap.PAGESIZE) * mmap.PAGESIZE
    if begin + size > start:
        advise(start, begin + size - start, PAGE_OUT)
