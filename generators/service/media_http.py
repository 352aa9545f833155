"""Media over HTTP: OpenAI's paths for pictures and speech, their like for music and words about pictures, one path for all.

Every path answers at once, or with `stream: true` as server-sent events: steps, pieces of files, works. Hanging up ends the work.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.domain.modalities import MODALITIES
from generators.engines.making import Attachment, Commission, Task, Unmakeable, Work
from generators.service import wire, wire_answers
from generators.service.events import BadRequest
from generators.service.media_wire import FORMATS, Edits, Images, MediaRequest, Music, Speech, Understanding
from generators.service.media_workers import Broke, MediaWorkers, Missing, Step
from generators.service.taking import read
from generators.service.telling import answered

MOST_BODY = 96 * 2**20  # bytes; a pitch hands in a board, a tune and a voice, a third larger as text
MOST_FIELD = 20_000  # bytes of one text field of a form
PIECE = 3 * 2**18  # bytes of a file in one event: a line that every client's buffer holds

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
        asked = wire.parsed(MediaRequest, await json_body(request))
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
        return await self._pictures("image", request, wire.parsed(Images, await json_body(request)))

    async def edits(self, request: web.Request) -> web.StreamResponse:
        """Pictures made of pictures."""
        fields, files = await form(request)
        asked = wire.parsed(Edits, fields)
        if not files:
            raise BadRequest("image: a picture is needed.", param="image")
        return await self._pictures("image", request, asked, files)

    async def understand(self, request: web.Request) -> web.StreamResponse:
        """Words about a picture."""
        fields, files = await form(request)
        asked = wire.parsed(Understanding, fields)
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
        return await self._pictures("music", request, wire.parsed(Music, fields), files)

    async def speech(self, request: web.Request) -> web.StreamResponse:
        """Spoken words, as the bytes of a sound file."""
        asked = wire.parsed(Speech, await json_body(request))
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


async def told_events(events: AsyncIterator[Step | Work]) -> AsyncIterator[wire_answers.Json]:
    """Events as messages; the files of a work come before it, in pieces."""
    index = 0
    async for event in events:
        if isinstance(event, Step):
            yield {"type": "step", "doing": event.doing, "done": round(event.done, 3)}
            continue
        for number, file in enumerate(event.files):
            for start in range(0, max(1, len(file.content)), PIECE):
                piece = base64.b64encode(file.content[start : start + PIECE]).decode()
                yield {"type": "piece", "work": index, "file": number, "b64": piece}
        yield {"type": "work", "work": index} | whole(replace(event, files=()), names=event)
        index += 1


def told(handler: Handler) -> Handler:
    """The handler, its errors as OpenAI's clients read them."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Unmakeable, Broke) as error:
            return web.json_response(error_of(error), status=400 if isinstance(error, Unmakeable) else 500)

    return answered


def error_of(error: Exception) -> wire_answers.Json:
    """An error in OpenAI's shape; its message is for people."""
    if isinstance(error, Unmakeable):
        code = "missing_extra" if isinstance(error, Missing) else "unmakeable"
        return wire_answers.error(str(error), kind="invalid_request_error", code=code)
    return wire_answers.error(str(error), kind="server_error", code="engine_failed")


def whole(work: Work, *, names: Work | None = None) -> wire_answers.Json:
    """A work as JSON; with `names` only the names of that work's files."""
    if names is not None:
        files = [{"name": file.name, "media_type": file.media_type} for file in names.files]
    else:
        files = [
            {"name": file.name, "media_type": file.media_type, "b64_json": base64.b64encode(file.content).decode()}
            for file in work.files
        ]
    return {
        "files": files,
        "alt": work.alt,
        "traits": dict(work.traits),
        "facts": dict(work.facts),
        "features": work.features.listed if work.features else None,
    }


def item(work: Work, *, as_url: bool) -> wire_answers.Json:
    """A work in the shape of OpenAI's pictures: its first file, and all the rest beside it."""
    first = base64.b64encode(work.files[0].content).decode()
    main = {"url": f"data:{work.files[0].media_type};base64,{first}"} if as_url else {"b64_json": first}
    return main | {"revised_prompt": work.alt, "muselab": whole(work)}


async def json_body(request: web.Request) -> Any:
    """The JSON body; larger than those of texts, as files may be in it."""
    return await asyncio.to_thread(read, await request.clone(client_max_size=MOST_BODY).read())


def decoded(name: str, media_type: str, text: str) -> Attachment:
    """A file that came as text."""
    try:
        return Attachment(name=name, media_type=media_type, content=base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"attachments: {name[:60]} is not valid base64.", param="attachments") from error


async def form(request: web.Request) -> tuple[dict[str, Any], list[Attachment]]:
    """The text fields and the files of a form, or of a JSON body with `attachments`.

    OpenAI's `mask` comes last and says that a part is to be made anew.
    """
    if not request.content_type.startswith("multipart/"):
        body = await json_body(request)
        given = body.pop("attachments", []) if isinstance(body, dict) else []
        return body, [
            decoded(str(one.get("name", "")), str(one.get("media_type", "")), str(one.get("b64_json", "")))
            for one in given
            if isinstance(one, dict)
        ]
    fields: dict[str, str] = {}
    files: list[Attachment] = []
    masks: list[Attachment] = []
    try:
        await fill(request, fields, files, masks)
    except (HttpProcessingError, ValueError, AssertionError) as error:  # aiohttp raises these, depending on what is wrong
        raise BadRequest("The body is not a valid form.") from error
    given = typed(fields)
    if masks:
        options = given.get("options", {})
        given["options"] = {"task": "inpaint", **(options if isinstance(options, dict) else {})}
    return given, [*files, *masks]


async def fill(request: web.Request, fields: dict[str, str], files: list[Attachment], masks: list[Attachment]) -> None:
    """Reads a form."""
    room = MOST_BODY
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise BadRequest("The form has a form inside.")
        limit = min(room, MOST_BODY if part.filename else MOST_FIELD)
        content = await limited(part, limit)
        room -= len(content)
        if part.filename:
            media_type = part.headers.get("Content-Type", "application/octet-stream")
            file = Attachment(name=part.filename, media_type=media_type, content=content)
            (masks if part.name == "mask" else files).append(file)
        else:
            fields[(part.name or "").removesuffix("[]")] = content.decode("utf-8", "replace")


async def limited(part: BodyPartReader, limit: int) -> bytes:
    """The part's bytes.

    Raises:
        BadRequest: there are more than `limit`.
    """
    content = bytearray()
    while chunk := await part.read_chunk(2**16):
        content += chunk
        if len(content) > limit:
            raise BadRequest(f"{part.name}: larger than {limit} bytes.", param=part.name)
    return bytes(content)


def typed(fields: Mapping[str, str]) -> dict[str, Any]:
    """Fields of a form, where everything is text, as JSON would have them."""
    values: dict[str, Any] = dict(fields)
    if "options" in values:
        try:
            values["options"] = read(values["options"].encode())
        except BadRequest as error:
            raise BadRequest("options: not valid JSON.", param="options") from error
    return values
