"""Gives back the memory of weights that a forward pass of ours has copies of, while they stay where they can be read again."""

from __future__ import annotations

import ctypes
import mmap
import sys
from typing import Any

PAGE_OUT = 21  # MADV_PAGEOUT of Linux 5.4: what lies in a file is dropped, and read again when it is touched


def rest(model: Any) -> None:
    """Lets the system take the pages of a transformers model's weights: 270 MB of the embedded one, which lies in a file.

    Nothing is lost: pages that lie in no file are left alone, or go to the swap. Elsewhere than on Linux nothing happens.
    """
    if sys.platform != "linux":
        return
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for weight in model.parameters():
        if weight.device.type == "cpu":
            begin = -(-weight.data_ptr() // mmap.PAGESIZE) * mmap.PAGESIZE
            size = weight.data_ptr() + weight.numel() * weight.element_size() - begin
            if size > 0:
                advise(begin, size, PAGE_OUT)  # a kernel that does not know it says so, and keeps the pages
