"""Media over HTTP: OpenAI's paths for pictures and speech, their like for music and words about pictures, one path for all.

Every path answers at once, or with `stream: true` as server-sent events: steps, pieces of files, works. Hanging up ends the work.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from aiohttp import web

from bot.domain.modalities import MODALITIES
from generators.engines.making import Attachment, Commission, Task, Unmakeable, Work
from generators.service.events import BadRequest
from generators.service.media_answers import error_of, item, told_events, whole
from generators.service.media_forms import decoded, form, json_body
from generators.service.media_workers import Broke, MediaWorkers, Step
from generators.service.telling import answered
from generators.service.wire import requests
from generators.service.wire.media import FORMATS, Edits, Images, MediaRequest, Music, Speech, Understanding

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger(__name__)


class MediaHttp:
    """The handlers."""

    def __init__(self, workers: MediaWorkers) -> None:
        self.workers = workers

    def register(self, app: web.Application) -> None:
        """Adds the paths to an application."""
        app.router.add_get("/v1/media", self.able)
        app.router.add_post("/v1/media/{task}", told(self.anything))
        app.router.add_post("/v1/images/generations", told(self.images))
        app.router.add_post("/v1/images/edits", told(self.edits))
        app.router.add_post("/v1/images/understand", told(self.understand))
        app.router.add_post("/v1/audio/speech", told(self.speech))
        app.router.add_post("/v1/audio/music", told(self.music))

    async def able(self, _request: web.Request) -> web.Response:
        """What is made here, by what, and what runs now."""
        workers = self.workers
        tasks = {
            task: {
                "able": workers.can(task),
                "model": getattr(workers.settings, task, "embedded"),
                "running": task in workers.running,
                "peak_mb": round(workers.peaks_mb.get(task, 0.0), 1),
            }
            for task in MODALITIES
        }
        return web.json_response({"object": "media", "waiting": workers.waiting, "made": workers.made, "tasks": tasks})

    async def anything(self, request: web.Request) -> web.StreamResponse:
        """Any commission, with everything that comes of it."""
        task = request.match_info["task"]
        if task not in MODALITIES:
            raise BadRequest(f"There is no task “{task[:30]}”. There are: {', '.join(MODALITIES)}.", code="unknown_task")
        asked = requests.parsed(MediaRequest, await json_body(request))
        commission = Commission(
            task=task,
            text=asked.text,
            options=asked.options,
            attachments=tuple(decoded(one.name, one.media_type, one.b64_json) for one in asked.attachments),
            count=asked.count,
            seed=asked.seed,
        )
        if asked.stream:
            return await self._stream(request, commission, asked.language)
        works = await self._whole(commission, asked.language)
        return await answered(lambda: {"works": [whole(work) for work in works]})

    async def images(self, request: web.Request) -> web.StreamResponse:
        """Pictures of words."""
        return await self._pictures("image", request, requests.parsed(Images, await json_body(request)))

    async def edits(self, request: web.Request) -> web.StreamResponse:
        """Pictures made of pictures."""
        fields, files = await form(request)
        asked = requests.parsed(Edits, fields)
        if not files:
            raise BadRequest("image: a picture is needed.", param="image")
        return await self._pictures("image", request, asked, files)

    async def understand(self, request: web.Request) -> web.StreamResponse:
        """Words about a picture."""
        fields, files = await form(request)
        asked = requests.parsed(Understanding, fields)
        self._known("vision", asked.model)
        if not files:
            raise BadRequest("image: a picture is needed.", param="image")
        commission = Commission(task="vision", text=asked.prompt, options=asked.options, attachments=tuple(files))
        if asked.stream:
            return await self._stream(request, commission, "en")
        work = (await self._whole(commission, "en"))[0]
        return web.json_response({"text": work.alt, "facts": dict(work.facts), "traits": dict(work.traits)})

    async def music(self, request: web.Request) -> web.StreamResponse:
        """Tunes, also from notes in a file."""
        fields, files = await form(request)
        return await self._pictures("music", request, requests.parsed(Music, fields), files)

    async def speech(self, request: web.Request) -> web.StreamResponse:
        """Spoken words, as the bytes of a sound file."""
        asked = requests.parsed(Speech, await json_body(request))
        self._known("speech", asked.model)
        commission = Commission(task="speech", text=asked.input, options=asked.all_options(), seed=asked.chosen_seed)
        if asked.stream or asked.stream_format == "sse":
            return await self._stream(request, commission, "en")
        work = (await self._whole(commission, "en"))[0]
        wanted = FORMATS[asked.response_format]
        sound = next((file for file in work.files if file.media_type == wanted), None)
        if sound is None:
            raise BadRequest(f"response_format: this voice makes no {asked.response_format}.", param="response_format")
        return web.Response(body=sound.content, content_type=sound.media_type)

    # inside

    def _known(self, task: Task, model: str) -> None:
        if model not in ("", task, getattr(self.workers.settings, task)):
            raise BadRequest(f"There is no model “{model[:60]}” for this here.", param="model", code="model_not_found")

    async def _whole(self, commission: Commission, language: str) -> list[Work]:
        async with aclosing(self.workers.make(commission, language=language)) as events:
            works = [event async for event in events if isinstance(event, Work)]
        if not works:
            raise Broke("Nothing came of it.")
        return works

    async def _pictures(
        self, task: Task, request: web.Request, asked: Images | Music, files: Sequence[Attachment] = ()
    ) -> web.StreamResponse:
        """OpenAI's answer for pictures; for tunes likewise."""
        self._known(task, asked.model)
        commission = Commission(
            task=task,
            text=asked.prompt,
            options=asked.all_options(),
            attachments=tuple(files),
            count=asked.n,
            seed=asked.chosen_seed,
        )
        if asked.stream:
            return await self._stream(request, commission, "en")
        works = await self._whole(commission, "en")
        as_url, now = asked.response_format == "url", int(time.time())
        return await answered(lambda: {"created": now, "data": [item(work, as_url=as_url) for work in works]})

    async def _stream(self, request: web.Request, commission: Commission, language: str) -> web.StreamResponse:
        """Steps, pieces of files and works as they come; what goes wrong before the first of them has a status of its own."""
        events = self.workers.make(commission, language=language)
        async with aclosing(events):
            first = await anext(events, None)
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
            await response.prepare(request)
            try:
                if first is not None:
                    async for message in told_events(chained(first, events)):
                        await response.write(b"data: " + json.dumps(message, separators=(",", ":")).encode() + b"\n\n")
                await response.write(b"data: [DONE]\n\n")
            except (Unmakeable, Broke) as error:
                await response.write(b"data: " + json.dumps(error_of(error)).encode() + b"\n\n")
            await response.write_eof()
            return response


async def chained(first: Step | Work, rest: AsyncGenerator[Step | Work, None]) -> AsyncGenerator[Step | Work, None]:
    """The first event and those after it."""
    yield first
    async for event in rest:
        yield event


def told(handler: Handler) -> Handler:
    """The handler, its errors as OpenAI's clients read them."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Unmakeable, Broke) as error:
            return web.json_response(error_of(error), status=400 if isinstance(error, Unmakeable) else 500)

    return answered
