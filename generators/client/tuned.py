"""Tuned versions of a model on a generation service: loaded by name, the way vLLM does it, and remembered."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from http import HTTPStatus

import structlog

from bot.domain.errors import MuselabError
from generators.client.answered import Declined
from generators.client.api import Api
from generators.client.fleet import Fleet

AGAIN_S = 30.0  # a version that was refused is tried again so long after: soon for who mends it, seldom for who reads the log

log = structlog.get_logger(__name__)


class Adapters:
    """Which versions a service has. A name belongs to one version of one team for ever, so what is loaded is the right one."""

    def __init__(self, api: Api | Fleet, folder: str, again_s: float = AGAIN_S) -> None:
        """Knows of nothing loaded yet.

        Args:
            api: the service, or services.
            folder: where the service finds weights, each in a folder named by its content hash; empty: nowhere.
            again_s: after which a version that was refused is tried again.
        """
        self._api = api
        self._again_s = again_s
        self._refused: dict[str, float] = {}  #: versions that stay refused until then, on the event loop's clock
        self._folder = folder
        self._paths: dict[str, str] = {}  #: of every version that was asked for
        self._loaded: set[tuple[str, int, str]] = (
            set()
        )  #: base URL of a server, its life, and name; a restarted child has another URL
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
        return self._refused.get(name, 0.0) <= asyncio.get_running_loop().time() and await self._load(name)

    def holds(self, name: str) -> bool:
        """Whether a name is a version that was asked for here."""
        return name in self._paths

    async def again(self, name: str) -> bool:
        """Loads a version that the service has lost; whether it has it now."""
        self._loaded = {key for key in self._loaded if key[-1] != name}
        return await self._load(name)

    async def _load(self, name: str) -> bool:
        """Loads a version on every server that can be reached; whether none of them refused and one has it."""
        async with self._in_turn[name]:
            outcomes = await asyncio.gather(*(self._load_at(one, name) for one in self._api.members))
        self._refused.pop(name, None)
        if None in outcomes:
            self._refused[name] = asyncio.get_running_loop().time() + self._again_s
        return None not in outcomes and True in outcomes

    async def _load_at(self, one: Api, name: str) -> bool | None:
        """Whether a server has a version now; None: it refused to load it."""
        try:
            key = (await one.server.url(), one.lives, name)
            if key in self._loaded:
                return True
            await self._ask(one, {"lora_name": name, "lora_path": self._paths[name]})
        except Declined as error:
            if "already" not in error.reason.lower():  # vLLM's word for a name it has
                log.warning("a version cannot be loaded; the base stands in", version=name, why=error.reason)
                return None
        except MuselabError as error:  # a service that is down will say so again when the base is asked for
            log.warning("a version cannot be loaded; the base stands in", version=name, why=str(error))
            return False
        self._loaded.add(key)
        log.info("a version is loaded", version=name, service=one.name)
        return True

    async def _ask(self, one: Api, body: dict[str, str]) -> None:
        """Asks where vLLM has it, then where SGLang has it: beside `/v1`."""
        try:
            await one.post("/load_lora_adapter", body, any_answer=True)
        except Declined as error:
            if error.status != HTTPStatus.NOT_FOUND or error.reason.lower() != "not found":
                raise
            await one.post("/load_lora_adapter", body, any_answer=True, root=True)
