"""The door of storage: a URL becomes a store, and only the library it needs is imported."""

from __future__ import annotations

from pathlib import Path

from bot.ports import Store


def build(url: str, *, media: Path | None = None) -> Store:
    """The store at `memory:`, `sqlite:///path` or `postgresql://user@host/name`. Nothing is opened yet.

    Args:
        url: where.
        media: folder for pictures and sounds; None: beside an SQLite file, and nowhere for PostgreSQL.

    Raises:
        Misconfigured: the URL is none of these, or its driver is not installed.
    """
    if url.strip() == "memory:":
        from storage.memory import MemoryStore

        return MemoryStore()
    from storage._engines import connected
    from storage.media import Folder
    from storage.sql import SqlStore

    engine, where = connected(url)
    if media is None and engine.dialect.name == "sqlite":
        media = Path(f"{where}-media")
    return SqlStore(engine, where, None if media is None else Folder(media))
