"""The child process as whoever asks it sees it: where another model is chosen, another child takes over once it is ready."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from bot.config import Settings
from bot.domain.errors import MuselabError
from bot.ports import Health
from generators.client.child import Child

LOOK_S = 1.0  # between two looks at what is chosen: one read of a file of some bytes
POLL_S = 0.5  # between two looks at a child that loads, or that ends what it has begun
LOADED_S = 1800.0  # a large model from a cold disk; a child that has not loaded it by then will not
ANSWER_S = 5.0  # for a look at a child on this machine
ENDED_S = 600.0  # for requests that the earlier child still works at: as long as the longest may take

log = logging.getLogger(__name__)


class Succession:
    """A child that is followed by another when `muselab model use` has chosen. It satisfies `generators.client.api.Server`.

    Until the new one has loaded its model the old one answers, and it ends when it has answered all that it was asked. A model
    that cannot be loaded changes nothing.
    """

    def __init__(self, settings: Settings, *, make: Callable[[Settings], Child] = Child, look_s: float = LOOK_S) -> None:
        """Nothing is started yet.

        Args:
            settings: as for `Child`.
            make: makes a child.
            look_s: between two looks at what is chosen.
        """
        self._settings = settings
        self._make = make
        self._look_s = look_s
        self._child = make(settings)
        self._model = settings.served.model
        self._following: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()  #: earlier children that end what they have begun

    @property
    def token(self) -> str:
        """See `Server`."""
        return self._child.token

    @property
    def pid(self) -> int | None:
        """The process id of the child that answers now."""
        return self._child.pid

    async def start(self) -> None:
        """Begins to run the child and to look at what is chosen; returns at once."""
        await self._child.start()
        if self._following is None:
            self._following = asyncio.create_task(self._follow(), name="chosen model")

    async def url(self) -> str:
        """See `Child.url`."""
        return await self._child.url()

    def state(self) -> Health | None:
        """See `Child.state`."""
        return self._child.state()

    async def close(self) -> None:
        """Stops every child and waits for their ends. Safe to call twice."""
        tasks = [task for task in (self._following, *self._leaving) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._child.close()

    async def _follow(self) -> None:
        """Looks at what is chosen, until cancelled."""
        refused = ""
        while True:
            await asyncio.sleep(self._look_s)
            model = self._settings.served.model
            if model == self._model:
                refused = ""
            elif model != refused and not await self._succeed(model):
                refused = model

    async def _succeed(self, model: str) -> bool:
        """Has a child with another model take over; whether it could."""
        child = self._make(self._settings)
        await child.start()
        try:
            async with asyncio.timeout(LOADED_S):
                while not await _ready(child):
                    state = child.state()
                    if state is not None and state.failed:
                        log.warning("the chosen model cannot be loaded; the one before goes on", extra={"why": state.doing})
                        await child.close()
                        return False
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            log.warning("the chosen model was not loaded in time; the one before goes on")
            await child.close()
            return False
        except BaseException:
            await child.close()
            raise
        old, self._child, self._model = self._child, child, model
        log.info("the chosen model has taken over")
        leaving = asyncio.create_task(_end(old), name="earlier model")
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        return True


async def _ready(child: Child) -> bool:
    """Whether a child has loaded its model."""
    if child.state() is not None:
        return False
    told = await _asked(child, "/health")
    return told is not None and told.get("status") == "ready"


async def _end(child: Child) -> None:
    """Ends a child when it has answered all that it was asked."""
    try:
        async with asyncio.timeout(ENDED_S):
            quiet = 0
            while quiet < 2:  # a request may be on its way to it
                await asyncio.sleep(POLL_S)
                told = None if child.state() is not None else await _asked(child, "/ready")
                quiet = quiet + 1 if told is None or not told.get("under_way") else 0
    except TimeoutError:
        log.warning("an earlier model was ended in the middle of its work")
    finally:
        await child.close()


async def _asked(child: Child, path: str) -> dict[str, object] | None:
    """What a child answers at a path beside its API; None: nothing."""
    import aiohttp  # a fifth of a second: the first child has begun by then

    with contextlib.suppress(MuselabError, aiohttp.ClientError, TimeoutError, ValueError):
        url = (await child.url()).removesuffix("/v1") + path
        headers, patience = {"Authorization": f"Bearer {child.token}"}, aiohttp.ClientTimeout(total=ANSWER_S)
        async with aiohttp.ClientSession(timeout=patience) as session, session.get(url, headers=headers) as response:
            told = await response.json()
            return told if isinstance(told, dict) else None
    return None
