"""Arrays in a file without a name: the same numbers after the system took their memory, and no trace on the disk."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from generators.engines.text.unlinked_arrays import Nameless


@pytest.mark.parametrize("on_disk", [True, False])
def test_arrays_keep_their_numbers_when_their_memory_is_given_back(tmp_path: Path, on_disk: bool) -> None:
    file = Nameless(tmp_path / "cache" if on_disk else None)
    sizes = [(3, 5), (4096, 700), (5000, 9000), (7,)]  # one of them larger than a piece
    arrays = [file.array(shape) for shape in sizes]
    for number, array in enumerate(arrays):
        array[:] = number + 1

    file.rest()

    assert [array.shape for array in arrays] == sizes
    assert all((array == number + 1).all() for number, array in enumerate(arrays))
    assert not on_disk or not list((tmp_path / "cache").iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="only there the arrays lie in a file")
def test_arrays_lie_in_memory_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    file = Nameless(tmp_path)

    array = file.array((100, 10))

    array[:] = 7
    assert np.count_nonzero(array == 7) == 1000
    assert not list(tmp_path.iterdir())
    file.rest()
