"""Files by what is in them: one folder a team, one file a digest. It knows no database.

A file is written before the row that names it and deleted after the last such row, so that a crash leaves a file without a row
at worst, never a row without a file. Such leftovers are swept when the next file of the team goes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from bot import private
from bot.domain.ideas import Team

LEFTOVER_S = 3600.0  # a file so old that has no row will not get one: its writer died between the two


def digest_of(content: bytes) -> str:
    """A file's address."""
    return hashlib.sha256(content).hexdigest()


def name_of(team: Team) -> str:
    """A team's name among files; a digest, as ids may hold anything."""
    return hashlib.sha256(f"{team.platform}\0{team.id}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Files(Protocol):
    """Where the bytes are. Blocking; call it in a thread. Any method may raise `OSError`."""

    where: str  #: in messages

    def put(self, team: Team, contents: Mapping[str, bytes]) -> None:
        """Writes files by digest; what is there already becomes young again."""
        ...

    def get(self, team: Team, digest: str) -> bytes | None:
        """The bytes of a file; None when it is not there."""
        ...

    def missing(self, team: Team, digests: Iterable[str]) -> list[str]:
        """Those of these files that are not there."""
        ...

    def drop(self, team: Team, digests: Iterable[str]) -> None:
        """Deletes files; one that is not there is no error."""
        ...

    def leftovers(self, team: Team, known: frozenset[str]) -> list[str]:
        """Files older than `LEFTOVER_S` that are not known."""
        ...


class Folder:
    """One folder a team, one file a digest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.where = str(path)

    def of(self, team: Team) -> Path:
        """The team's folder."""
        return self.path / name_of(team)

    def put(self, team: Team, contents: Mapping[str, bytes]) -> None:
        """Writes what is not there yet; a file is there whole or not at all."""
        folder = self.of(team)
        private.folder(self.path)
        private.folder(folder)
        for digest, content in contents.items():
            target = folder / digest
            if target.exists():
                os.utime(target)  # young again: a sweep that runs now leaves it
                continue
            draft = folder / f".{digest[:16]}-{secrets.token_hex(8)}"
            try:
                with open(draft, "xb", opener=private.opener) as out:
                    out.write(content)
                    out.flush()
                    os.fsync(out.fileno())
                draft.replace(target)
            finally:
                draft.unlink(missing_ok=True)

    def get(self, team: Team, digest: str) -> bytes | None:
        """The bytes of a file; None when it is not there."""
        with suppress(FileNotFoundError):
            return (self.of(team) / digest).read_bytes()
        return None

    def missing(self, team: Team, digests: Iterable[str]) -> list[str]:
        """Those of these files that are not there."""
        return [digest for digest in digests if not (self.of(team) / digest).exists()]

    def drop(self, team: Team, digests: Iterable[str]) -> None:
        """Deletes files."""
        for digest in digests:
            (self.of(team) / digest).unlink(missing_ok=True)
        with suppress(OSError):
            self.of(team).rmdir()  # only an empty one goes

    def leftovers(self, team: Team, known: frozenset[str]) -> list[str]:
        """Old files that no row names."""
        try:
            files = list(self.of(team).iterdir())
        except FileNotFoundError:
            return []
        old = time.time() - LEFTOVER_S
        with suppress(FileNotFoundError):  # somebody else sweeps
            return [file.name for file in files if file.name not in known and file.stat().st_mtime < old]
        return []
