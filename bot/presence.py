"""Which `muselab run` works in a data folder, so that `muselab stop` finds it.

Each holds a lock on a file of its own there. The system takes the lock away however the process ends, so that no file lies.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot import private

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None  # type: ignore[assignment]

log = structlog.get_logger(__name__)

FOLDER = "running"  # in the data folder
SPACE = Path("/proc/self/ns/pid")  # names the space in which process ids are unique: a container has one of its own


@dataclass(frozen=True, slots=True)
class Running:
    """A process that works here."""

    pid: int
    ours: bool  #: its id means something to this process: both are in the same container, or in none
    file: Path

    @property
    def there(self) -> bool:
        """Whether it still is."""
        return _locked(self.file)


@contextmanager
def present(home: Path) -> Iterator[None]:
    """Says, inside, that this process works in a data folder. Where that cannot be said, it works all the same."""
    if fcntl is None:
        yield
        return
    file = home / FOLDER / f"{os.getpid()}-{os.urandom(4).hex()}"
    try:
        private.folder(home)
        private.folder(file.parent)
        held = os.open(private.file(file), os.O_WRONLY)
    except OSError as error:  # the store will say what is wrong with the folder
        log.warning("this process cannot be found by `muselab stop`", why=str(error))
        yield
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        os.write(held, _space().encode())
        yield
    finally:
        with suppress(OSError):
            file.unlink()
        os.close(held)


def running(home: Path) -> list[Running]:
    """Who works in a data folder. Files of those that ended without a word are taken away."""
    found: list[Running] = []
    for file in sorted((home / FOLDER).glob("*-*")):
        if _locked(file):
            with suppress(OSError, ValueError):
                found.append(Running(int(file.name.partition("-")[0]), file.read_text(encoding="utf-8") == _space(), file))
        else:
            file.unlink(missing_ok=True)
    return found


def _locked(file: Path) -> bool:
    """Whether whoever made the file lives."""
    try:
        opened = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(opened)
    return False


def _space() -> str:
    try:
        return str(SPACE.readlink())
    except OSError:  # no Linux: one space for all
        return ""
