"""What is noted of every request: how it ended, how long it took, and what it belongs to."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from aiohttp import web
from structlog.contextvars import get_contextvars

from bot import tracing
from generators.service.metrics import Metrics

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger(__name__)


class Observing:
    """Looks at requests from their coming to the end of their answer."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics

    def join(self, app: web.Application) -> None:
        """Looks at an application's requests, around all that it does with them."""
        app.middlewares.insert(0, self._watch)
        app.on_response_prepare.append(_tell_id)

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        path, began = resource.canonical if resource else "other", time.monotonic()
        with tracing.asked(f"{request.method} {path}", request.headers) as id:
            asked = request.method == "POST"
            self.metrics.under_way += asked
            try:
                response = await handler(request)
            except asyncio.CancelledError:
                self.metrics.cancelled += 1
                log.info("a client hung up", extra={"path": path, "seconds": round(time.monotonic() - began, 3)})
                raise
            finally:
                self.metrics.under_way -= asked
            self.metrics.requests[path, response.status] += 1
            if not response.prepared:
                response.headers[tracing.ID] = id
            if asked:  # those that only look are many, and cost nothing
                seconds = round(time.monotonic() - began, 3)
                log.info("answered", extra={"path": path, "status": response.status, "seconds": seconds})
            return response


async def _tell_id(_request: web.Request, response: web.StreamResponse) -> None:
    """A stream, too, carries the id under which the log has it; other answers leave when the request is over."""
    if id := get_contextvars().get("request"):
        response.headers[tracing.ID] = id
