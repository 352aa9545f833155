"""The door of storage: a URL becomes a store, and only the library it needs is imported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.ports import Store
from storage.media import Files


def build(url: str, *, media: Path | str | None = None, traces: Sequence[Path] = (), pool: int = 0) -> Store:
    """The store at `memory:`, `sqlite:///path` or `postgresql://user@host/name`. Nothing is opened yet.

    Args:
        url: where.
        media: folder for pictures and sounds, or an object store (`s3://…`, see `storage.bucket`); None: beside an SQLite file,
            and nowhere for PostgreSQL.
        pool: connections to a PostgreSQL server, at most; 0: as many as are usual.
        traces: files and folders that an earlier board would have left: where one is, no empty board is begun in silence.

    Raises:
        Misconfigured: the URL is none of these, or its driver is not installed.
    """
    if url.strip() == "memory:":
        from storage.memory import MemoryStore

        return MemoryStore()
    from storage._engines import POOL, connected
    from storage._tidying import Tidying
    from storage.sql import SqlStore

    engine, where = connected(url, pool=pool or POOL)
    plain = engine.dialect.name == "sqlite"
    if media is None and plain:
        media = Path(f"{where}-media")
    files, tidying = None if media is None else files_at(media), Tidying(Path(where)) if plain else None
    return SqlStore(engine, where, files, traces=traces, tidying=tidying)


def files_at(place: Path | str) -> Files:
    """Where the bytes of media are: a folder, or an object store at `s3://…`.

    Raises:
        Misconfigured: see `storage.bucket.Bucket`.
    """
    from storage.media import Folder

    if isinstance(place, Path):
        return Folder(place)
    from storage.bucket import Bucket

    return Bucket(place)
