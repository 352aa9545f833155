"""Checksums of large files, worked out once: a file that has not been touched since has the same. It knows no models."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

KNOWN = "digests.json"  # whoever deletes it has all checksums worked out again
MOST = 200  # files that are remembered; a model has one to ten


class Digests:
    """SHA-256 of files by path, size and times. Where the folder cannot be written nothing is remembered."""

    def __init__(self, cache: Path) -> None:
        """`cache`: the folder to remember them in."""
        self._file = cache / KNOWN

    def of(self, file: Path) -> str:
        """A file's checksum, in hexadecimal.

        The time of the last change of the file's entry counts too, which no program can set: what was exchanged for other bytes
        of the same size and date is read again.

        Raises:
            OSError: it cannot be read.
        """
        name, told = str(file.resolve()), file.stat()
        seen = [told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino]
        known = self._read()
        mine = known.get(name)
        if isinstance(mine, list) and mine[:-1] == seen and isinstance(mine[-1], str):
            return mine[-1]
        found = sha256(file)
        known.pop(name, None)
        self._write(dict([*known.items(), (name, [*seen, found])][-MOST:]))
        return found

    def _read(self) -> dict[str, object]:
        with suppress(OSError, ValueError):
            read = json.loads(self._file.read_text(encoding="utf-8"))
            return read if isinstance(read, dict) else {}
        return {}

    def _write(self, known: dict[str, object]) -> None:
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part = self._file.with_suffix(f".{os.getpid()}")  # another service may do the same just now
            part.write_text(json.dumps(known), encoding="utf-8")
            part.replace(self._file)


def sha256(file: Path) -> str:
    """A file's checksum, read now."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
