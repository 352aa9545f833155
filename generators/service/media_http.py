"""Media over HTTP: OpenAI's paths for pictures and speech, their like for music and words about pictures, one path for all.

Every path answers at once, or with `stream: true` as server-sent events: steps, pieces of files, works. Hanging up ends the work.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from aiohttp import web

from bot.domain.modalities import MODALITIES
from bot.links import shown
from generators.engines.making import Attachment, Commission, Part, Task, Unmakeable, Work
from generators.service.aliases import meant
from generators.service.events import BadRequest
from generators.service.media_answers import (
    error_of,
    item,
    picture_events,
    speech_events,
    told_events,
    transcript,
    transcript_events,
    whole,
)
from generators.service.media_forms import decoded, form, json_body
from generators.service.media_workers import Broke, MediaWorkers, Step
from generators.service.telling import answered
from generators.service.wire import requests
from generators.service.wire.answers import Json, model
from generators.service.wire.media import FORMATS, Edits, Images, MediaRequest, Music, Speech, Transcription, Understanding

AS_SAID = ("pcm", "mp3", "opus", "ogg")  # formats that need not tell at their beginning how long they will be
Made = Step | Part | Work
Told = Callable[[AsyncGenerator[Made, None]], AsyncIterator[Json]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger(__name__)


class MediaHttp:
    """The handlers."""

    def __init__(self, workers: MediaWorkers) -> None:
        self.workers = workers
        self._since = int(time.time())

    def register(self, app: web.Application) -> None:
        """Adds the paths to an application."""
        app.router.add_get("/v1/media", self.able)
        app.router.add_post("/v1/media/{task}", told(self.anything))
        app.router.add_post("/v1/images/generations", told(self.images))
        app.router.add_post("/v1/images/edits", told(self.edits))
        app.router.add_post("/v1/images/understand", told(self.understand))
        app.router.add_post("/v1/audio/speech", told(self.speech))
        app.router.add_post("/v1/audio/transcriptions", told(self.transcribe))
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
        if asked.stream:
            return await self._stream(request, commission, "en")
        if asked.stream_format == "sse":
            return await self._stream(request, in_parts(commission), "en", told=speech_events)
        wanted = FORMATS[asked.response_format]
        if asked.response_format in AS_SAID:
            return await self._as_said(request, in_parts(commission), wanted)
        return spoken((await self._whole(commission, "en"))[0], wanted)

    async def _as_said(self, request: web.Request, commission: Commission, wanted: str) -> web.StreamResponse:
        """Speech breath by breath, in one answer; all at once where the engine gives no parts."""
        async with aclosing(self.workers.make(commission, language="en")) as events:
            first: Part | Work | None = None
            async for event in events:
                if not isinstance(event, Step):
                    first = event
                    break
            if not isinstance(first, Part):
                if first is None:
                    raise Broke("Nothing came of it.")
                return spoken(first, wanted)
            response = web.StreamResponse(headers={"Content-Type": wanted})
            await response.prepare(request)
            try:
                await response.write(first.content)
                async for event in events:
                    if isinstance(event, Part):
                        await response.write(event.content)
            except (Unmakeable, Broke) as error:  # the head is out: only a broken connection says that this is not all
                log.warning("speech ended in the middle", extra={"why": str(error)})
                response.force_close()
                if request.transport is not None:
                    request.transport.abort()
                return response
            await response.write_eof()
            return response

    async def transcribe(self, request: web.Request) -> web.StreamResponse:
        """A recording in words."""
        fields, files = await form(request)
        asked = requests.parsed(Transcription, fields)
        self._known("hearing", asked.model)
        if not files:
            raise BadRequest("file: a recording is needed.", param="file")
        commission = Commission(task="hearing", options=asked.all_options(), attachments=tuple(files))
        if asked.stream:
            return await self._stream(request, in_parts(commission), "en", told=transcript_events)
        work = (await self._whole(commission, "en"))[0]
        said = transcript(work, asked.response_format, asked.language)
        return web.Response(text=said) if isinstance(said, str) else web.json_response(said)

    async def described(self, picture: Attachment, question: str) -> str:
        """What a picture shows, in words.

        Raises:
            Unmakeable: it cannot be read, or nobody here sees; the message is for people.
            Broke: the engine failed.
        """
        commission = Commission(task="vision", text=question, attachments=(picture,))
        return (await self._whole(commission, "en"))[0].alt

    def models(self) -> list[Json]:
        """What GET /v1/models tells of what makes media here."""
        settings = self.workers.settings
        named = {task: getattr(settings, task, "embedded") for task in MODALITIES if self.workers.can(task)}
        return [
            model(task if name == "embedded" else name, made=task, created=self._since, root=f"muselab/{task}")
            for task, name in ((task, shown(name) if "://" in name else name) for task, name in named.items())
        ]

    # inside

    def _known(self, task: Task, name: str) -> None:
        named = getattr(self.workers.settings, task)
        if name not in ("", task, named, shown(named)) and meant(name) != task:
            raise BadRequest(f"There is no model “{name[:60]}” for this here.", param="model", code="model_not_found")

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
        if asked.stream and isinstance(asked, Images):
            kind = "image_edit" if files else "image_generation"
            return await self._stream(request, commission, "en", told=partial(picture_events, kind=kind))
        if asked.stream:
            return await self._stream(request, commission, "en")
        works = await self._whole(commission, "en")
        as_url, now = asked.response_format == "url", int(time.time())
        return await answered(lambda: {"created": now, "data": [item(work, as_url=as_url) for work in works]})

    async def _stream(
        self, request: web.Request, commission: Commission, language: str, *, told: Told = told_events
    ) -> web.StreamResponse:
        """Events as they come, as `told` tells them; what goes wrong before the first has a status of its own."""
        events = self.workers.make(commission, language=language)
        async with aclosing(events):
            first = await anext(events, None)
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
            await response.prepare(request)
            try:
                if first is not None:
                    async for message in told(chained(first, events)):
                        await response.write(b"data: " + json.dumps(message, separators=(",", ":")).encode() + b"\n\n")
                await response.write(b"data: [DONE]\n\n")
            except (Unmakeable, Broke) as error:
                await response.write(b"data: " + json.dumps(error_of(error)).encode() + b"\n\n")
            await response.write_eof()
            return response


async def chained(first: Made, rest: AsyncGenerator[Made, None]) -> AsyncGenerator[Made, None]:
    """The first event and those after it."""
    yield first
    async for event in rest:
        yield event


def in_parts(commission: Commission) -> Commission:
    """The commission, the work to be given out in parts as it is made, too."""
    return replace(commission, options={**commission.options, "parts": True})


def spoken(work: Work, wanted: str) -> web.Response:
    """The sound of a work as it is.

    Raises:
        BadRequest: the engine makes none in that format.
    """
    sound = next((file for file in work.files if file.media_type == wanted), None)
    if sound is None:
        form = next(name for name, kind in FORMATS.items() if kind == wanted)
        raise BadRequest(f"response_format: this voice makes no {form}.", param="response_format")
    return web.Response(body=sound.content, content_type=sound.media_type)


def told(handler: Handler) -> Handler:
    """The handler, its errors as OpenAI's clients read them."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Unmakeable, Broke) as error:
            return web.json_response(error_of(error), status=400 if isinstance(error, Unmakeable) else 500)

    return answered
