"""Texts and vectors over HTTP: OpenAI's paths for completions, chats and embeddings, in front of a worker."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from aiohttp import web

from bot import tracing
from generators.service import responding
from generators.service.calls import apart
from generators.service.error_bodies import ShuttingDown, StillLoading
from generators.service.events import BadRequest, Began, Event, Job, Piece, Vectors
from generators.service.following import followed
from generators.service.loading import Loading, Models
from generators.service.media_http import MediaHttp, told
from generators.service.metrics import Metrics
from generators.service.pictures_in_words import seen
from generators.service.streaming import stream, whole
from generators.service.taking import fit, taken
from generators.service.telling import answered
from generators.service.wire import answers, requests
from generators.service.wire.chats import ChatRequest
from generators.service.wire.responses import Envelope, ResponseRequest
from generators.service.worker import Worker

MOST_BODY = 32 * 2**20  # bytes of a conversation: a large photo as text; a conversation itself has a few thousand


class TextHttp:
    """The handlers."""

    def __init__(self, loading: Loading, worker: Worker, metrics: Metrics, media: MediaHttp | None = None) -> None:
        self.loading = loading
        self.worker = worker
        self.metrics = metrics
        self.media = media

    def register(self, app: web.Application) -> None:
        """Adds the paths to an application."""
        app.router.add_post("/v1/completions", self.complete)
        app.router.add_post("/v1/chat/completions", told(self.chat))
        app.router.add_post("/v1/responses", told(self.respond))
        app.router.add_post("/v1/embeddings", self.embed)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Continues prompts."""
        models = self.models()
        asked = await taken(request, requests.CompletionRequest)
        fit(asked, models.text.tokens.most)
        answer = answers.Answer(f"cmpl-{secrets.token_hex(12)}", models.called(asked.model), chat=False)
        jobs = models.completion(asked, await self._adapter(models, asked.model))
        return await self._sampled(request, asked, jobs, answer, telling=asked.logprobs is not None)

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """Answers a conversation."""
        models = self.models()
        asked = await self._conversation(await taken(request, ChatRequest, most=MOST_BODY), models)
        answer = answers.Answer(f"chatcmpl-{secrets.token_hex(12)}", models.called(asked.model), chat=True)
        jobs = models.chat(asked, await self._adapter(models, asked.model))
        return await self._sampled(request, asked, jobs, answer, telling=asked.logprobs)

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Answers a conversation in the shape of OpenAI's newer path."""
        models = self.models()
        wanted = await taken(request, ResponseRequest, most=MOST_BODY)
        asked = await self._conversation(wanted.chat, models)
        envelope = Envelope(wanted, models.called(asked.model))
        jobs = models.chat(asked, await self._adapter(models, asked.model))
        async with self._begun(jobs, asked) as (pieces, prompt_tokens):
            if asked.stream:
                return await responding.stream(request, pieces, envelope, prompt_tokens=prompt_tokens)
            return await responding.whole(pieces, envelope, prompt_tokens=prompt_tokens)

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
        if name in ("", models.text.name):  # no file need be read
            return None
        return await asyncio.to_thread(models.adapter, name)

    async def _sampled(
        self, request: web.Request, asked: requests.Sampled, jobs: list[Job], answer: answers.Answer, *, telling: bool
    ) -> web.StreamResponse:
        """Runs jobs and answers with their choices, at once or as a stream."""
        async with self._begun(jobs, asked) as (pieces, prompt_tokens):
            if asked.stream:
                used = bool(asked.stream_options and asked.stream_options.include_usage)
                return await stream(request, pieces, answer, prompt_tokens=prompt_tokens, told=telling, used=used)
            return await whole(pieces, answer, prompt_tokens=prompt_tokens, told=telling)

    @asynccontextmanager
    async def _begun(self, jobs: list[Job], asked: requests.Sampled) -> AsyncIterator[tuple[AsyncIterator[Piece], int]]:
        """The pieces of jobs, once all of them have begun, and how many tokens their prompts have.

        A prompt that cannot be served is told before a stream begins.
        """
        began = time.monotonic()
        async with followed(self.worker, jobs, team(asked.user)) as events:
            prompt_tokens = 0
            for _job in jobs:
                first = await anext(events, None)
                if not isinstance(first, Began):
                    raise ShuttingDown
                prompt_tokens += first.prompt_tokens
            self.metrics.prompt_tokens += prompt_tokens
            pieces = self._pieces(events, began)
            calling = isinstance(asked, ChatRequest) and asked.calling is not None
            yield (apart(pieces) if calling else pieces), prompt_tokens

    async def _conversation(self, asked: ChatRequest, models: Models) -> ChatRequest:
        """The request with words in the place of its pictures, if it can be served."""
        asked = await seen(asked, self.media)
        fit(asked, models.text.tokens.most)
        return asked

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
                    tracing.note("first token")
                if event.choice in last:
                    self.metrics.token_s.add((now - last[event.choice]) / event.spent, event.spent)
                last[event.choice] = now
            self.metrics.completion_tokens += event.spent
            yield event
        self.metrics.lasted_s.add(time.monotonic() - began)


def team(user: str) -> str:
    """Who a request is for, as far as the service needs to know: the same team, not which one."""
    return hashlib.blake2b(user.encode(), digest_size=8).hexdigest() if user else ""
