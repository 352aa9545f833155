"""The door of storage: a URL becomes a store, and only the library it needs is imported."""

from __future__ import annotations

from bot.ports import Store


def build(url: str) -> Store:
    """The store at `memory:`, `sqlite:///path` or `postgresql://user@host/name`. Nothing is opened yet.

    Raises:
        Misconfigured: the URL is none of these, or its driver is not installed.
    """
    if url.strip() == "memory:":
        from storage.memory import MemoryStore

        return MemoryStore()
    from storage._engines import connected
    from storage.sql import SqlStore

    return SqlStore(*connected(url))
