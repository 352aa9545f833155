"""The HTTP side of the generation service: OpenAI's API in front of a worker. It knows no torch."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

from aiohttp import web

from generators.service import openapi
from generators.service.aliases import meant
from generators.service.doors import Door
from generators.service.error_bodies import ShuttingDown, StillLoading, crowded, error_answer, failed
from generators.service.events import BadRequest
from generators.service.loading import Loading
from generators.service.media_http import MediaHttp
from generators.service.metrics import Metrics
from generators.service.observing import Handler, Observing
from generators.service.taking import taken
from generators.service.text_http import TextHttp
from generators.service.wire import answers, requests
from generators.service.worker import Full, Worker

LONGEST_S = 30.0  # that a request waits for models which load; proxies give up on a silent answer after a minute
PREFERRED = re.compile(r"(?:^|[,;\s])wait=(\d{1,4})(?!\d)")  # in the header `Prefer`: RFC 7240, 4.3
MOST_BODY = 4 * 2**20  # bytes; 2 048 texts of an idea's length take a quarter

log = logging.getLogger(__name__)


class Service:
    """The handlers and what they share."""

    def __init__(
        self, loading: Loading, worker: Worker, *, token: str = "", door: Door | None = None, media: MediaHttp | None = None
    ) -> None:
        """Serves nobody yet.

        Args:
            loading: the models, once they are loaded.
            worker: what does the work.
            token: clients must send it; empty: none is asked for.
            door: who is let in; made of the token when left out.
            media: makes media; None: nobody does.
        """
        self.loading = loading
        self.media = media
        self.worker = worker
        self.metrics = Metrics()
        self.text = TextHttp(loading, worker, self.metrics, media)
        self._door = door or Door(token=token)

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(client_max_size=MOST_BODY, middlewares=[self._guard])
        Observing(self.metrics).join(app)
        app.router.add_get("/health", self.health)
        app.router.add_get("/ready", self.ready)
        app.router.add_get("/metrics", self.tell_metrics)
        app.router.add_get("/openapi.json", self.describe)
        app.router.add_get("/v1/models", self.list_models)
        app.router.add_get("/v1/models/{model}", self.one_model)
        app.router.add_post("/v1/load_lora_adapter", self.load_adapter)
        app.router.add_post("/v1/unload_lora_adapter", self.unload_adapter)
        self.text.register(app)
        if self.media is not None:
            self.media.register(app)
        return app

    # what runs around every handler

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Asks for the token, and gives every error OpenAI's shape."""
        if (refusal := self._door.refusal(request)) is not None:
            return refusal
        try:
            return await self._answered(request, handler)
        except BadRequest as error:
            return error_answer(error.status, str(error), param=error.param, code=error.code)
        except Full as full:
            return failed(ShuttingDown()) if self.worker.draining else crowded(full)
        except web.HTTPRequestEntityTooLarge:
            return error_answer(413, f"The body is larger than {MOST_BODY} bytes.")
        except web.HTTPException as error:
            return error_answer(error.status, f"{request.method} {request.path}: {error.reason}.")
        except (StillLoading, ShuttingDown) as error:
            return failed(error)
        except Exception as error:
            log.exception("a request failed", extra={"path": request.path})
            return failed(error)

    async def _answered(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A handler's answer; of whoever prefers to wait while the models load, once they are there."""
        try:
            return await handler(request)
        except StillLoading:
            seconds = patience(request)
            if not (seconds and await self.loading.end.within(seconds)):
                raise
            return await handler(request)

    # handlers

    async def health(self, _request: web.Request) -> web.Response:
        """Whether work can be done, and how far the loading is."""
        loading = self.loading
        body: dict[str, Any] = {"status": loading.status, "doing": loading.doing, "done": round(loading.done, 3)}
        if loading.models is not None:
            body["model"] = loading.models.names[0]
        return web.json_response(body, status=200 if loading.status == "ready" else 503)

    async def ready(self, _request: web.Request) -> web.Response:
        """Whether new requests are welcome: for who shares requests out among several services."""
        taking = self.loading.status == "ready" and not self.worker.draining
        return web.json_response({"ready": taking, "under_way": self.metrics.under_way}, status=200 if taking else 503)

    async def describe(self, _request: web.Request) -> web.Response:
        """The paths and what they take, for clients and for who tests them."""
        return web.json_response(openapi.document(media=self.media is not None))

    async def tell_metrics(self, _request: web.Request) -> web.Response:
        """Counters and gauges."""
        worker = self.worker
        now = {
            "waiting_requests": worker.waiting,
            "rows": worker.rows,
            "busy_seconds": worker.busy_s,
            "worker_crashes": worker.crashes,
            **self._memory(),
            "ready": float(self.loading.status == "ready" and not worker.draining),
        }
        return web.Response(text=self.metrics.text(now, worker.passes), content_type="text/plain")

    def _memory(self) -> dict[str, float]:
        """What keys, values and adapters take and may take, bytes."""
        models = self.loading.models
        if models is None:
            return {}
        return {
            "kv_bytes": models.text.held_bytes,
            "kv_budget_bytes": models.budget.keys,
            "adapters": len(models.adapter_cache.names),
            "adapter_bytes": models.adapter_cache.size,
            "adapter_budget_bytes": models.budget.adapters,
            "adapter_hits": models.adapter_cache.hits,
            "adapter_reads": models.adapter_cache.reads,
        }

    async def list_models(self, _request: web.Request) -> web.Response:
        """The models of every kind, texts' first."""
        return web.json_response({"object": "list", "data": self._listed()})

    async def one_model(self, request: web.Request) -> web.Response:
        """One of them, by its own name or by that of OpenAI's which it stands in for."""
        name = request.match_info["model"]
        listed = self._listed()
        found = next((model for model in listed if model["id"] == name), None)
        found = found or next((model for model in listed if model["modality"] == meant(name)), None)
        if found is None:
            raise BadRequest("There is no such model.", param="model", code="model_not_found")
        return web.json_response(found)

    def _listed(self) -> list[answers.Json]:
        media = self.media.models() if self.media is not None else []
        if self.loading.models is None and self.loading.status == "ready":
            return media  # this service makes media only
        return [*self.text.models().listed(), *media]

    async def load_adapter(self, request: web.Request) -> web.Response:
        """Takes an adapter into service, as vLLM does."""
        models = self.text.models()
        asked = await taken(request, requests.LoadAdapter)
        await asyncio.to_thread(models.adapter_cache.load, asked.lora_name, asked.lora_path)
        log.info("an adapter is in service", extra={"adapter": asked.lora_name})
        return web.Response(text=f"Success: LoRA adapter '{asked.lora_name}' added successfully.")

    async def unload_adapter(self, request: web.Request) -> web.Response:
        """Takes an adapter out of service."""
        models = self.text.models()
        asked = await taken(request, requests.UnloadAdapter)
        models.adapter_cache.unload(asked.lora_name)
        return web.Response(text=f"Success: LoRA adapter '{asked.lora_name}' removed successfully.")


def patience(request: web.Request) -> float:
    """How many seconds a request prefers to wait for models that load; 0 where it says nothing of that."""
    said = PREFERRED.search(",".join(request.headers.getall("Prefer", [])))
    return min(LONGEST_S, float(said[1])) if said else 0.0
