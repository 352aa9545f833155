"""The HTTP side of the generation service: OpenAI's API in front of a worker. It knows no torch."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import web

from generators.service import openapi, wire, wire_answers
from generators.service.doors import Door
from generators.service.error_bodies import ShuttingDown, StillLoading, crowded, error_answer, failed
from generators.service.events import BadRequest, Began, Event, Job, Piece, Vectors
from generators.service.loading import Loading, Models
from generators.service.media_http import MediaHttp
from generators.service.metrics import Metrics
from generators.service.streaming import stream, whole
from generators.service.submitting import submitted
from generators.service.taking import fit, taken
from generators.service.telling import answered
from generators.service.worker import Full, Worker

MOST_BODY = 4 * 2**20  # bytes; 2 048 texts of an idea's length take a quarter

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

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
        self._door = door or Door(token=token)

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(client_max_size=MOST_BODY, middlewares=[self._guard])
        app.router.add_get("/health", self.health)
        app.router.add_get("/ready", self.ready)
        app.router.add_get("/metrics", self.tell_metrics)
        app.router.add_get("/openapi.json", self.describe)
        app.router.add_get("/v1/models", self.list_models)
        app.router.add_get("/v1/models/{model}", self.one_model)
        app.router.add_post("/v1/completions", self.complete)
        app.router.add_post("/v1/chat/completions", self.chat)
        app.router.add_post("/v1/embeddings", self.embed)
        app.router.add_post("/v1/load_lora_adapter", self.load_adapter)
        app.router.add_post("/v1/unload_lora_adapter", self.unload_adapter)
        if self.media is not None:
            self.media.register(app)
        return app

    # what runs around every handler

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Asks for the token, counts, and gives every error OpenAI's shape."""
        resource = request.match_info.route.resource
        path = resource.canonical if resource else "other"
        asked = request.method == "POST"
        self.metrics.under_way += asked
        try:
            response = await self._answered(request, handler)
        except asyncio.CancelledError:
            self.metrics.cancelled += 1
            raise
        finally:
            self.metrics.under_way -= asked
        self.metrics.requests[path, response.status] += 1
        return response

    async def _answered(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if (refusal := self._door.refusal(request)) is not None:
            return refusal
        try:
            return await handler(request)
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
        """The models."""
        return web.json_response(self._listed())

    async def one_model(self, request: web.Request) -> web.Response:
        """One of them."""
        for model in self._listed()["data"]:
            if model["id"] == request.match_info["model"]:
                return web.json_response(model)
        raise BadRequest("There is no such model.", param="model", code="model_not_found")

    def _listed(self) -> dict[str, Any]:
        models = self._models()
        return wire_answers.models(*models.names, models.adapter_cache.names, created=models.loaded_at, told=models.told)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Continues prompts."""
        models = self._models()
        asked = await taken(request, wire.CompletionRequest)
        fit(asked, models.text.tokens.most)
        answer = wire_answers.Answer(f"cmpl-{secrets.token_hex(12)}", asked.model or models.names[0], chat=False)
        jobs = models.completion(asked, await self._adapter(models, asked.model))
        return await self._sampled(request, asked, jobs, answer, told=asked.logprobs is not None)

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """Answers a conversation."""
        models = self._models()
        asked = await taken(request, wire.ChatRequest)
        fit(asked, models.text.tokens.most)
        answer = wire_answers.Answer(f"chatcmpl-{secrets.token_hex(12)}", asked.model or models.names[0], chat=True)
        jobs = models.chat(asked, await self._adapter(models, asked.model))
        return await self._sampled(request, asked, jobs, answer, told=asked.logprobs)

    async def load_adapter(self, request: web.Request) -> web.Response:
        """Takes an adapter into service, as vLLM does."""
        models = self._models()
        asked = await taken(request, wire.LoadAdapter)
        await asyncio.to_thread(models.adapter_cache.load, asked.lora_name, asked.lora_path)
        log.info("an adapter is in service", extra={"adapter": asked.lora_name})
        return web.Response(text=f"Success: LoRA adapter '{asked.lora_name}' added successfully.")

    async def unload_adapter(self, request: web.Request) -> web.Response:
        """Takes an adapter out of service."""
        models = self._models()
        asked = await taken(request, wire.UnloadAdapter)
        models.adapter_cache.unload(asked.lora_name)
        return web.Response(text=f"Success: LoRA adapter '{asked.lora_name}' removed successfully.")

    async def embed(self, request: web.Request) -> web.Response:
        """Vectors of texts."""
        models = self._models()
        asked = await taken(request, wire.EmbeddingRequest)
        async with submitted(self.worker, models.embedding(asked), team(asked.user)) as events:
            async for event in events:
                if isinstance(event, Vectors):
                    self.metrics.prompt_tokens += event.tokens
                    name = models.names[1] or ""
                    form = (asked.encoding_format, asked.dimensions)
                    told = partial(wire_answers.embeddings, event.rows, name, event.tokens, *form)
                    return await answered(told)
        raise ShuttingDown

    # inside

    async def _adapter(self, models: Models, name: str) -> Any:
        """The adapter that a request names; None: the model itself."""
        if name in ("", models.text.name):
            return None
        return await asyncio.to_thread(models.adapter, name)

    def _models(self) -> Models:
        if self.loading.models is None:
            if self.loading.status == "ready":
                raise BadRequest("This service has no text model: it makes media only.", param="model", code="model_not_found")
            raise StillLoading(self.loading.doing)
        return self.loading.models

    async def _sampled(
        self, request: web.Request, asked: wire.Sampled, jobs: list[Job], answer: wire_answers.Answer, *, told: bool
    ) -> web.StreamResponse:
        """Runs jobs and answers with their choices, at once or as a stream."""
        began = time.monotonic()
        async with submitted(self.worker, jobs, team(asked.user)) as events:
            prompt_tokens = 0
            for _job in jobs:
                first = await anext(events, None)  # a prompt that cannot be served is told before a stream begins
                if not isinstance(first, Began):
                    raise ShuttingDown
                prompt_tokens += first.prompt_tokens
            self.metrics.prompt_tokens += prompt_tokens
            pieces = self._pieces(events, began)
            if asked.stream:
                used = bool(asked.stream_options and asked.stream_options.include_usage)
                return await stream(request, pieces, answer, prompt_tokens=prompt_tokens, told=told, used=used)
            return await whole(pieces, answer, prompt_tokens=prompt_tokens, told=told)

    async def _pieces(self, events: AsyncIterator[Event], began: float) -> AsyncIterator[Piece]:
        """The pieces among the events, counted."""
        last: dict[int, float] = {}  # when each choice had its last token
        async for event in events:
            if not isinstance(event, Piece):
                continue
            now = time.monotonic()
            if event.spent:
                if not last:
                    self.metrics.first_s.add(now - began)
                if event.choice in last:
                    self.metrics.token_s.add((now - last[event.choice]) / event.spent, event.spent)
                last[event.choice] = now
            self.metrics.completion_tokens += event.spent
            yield event
        self.metrics.lasted_s.add(time.monotonic() - began)


def team(user: str) -> str:
    """Who a request is for, as far as the service needs to know: the same team, not which one."""
    return hashlib.blake2b(user.encode(), digest_size=8).hexdigest() if user else ""
