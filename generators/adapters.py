"""Tuned versions of a model on a generation service: loaded by name, the way vLLM does it, and remembered."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import structlog

from bot.domain.errors import MuselabError
from generators.api import Api, Declined

log = structlog.get_logger(__name__)


class Adapters:
    """Which versions a service has. A name belongs to one version of one team for ever, so what is loaded is the right one."""

    def __init__(self, api: Api, folder: str) -> None:
        """`folder`: where the service finds weights, each in a folder named by its content hash; empty: nowhere."""
        self._api = api
        self._folder = folder
        self._paths: dict[str, str] = {}  #: of every version that was asked for
        self._loaded: set[tuple[str, str]] = set()  #: base URL of a server and name; a restarted child has another URL
        self._in_turn: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def has(self, name: str, adapter: str) -> bool:
        """Whether the service has a version, loading it if need be; why not is in the log.

        Args:
            name: the version's id.
            adapter: the content hash of its weights.
        """
        if not self._folder:
            log.warning("a version cannot be loaded; the base stands in", version=name, why="there is no folder of adapters")
            return False
        self._paths[name] = f"{self._folder.rstrip('/')}/{adapter}"
        return await self._load(name)

    def holds(self, name: str) -> bool:
        """Whether a name is a version that was asked for here."""
        return name in self._paths

    async def again(self, name: str) -> bool:
        """Loads a version that the service has lost; whether it has it now."""
        self._loaded = {(url, known) for url, known in self._loaded if known != name}
        return await self._load(name)

    async def _load(self, name: str) -> bool:
        async with self._in_turn[name]:
            try:
                key = (await self._api.server.url(), name)
                if key in self._loaded:
                    return True
                await self._api.post("/load_lora_adapter", {"lora_name": name, "lora_path": self._paths[name]}, any_answer=True)
            except Declined as error:
                if "already" not in error.reason.lower():  # vLLM's word for a name it has
                    log.warning("a version cannot be loaded; the base stands in", version=name, why=error.reason)
                    return False
            except MuselabError as error:  # a service that is down will say so again when the base is asked for
                log.warning("a version cannot be loaded; the base stands in", version=name, why=str(error))
                return False
            self._loaded.add(key)
            log.info("a version is loaded", version=name)
            return True
