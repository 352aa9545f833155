"""The media service over real HTTP, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from generators.service.app import Service
from generators.service.loading import Loading
from generators.service.media_http import MediaHttp
from generators.service.media_workers import MediaWorkers
from generators.service.worker import Worker

TOKEN = "secret"


@asynccontextmanager
async def serving(workers: MediaWorkers) -> AsyncIterator[str]:
    """Serves a studio and no text; yields the base of its API."""
    loading = Loading()
    loading.nothing()
    runner = web.AppRunner(Service(loading, Worker(), token=TOKEN, media=MediaHttp(workers)).app(), handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    await workers.close()
    await runner.cleanup()
