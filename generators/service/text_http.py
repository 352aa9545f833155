"""Texts and vectors over HTTP: OpenAI's paths for completions, chats and embeddings, in front of a worker."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from aiohttp import web

from generators.service.error_bodies import ShuttingDown, StillLoading
from generators.service.events import BadRequest, Began, Event, Job, Piece, Vectors
from generators.service.following import followed
from generators.service.loading import Loading, Models
from generators.service.metrics import Metrics
from generators.service.streaming import stream, whole
from generators.service.taking import fit, taken
from generators.service.telling import answered
from generators.service.wire import answers, requests
from generators.service.worker import Worker


class TextHttp:
    """The handlers."""

    def __init__(self, loading: Loading, worker: Worker, metrics: Metrics) -> None:
        self.loading = loading
        self.worker = worker
        self.metrics = metrics

    def register(self, app: web.Application) -> None:
        """Adds the paths to an application."""
        app.router.add_post("/v1/completions", self.complete)
        app.router.add_post("/v1/chat/completions", self.chat)
        app.router.add_post("/v1/embeddings", self.embed)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Continues prompts."""
        models = self.models()
        asked = await taken(request, requests.CompletionRequest)
        fit(asked, models.text.tokens.most)
        answer = answers.Answer(f"cmpl-{secrets.token_hex(12)}", asked.model or models.names[0], chat=False)
        jobs = models.completion(asked, await self._adapter(models, asked.model))
        return await self._sampled(request, asked, jobs, answer, told=asked.logprobs is not None)

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """Answers a conversation."""
        models = self.models()
        asked = await taken(request, requests.ChatRequest)
        fit(asked, models.text.tokens.most)
        answer = answers.Answer(f"chatcmpl-{secrets.token_hex(12)}", asked.model or models.names[0], chat=True)
        jobs = models.chat(asked, await self._adapter(models, asked.model))
        return await self._sampled(request, asked, jobs, answer, told=asked.logprobs)

    async def embed(self, request: web.Request) -> web.Response:
        """Vectors of texts."""
        models = self.models()
        asked = await taken(request, requests.EmbeddingRequest)
        async with followed(self.worker, models.embedding(asked), team(asked.user)) as events:
            async for event in events:
                if isinstance(event, Vectors):
                    self.metrics.prompt_tokens += event.tokens
                    name = models.names[1] or ""
                    told = partial(answers.embeddings, event.rows, name, event.tokens, asked.encoding_format, asked.dimensions)
                    return await answered(told)
        raise ShuttingDown

    def models(self) -> Models:
        """The models.

        Raises:
            StillLoading: they are not there yet.
            BadRequest: there will be none.
        """
        if self.loading.models is None:
            if self.loading.status == "ready":
                raise BadRequest("This service has no text model: it makes media only.", param="model", code="model_not_found")
            raise StillLoading(self.loading.doing)
        return self.loading.models

    # inside

    async def _adapter(self, models: Models, name: str) -> Any:
        """The adapter that a request names; None: the model itself."""
        if name in ("", models.text.name):
            return None
        return await asyncio.to_thread(models.adapter, name)

    async def _sampled(
        self, request: web.Request, asked: requests.Sampled, jobs: list[Job], answer: answers.Answer, *, told: bool
    ) -> web.StreamResponse:
        """Runs jobs and answers with their choices, at once or as a stream."""
        began = time.monotonic()
        async with followed(self.worker, jobs, team(asked.user)) as events:
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
