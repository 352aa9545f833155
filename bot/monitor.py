"""The bot as seen from outside: `/health`, `/ready` and `/metrics` over HTTP."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from bot.config import MonitorTable
from bot.domain.errors import Misconfigured, Outage
from bot.furnishing import House
from bot.metrics import TEXT, Counting
from bot.ports import Chat, Health
from bot.words import _

LOOK_S = 2.0  # for the database's and the generator's answer; a scraper waits ten seconds, a health check often three


class Monitor:
    """Answers whoever looks at the bot. It tells no words of people, and no names."""

    def __init__(self, house: House, chats: Sequence[Chat]) -> None:
        self.house = house
        self.chats = chats

    def app(self) -> web.Application:
        """The application."""
        app = web.Application()
        app.router.add_get("/health", self.health)
        app.router.add_get("/ready", self.ready)
        app.router.add_get("/metrics", self.metrics)
        return app

    async def health(self, _request: web.Request) -> web.Response:
        """That the process lives and its event loop turns; restart it where this does not answer."""
        return web.json_response({"status": "ok"})

    async def ready(self, _request: web.Request) -> web.Response:
        """Whether people are served: chats connected, database there, not stopping. The generator is told of beside that."""
        outbox, generator = await asyncio.gather(self._outbox(), self._generator())
        chats = {chat.name: chat.ready for chat in self.chats}
        ready = all(chats.values()) and outbox is not None and not self.house.desk.closing
        told = {"ready": generator.ready, "doing": generator.doing}
        body = {"ready": ready, "chats": chats, "database": outbox is not None, "generator": told}
        return web.json_response(body, status=200 if ready else 503)

    async def metrics(self, _request: web.Request) -> web.Response:
        """Everything that is counted, and how things stand now."""
        services, meter = self.house.services, self.house.meter
        outbox, generator = await asyncio.gather(self._outbox(), self._generator())
        for what, turnstile in (("words", services.brainstorming.turnstile), ("media", services.making.turnstile)):
            meter.waiting.labels(what).set(turnstile.waiting)
            meter.working.labels(what).set(turnstile.working)
        for chat in self.chats:
            meter.chat_ready.labels(chat.name).set(chat.ready)
        meter.inbox.set(self.house.desk.inbox.waiting)
        meter.outbox.set(self.house.desk.watch.redrawing + (outbox or 0))
        meter.store_ready.set(outbox is not None)
        meter.generator_ready.set(generator.ready)
        return web.Response(body=meter.text(), headers={"Content-Type": TEXT})

    async def _outbox(self) -> int | None:
        """How many messages of before are to be redrawn; None while the database does not answer."""
        try:
            async with asyncio.timeout(LOOK_S):
                return len(await self.house.store.stale_posts([chat.name for chat in self.chats]))
        except (Outage, TimeoutError):
            return None

    async def _generator(self) -> Health:
        try:
            async with asyncio.timeout(LOOK_S):
                return await self.house.generator.health()
        except (Outage, TimeoutError):
            return Health(ready=False, doing="")


@asynccontextmanager
async def monitored(table: MonitorTable, house: House, chats: Sequence[Chat]) -> AsyncIterator[None]:
    """Listens for the time of the block, where a port is set.

    Raises:
        Misconfigured: nobody can listen there.
    """
    if not table.port:
        yield
        return
    counting = Counting(house.meter)
    logging.getLogger().addHandler(counting)
    runner = web.AppRunner(Monitor(house, chats).app(), access_log=None)
    await runner.setup()
    try:
        await _bound(runner, table)
        yield
    finally:
        await runner.cleanup()
        logging.getLogger().removeHandler(counting)


async def _bound(runner: web.AppRunner, table: MonitorTable) -> None:
    try:
        await web.TCPSite(runner, table.host, table.port).start()
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno == errno.EADDRINUSE:
            why = _("the port is in use; choose another with MUSELAB_MONITOR__PORT")
        raise Misconfigured(
            _("The monitor cannot listen on {host}:{port}: {why}.").format(host=table.host, port=table.port, why=why)
        ) from error
