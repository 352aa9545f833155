"""The service as a process: binds its port, loads, serves, ends."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from aiohttp import web

from bot.config import MediaTable, ServiceTable
from bot.domain.errors import Misconfigured
from bot.words import _
from generators.service.app import Service
from generators.service.doors import Door, is_loopback, refuse_open
from generators.service.loading import Loading
from generators.service.media_http import MediaHttp
from generators.service.media_workers import MediaWorkers
from generators.service.worker import Worker

DRAIN_S = 2.0  # for the end of what is under way in a bot's child: its bot is ending too, and makes the drafts again

log = logging.getLogger(__name__)


def serve(settings: ServiceTable, *, cache: Path, media: MediaTable, loading: Loading) -> None:
    """See `generators.service.serve`; `loading` has begun, or begins once there is a port."""
    refuse_open(settings)
    loading.look(settings)
    if settings.tied:
        threading.Thread(target=_end_with_stdin, name="stdin", daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(settings, cache, media, loading))


async def _serve(settings: ServiceTable, cache: Path, media: MediaTable, loading: Loading) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(number, ended.set)
    worker = Worker(deadline_s=settings.deadline_s)

    def loaded() -> None:
        if loading.error is not None:
            loop.call_soon_threadsafe(ended.set)
        if loading.models is not None:
            loading.models.budget.settle(worker, loading.models.text)
        log.info("loading ended", extra={"status": loading.status})

    workers = MediaWorkers(media, cache)
    token = settings.token.get_secret_value()
    door = Door(
        token=token, hosts=[host for host in settings.hosts.split(",") if host.strip()], loopback=is_loopback(settings.host)
    )
    service = Service(loading, worker, door=door, media=MediaHttp(workers))
    runner = web.AppRunner(service.app(), handler_cancellation=True, access_log=None, shutdown_timeout=DRAIN_S)
    await runner.setup()
    try:
        url = await _bound(runner, settings)
        worker.start()
        loading.begin(settings, cache)
        loading.end.then(loaded)
        sys.stdout.write(json.dumps({"listening": url}) + "\n")
        sys.stdout.flush()
        await ended.wait()
        await _drained(worker, DRAIN_S if settings.tied else settings.drain_s)
    finally:
        worker.close(wait_s=DRAIN_S)
        await workers.close()
        await runner.cleanup()
    if loading.error is not None:
        raise loading.error


async def _drained(worker: Worker, seconds: float) -> None:
    """Lets what is under way end, while new requests are told that the service is being stopped."""
    worker.drain()
    if not worker.idle:
        log.info("the service ends when its requests have", extra={"rows": worker.rows, "waiting": worker.waiting})
    await asyncio.to_thread(worker.rest, seconds)


async def _bound(runner: web.AppRunner, settings: ServiceTable) -> str:
    """Listens, and says where."""
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = _("the port is in use; choose another with MUSELAB_SERVICE__PORT")
        else:
            why = error.strerror or str(error)
        raise Misconfigured(
            _("The generation service cannot listen on {host}:{port}: {why}.").format(
                host=settings.host, port=settings.port, why=why
            )
        ) from error
    host, port = runner.addresses[0][:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _end_with_stdin() -> None:
    """Ends this process at once when whoever started it is gone: nobody is left to answer to."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    os._exit(0)
