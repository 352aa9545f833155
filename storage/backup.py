"""A whole installation in one file: the board as an SQLite database, pictures and sounds, adapters and styles.

It is taken while Muselab runs: files first, then the database as it is at one moment, then the files that are new in it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.domain.errors import Misconfigured, Refusal
from bot.words import _
from storage import bucket, migrate, move
from storage._engines import connected

FORMAT = 1  # of the archive; what a newer Muselab writes differently gets another
BOARD, LIST = "muselab.db", "muselab.json"
MEDIA = re.compile(r"media/[0-9a-f]{32}/[0-9a-f]{64}")
FOLDERS = {"adapters": re.compile(r"adapters/[0-9a-f]{32}/\w[\w.-]*"), "styles": re.compile(r"styles/\w[\w.-]*")}
TRIES = 3  # a file that goes away between two looks is looked for again; who deletes all the time is waited for no longer
PIECE = 2**20  # bytes read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where an installation keeps what it keeps."""

    store_url: str
    media: Path | str  #: a folder, or the URL of an object store
    adapters: Path
    styles: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is in a backup."""

    revision: str  #: of the database
    rows: Mapping[str, int]  #: of each table
    files: int  #: beside the database
    size: int  #: bytes of all of it


async def save(places: Places, file: Path) -> Contents:
    """Writes a backup, and checks it by reading all of it back.

    Raises:
        Misconfigured, StoreDown: see `storage.move.move`.
        Refusal: the file is there already or cannot be written, or a file of the board cannot be read.
    """
    if file.exists():
        raise Refusal(_("{file} is there already. Choose another name: a backup is never overwritten.").format(file=file))
    part = file.with_name(f".{file.name}.part-{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(prefix="muselab-backup-") as scratch:
            board = Path(scratch) / BOARD
            await _save(places, board, part)
        contents = check(part)
        part.replace(file)
        return contents
    except OSError as error:
        raise Refusal(_("{file} cannot be written: {why}.").format(file=file, why=error.strerror or error)) from error
    finally:
        part.unlink(missing_ok=True)


async def _save(places: Places, board: Path, part: Path) -> None:
    digests: dict[str, str] = {}
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)  # everybody's ideas are in it
    with os.fdopen(descriptor, "wb") as out, zipfile.ZipFile(out, "w", compression=zipfile.ZIP_STORED) as archive:
        for name, root in (("media", places.media), ("adapters", places.adapters), ("styles", places.styles)):
            for file in _files(root) if isinstance(root, Path) else ():  # of an object store, what the board names
                _add(archive, f"{name}/{file.relative_to(root).as_posix()}", file, digests)
        for _attempt in range(TRIES):
            board.unlink(missing_ok=True)
            await snapshot(places.store_url, board)
            missing = [name for name in named_in(board) if name not in digests]
            for name in missing:
                rest = name.removeprefix("media/")
                found = places.media / rest if isinstance(places.media, Path) else bucket.saved(places.media, rest)
                _add(archive, name, found, digests)
            if all(name in digests for name in missing):
                break
        digests[BOARD] = _sum(board)
        archive.write(board, BOARD, compress_type=zipfile.ZIP_DEFLATED)
        listing = {"format": FORMAT, "files": digests}
        archive.writestr(LIST, json.dumps(listing, indent=1))
        archive.close()
        out.flush()
        os.fsync(out.fileno())


async def snapshot(url: str, board: Path) -> None:
    """The board at a URL as an SQLite file: a copy while others write, or, of PostgreSQL, all rows as they are at one moment."""
    engine, where = connected(url)
    await engine.dispose()
    if engine.dialect.name != "sqlite":
        await move.move(url, f"sqlite:///{board}")
        settle(board)
        return
    await move.look(url, older=True)
    with closing(sqlite3.connect(where)) as source, closing(sqlite3.connect(board)) as copy:
        source.backup(copy)
    settle(board)


def settle(board: Path) -> None:
    """Makes a database one file, without a log beside it."""
    with closing(sqlite3.connect(board)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def named_in(board: Path) -> list[str]:
    """The files of media that a board's rows name."""
    from bot.domain.ideas import Team
    from storage.media import name_of

    with closing(sqlite3.connect(board)) as connection:
        rows = connection.execute("SELECT DISTINCT platform, team, digest FROM media").fetchall()
    return [f"media/{name_of(Team(platform=platform, id=team))}/{digest}" for platform, team, digest in rows]


def check(file: Path) -> Contents:
    """Reads a backup to its end: the list, every file's digest, the database's integrity, and that no file is missing.

    Raises:
        Refusal: something of it is damaged or missing, or it is no backup.
    """
    with opened(file) as (archive, digests), tempfile.TemporaryDirectory(prefix="muselab-backup-") as scratch:
        board = Path(scratch) / BOARD
        for name, digest in digests.items():
            with archive.open(name) as content:
                if name == BOARD:
                    with board.open("wb") as out:
                        shutil.copyfileobj(content, out, PIECE)
            if _sum(archive.open(name)) != digest:
                raise _damaged(file, name)
        with closing(sqlite3.connect(board)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise _damaged(file, BOARD)
            revision = str(connection.execute("SELECT version_num FROM muselab_version").fetchone()[0])
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608
        lost = [name for name in named_in(board) if name not in digests]
        if lost:
            raise _damaged(file, lost[0])
        return Contents(
            revision=revision, rows=rows, files=len(digests) - 1, size=sum(one.file_size for one in archive.infolist())
        )


async def restore(file: Path, places: Places) -> Contents:
    """Puts a backup in place, where nothing is yet; a board of an older version is brought to this one.

    Raises:
        Refusal: the backup is damaged.
        Misconfigured: there is a board already, or the backup is of a newer version.
        StoreDown: the database cannot be reached.
    """
    contents = check(file)
    if await _begun(places.store_url):
        raise Misconfigured(_("There is a board already. Move it away, or point MUSELAB_STORE__URL at an empty database."))
    with opened(file) as (archive, digests), tempfile.TemporaryDirectory(prefix="muselab-restore-") as scratch:
        board = Path(scratch) / BOARD
        with archive.open(BOARD) as content, board.open("wb") as out:
            shutil.copyfileobj(content, out, PIECE)
        await migrate.upgrade(f"sqlite:///{board}")
        roots = {"media": places.media, "adapters": places.adapters, "styles": places.styles}
        for name in digests:
            folder, _slash, rest = name.partition("/")
            if name == BOARD:
                continue
            root = roots[folder]
            if isinstance(root, Path):
                _extract(archive, name, root / rest)
            else:
                bucket.restored(root, rest, archive.read(name))
        await move.move(f"sqlite:///{board}", places.store_url)  # last: without it there is no board
    return contents


async def _begun(url: str) -> bool:
    engine, where = connected(url)
    await engine.dispose()
    if engine.dialect.name == "sqlite" and not Path(where).exists():
        return False
    return await migrate.current(url) is not None


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    if target.exists():
        return  # its name is its content's digest, or it was put there by an earlier try
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    with archive.open(name) as content, part.open("wb") as out:
        shutil.copyfileobj(content, out, PIECE)
    part.replace(target)


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, str]]]:
    """A backup and its list: digests of files by name, every name one of ours.

    Raises:
        Refusal: it is none, or it is damaged.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            files = _listed(archive, file)
            yield archive, files
    except FileNotFoundError as error:
        raise Refusal(_("There is no file {file}.").format(file=file)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, sqlite3.DatabaseError) as error:
        raise _damaged(file, str(error)) from error
    except OSError as error:
        raise Refusal(_("{file} cannot be read: {why}.").format(file=file, why=error.strerror or error)) from error


def _listed(archive: zipfile.ZipFile, file: Path) -> dict[str, str]:
    """The list of a backup's files: digests by name."""
    try:
        listing = json.loads(archive.read(LIST))
        form, files = listing["format"], dict(listing["files"])
    except (KeyError, ValueError, TypeError) as error:
        raise _damaged(file, LIST) from error
    if form != FORMAT:
        raise Refusal(_("{file} was written by a newer Muselab. Update Muselab.").format(file=file))
    there = set(archive.namelist())
    if BOARD not in files or not all(name in there and (name == BOARD or MEDIA.fullmatch(name) or _kept(name)) for name in files):
        raise _damaged(file, LIST)
    return files


def _damaged(file: Path, what: str) -> Refusal:
    return Refusal(_("{file} is no whole backup of Muselab ({what}). Nothing was changed.").format(file=file, what=what))


def _kept(name: str) -> bool:
    return any(pattern.fullmatch(name) for pattern in FOLDERS.values())


def _files(root: Path) -> Iterator[Path]:
    """What is kept in a folder; not what is just being written there."""
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts):
            yield path


def _add(archive: zipfile.ZipFile, name: str, file: Path | bytes | None, digests: dict[str, str]) -> None:
    """Adds a file; in silence not one that went away meanwhile, or that is not ours."""
    if file is None or not (MEDIA.fullmatch(name) or _kept(name)):
        return
    try:
        opened = file.open("rb") if isinstance(file, Path) else io.BytesIO(file)
        with opened as content, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as out:
            summed = hashlib.sha256()
            while piece := content.read(PIECE):
                summed.update(piece)
                out.write(piece)
    except FileNotFoundError:
        return
    digests[name] = summed.hexdigest()


def _sum(source: Path | IO[bytes]) -> str:
    content = source.open("rb") if isinstance(source, Path) else source
    with content:
        summed = hashlib.sha256()
        while piece := content.read(PIECE):
            summed.update(piece)
        return summed.hexdigest()
