"""Where a generation service is just now."""

from __future__ import annotations

from typing import Protocol

from bot.links import shown
from bot.ports import Health


class Server(Protocol):
    """Where a service is just now. `generators.client.child.Child` is one."""

    @property
    def token(self) -> str:
        """What it asks of its clients; empty: nothing."""
        ...

    async def url(self) -> str:
        """Base of its API, ending in /v1; raises `GeneratorDown` when there is none."""
        ...

    def state(self) -> Health | None:
        """What is known without asking it; None: ask it."""
        ...


class Fixed:
    """A server that stays where it is."""

    def __init__(self, url: str, token: str = "") -> None:
        self.token = token
        self._url = url.rstrip("/")
        self.name = shown(self._url)  #: for people and the log

    async def url(self) -> str:
        """The URL."""
        return self._url

    def state(self) -> Health | None:
        """Nothing is known without asking."""
        return None
