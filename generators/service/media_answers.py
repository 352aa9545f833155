"""What engines tell, as it goes over HTTP: works, steps and errors."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace

from generators.engines.making import Unmakeable, Work
from generators.service.media_workers import Missing, Step
from generators.service.wire import answers
from generators.service.wire.answers import Json

PIECE = 3 * 2**18  # bytes of a file in one event: a line that every client's buffer holds


async def told_events(events: AsyncIterator[Step | Work]) -> AsyncIterator[Json]:
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
