"""What engines tell, as it goes over HTTP: works, steps and errors."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from generators.engines.making import Part, Unmakeable, Work
from generators.service.media_workers import Missing, Step
from generators.service.wire import answers
from generators.service.wire.answers import Json

UNCOUNTED: Json = {  #: what OpenAI counts here in tokens has none
    "input_tokens": 0,
    "output_tokens": 0,
    "total_tokens": 0,
    "input_tokens_details": {"text_tokens": 0, "image_tokens": 0},
}
PIECE = 3 * 2**18  # bytes of a file in one event: a line that every client's buffer holds


async def told_events(events: AsyncIterator[Step | Part | Work]) -> AsyncIterator[Json]:
    """Events as our messages; the files of a work come before it, in pieces."""
    index = 0
    async for event in events:
        if isinstance(event, Step):
            yield {"type": "step", "doing": event.doing, "done": round(event.done, 3)}
            continue
        if isinstance(event, Part):  # it comes again with its work
            continue
        for number, file in enumerate(event.files):
            for start in range(0, max(1, len(file.content)), PIECE):
                piece = base64.b64encode(file.content[start : start + PIECE]).decode()
                yield {"type": "piece", "work": index, "file": number, "b64": piece}
        yield {"type": "work", "work": index} | whole(replace(event, files=()), names=event)
        index += 1


async def speech_events(events: AsyncIterator[Step | Part | Work]) -> AsyncIterator[Json]:
    """Events of speech as OpenAI's."""
    parts = 0
    async for event in events:
        if isinstance(event, Part):
            parts += 1
            yield {"type": "speech.audio.delta", "audio": base64.b64encode(event.content).decode()}
        elif isinstance(event, Work) and not parts:  # an engine that gives no parts
            yield {"type": "speech.audio.delta", "audio": base64.b64encode(event.files[0].content).decode()}
    yield {"type": "speech.audio.done", "usage": UNCOUNTED}


async def transcript_events(events: AsyncIterator[Step | Part | Work]) -> AsyncIterator[Json]:
    """Events of a recording that is written down as OpenAI's."""
    async for event in events:
        if isinstance(event, Part):
            yield {"type": "transcript.text.delta", "delta": event.content.decode()}
        elif isinstance(event, Work):
            yield {"type": "transcript.text.done", "text": event.alt}


def transcript(work: Work, form: str, language: str) -> str | Json:
    """A recording in words, in one of OpenAI's forms: text as it is, JSON as an object."""
    segments = json.loads(str(work.facts["segments"]))
    seconds = float(work.facts["seconds"])
    if form == "text":
        return work.alt + "\n"
    if form in ("srt", "vtt"):
        mark = "," if form == "srt" else "."
        cues = [
            (f"{number}\n" if form == "srt" else "") + f"{clock(begin, mark)} --> {clock(end, mark)}\n{text}\n"
            for number, (begin, end, text) in enumerate(segments, 1)
        ]
        return "\n".join(cues if form == "srt" else ["WEBVTT\n", *cues])
    told: Json = {"text": work.alt, "usage": {"type": "duration", "seconds": round(seconds)}}
    if form == "json":
        return told
    parts = [{"id": place, "start": one[0], "end": one[1], "text": one[2]} for place, one in enumerate(segments)]
    return told | {"task": "transcribe", "language": language, "duration": seconds, "segments": parts}


def clock(seconds: float, mark: str) -> str:
    """A time as subtitles have it."""
    whole, parts = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{parts:03}"


async def picture_events(events: AsyncIterator[Step | Part | Work], kind: str) -> AsyncIterator[Json]:
    """Events of pictures as OpenAI's; `kind` is `image_generation` or `image_edit`. Nothing is shown before it is whole."""
    async for event in events:
        if isinstance(event, Work):
            file, size = event.files[0], f"{event.facts.get('width', 0)}x{event.facts.get('height', 0)}"
            told = {"b64_json": base64.b64encode(file.content).decode(), "created_at": int(time.time()), "size": size}
            form = {"output_format": file.media_type.removeprefix("image/"), "background": "opaque", "quality": "auto"}
            yield {"type": f"{kind}.completed"} | told | form | {"usage": UNCOUNTED, "muselab": whole(event)}


def error_of(error: Exception) -> Json:
    """An error in OpenAI's shape; its message is for people."""
    if isinstance(error, Unmakeable):
        code = "missing_extra" if isinstance(error, Missing) else "unmakeable"
        return answers.error(str(error), kind="invalid_request_error", code=code)
    return answers.error(str(error), kind="server_error", code="engine_failed")


def whole(work: Work, *, names: Work | None = None) -> Json:
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


def item(work: Work, *, as_url: bool) -> Json:
    """A work in the shape of OpenAI's pictures: its first file, and all the rest beside it."""
    first = base64.b64encode(work.files[0].content).decode()
    main = {"url": f"data:{work.files[0].media_type};base64,{first}"} if as_url else {"b64_json": first}
    return main | {"revised_prompt": work.alt, "muselab": whole(work)}
