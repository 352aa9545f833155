"""Members of a zip archive found by an index that is kept beside it: to read the archive's own takes as long as to draw a logo."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

HEADER = struct.Struct("<4s5H3I2H")  #: of one member; PKWARE's APPNOTE 4.3.7
RAW = -15  #: zlib's number for a stream without a header of its own


def places(archive: Path) -> dict[str, int]:
    """Where each member of an archive begins, bytes."""
    with zipfile.ZipFile(archive) as opened:
        return {each.filename: each.header_offset for each in opened.infolist()}


class Bodies:
    """The members. Nothing is kept in memory."""

    def __init__(self, archive: Path, places: Mapping[str, int]) -> None:
        """What `places` found in the archive, whose members are deflated and written at once, not streamed."""
        self._archive, self._places = archive, places

    def read(self, name: str) -> bytes:
        """A member.

        Raises:
            KeyError: there is none of that name.
        """
        with self._archive.open("rb") as file:
            file.seek(self._places[name])
            *_rest, size, _whole, named, extra = HEADER.unpack(file.read(HEADER.size))
            return zlib.decompress(file.read(named + extra + size)[named + extra :], RAW)
