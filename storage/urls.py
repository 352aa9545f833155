"""The door of storage: a URL becomes a store, and only the library it needs is imported."""

from __future__ import annotations

from bot.domain.errors import Misconfigured
from bot.ports import Store
from bot.words import _


def build(url: str) -> Store:
    """The store at `memory:`, `sqlite:///path` or `postgresql://user@host/name`. Nothing is opened yet.

    Raises:
        Misconfigured: the URL is none of these, or its driver is not installed.
    """
    if url.strip() == "memory:":
        from storage.memory import MemoryStore

        return MemoryStore()
    scheme = url.strip().partition(":")[0].lower()
    if scheme.partition("+")[0] not in ("sqlite", "postgresql", "postgres"):
        raise Misconfigured(
            _("MUSELAB_STORE__URL cannot be used. Write memory:, sqlite:///path/to/file.db or postgresql://user@host/name.")
        )
    from storage._engines import connected
    from storage.sql import SqlStore

    return SqlStore(*connected(url))
