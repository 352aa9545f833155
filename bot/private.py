"""Files and folders that nobody else on the machine can read: what teams write lies in them.

On Windows, whose folders under a person's profile are private anyway, the modes do nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO  #: what the group and everybody may do

#: What stands in the data folder.
OURS = (
    "muselab.db",
    "muselab.log",
    "learn.log",
    "history",
    "works",
    "media",
    "adapters",
    "styles",
    "tuning",
    "models",
    "model.json",
    "running",
    "waiting",
)
BESIDE = ("", "-wal", "-shm", "-journal")  #: SQLite's files beside a database


def folder(path: Path) -> Path:
    """Makes a folder for ourselves alone, its parents as the system makes folders; one that is there is left as it is."""
    path.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    return path


def file(path: Path) -> Path:
    """Makes an empty file for ourselves alone where there is none, and closes one that others can open."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE))
    close(path)
    return path


def opener(path: str, flags: int) -> int:
    """For `open(…, opener=…)`: a file that is made so is ours alone."""
    return os.open(path, flags, FILE)


def database(path: Path) -> Path:
    """An SQLite database and what SQLite keeps beside it, ours alone; the database is made where there is none."""
    file(path)
    for suffix in BESIDE[1:]:
        close(path.with_name(path.name + suffix))
    return path


def close(path: Path) -> None:
    """Takes from everybody else what they may do with a file or folder of ours; a link's target is somebody's own business."""
    with suppress(OSError):  # not there, or another user's
        mode = path.lstat().st_mode
        if mode & OTHERS and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)


def tighten(home: Path) -> None:
    """Closes a data folder that an earlier version left open, with everything of ours in it.

    A folder that holds other things as well, such as a person's home, stays as it is: only what is ours in there is closed.
    """
    for path in exposed(home):
        close(path)


def exposed(home: Path) -> Iterator[Path]:
    """What of ours others on this machine can look into, the folders before what is in them."""
    if not home.is_dir():
        return
    inside = [one.name for one in home.iterdir()]
    mine = [name for name in inside if name in _names()]
    if len(mine) == len(inside) and _open(home):
        yield home
    for name in mine:
        yield from _walked(home / name)


def _walked(path: Path) -> Iterator[Path]:
    """A file or folder that is open, and what is open in it; what lies in a closed folder is closed with it."""
    if not _open(path):
        return
    yield path
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            inside = list(path.iterdir())
            for one in inside:
                yield from _walked(one)


def _open(path: Path) -> bool:
    with suppress(OSError):
        mode = path.lstat().st_mode
        return bool(mode & OTHERS) and not stat.S_ISLNK(mode)
    return False


def _names() -> Iterable[str]:
    return {*OURS, *(OURS[0] + suffix for suffix in BESIDE)}
