"""Responses as they are answered: whole, or as OpenAI's events while they grow."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import AsyncIterator, Iterator

from aiohttp import web

from generators.service.error_bodies import ShuttingDown, failed
from generators.service.events import Call, Piece
from generators.service.wire.answers import Json
from generators.service.wire.responses import Envelope, function_call, message, used, words

log = logging.getLogger(__name__)


class Growing:
    """The output of one response, and the events that tell of it as it grows."""

    def __init__(self) -> None:
        self.output: list[Json] = []
        self.finish: str | None = None
        self.spent = 0
        self._id = ""  #: of the message that is being said
        self._text = ""

    def take(self, piece: Piece) -> Iterator[Json]:
        """The events of a piece."""
        self.spent += piece.spent
        if piece.text:
            yield from self._said(piece.text)
        for call in piece.calls:
            yield from self._called(call, "incomplete" if piece.finish == "length" else "completed")
        if piece.finish:
            self.finish = piece.finish
            if not self._id and not self.output:  # nothing at all was said
                yield from self._said("")
            if self._id:
                yield from self._ended("incomplete" if piece.finish == "length" else "completed")

    def ended(self) -> str:
        """The status of the whole response.

        Raises:
            ShuttingDown: it has not come to its end.
        """
        if self.finish is None:
            raise ShuttingDown
        return "incomplete" if self.finish == "length" else "completed"

    def _said(self, text: str) -> Iterator[Json]:
        at = {"output_index": len(self.output)}
        if not self._id:
            self._id = f"msg_{secrets.token_hex(24)}"
            yield {"type": "response.output_item.added", "item": message(self._id, None, "in_progress")} | at
            yield {"type": "response.content_part.added", "item_id": self._id, "content_index": 0, "part": words("")} | at
        self._text += text
        if text:
            delta = {"item_id": self._id, "content_index": 0, "delta": text, "logprobs": []}
            yield {"type": "response.output_text.delta"} | delta | at

    def _ended(self, status: str) -> Iterator[Json]:
        at, place = {"output_index": len(self.output)}, {"item_id": self._id, "content_index": 0}
        yield {"type": "response.output_text.done", "text": self._text, "logprobs": []} | place | at
        yield {"type": "response.content_part.done", "part": words(self._text)} | place | at
        item = message(self._id, self._text, status)
        yield {"type": "response.output_item.done", "item": item} | at
        self.output.append(item)
        self._id = self._text = ""

    def _called(self, call: Call, status: str) -> Iterator[Json]:
        id, at = f"fc_{secrets.token_hex(24)}", {"output_index": len(self.output)}
        begun = function_call(id, call, "in_progress", arguments="")
        yield {"type": "response.output_item.added", "item": begun} | at
        yield {"type": "response.function_call_arguments.delta", "item_id": id, "delta": call.arguments} | at
        done = {"item_id": id, "name": call.name, "arguments": call.arguments}
        yield {"type": "response.function_call_arguments.done"} | done | at
        item = function_call(id, call, status)
        yield {"type": "response.output_item.done", "item": item} | at
        self.output.append(item)


async def whole(pieces: AsyncIterator[Piece], envelope: Envelope, *, prompt_tokens: int) -> web.Response:
    """Waits for the end."""
    growing = Growing()
    async for piece in pieces:
        for _event in growing.take(piece):
            pass
    return web.json_response(envelope.told(growing.ended(), growing.output, used=used(prompt_tokens, growing.spent)))


async def stream(
    request: web.Request, pieces: AsyncIterator[Piece], envelope: Envelope, *, prompt_tokens: int
) -> web.StreamResponse:
    """Sends events. Once the head is out, errors can only be told as one."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await response.prepare(request)
    growing, number = Growing(), 0

    async def say(event: Json) -> None:
        nonlocal number
        told = event | {"sequence_number": number}
        number += 1
        text = json.dumps(told, separators=(",", ":"))
        await response.write(f"event: {event['type']}\ndata: {text}\n\n".encode())

    try:
        begun = envelope.told("in_progress", [])
        await say({"type": "response.created", "response": begun})
        await say({"type": "response.in_progress", "response": begun})
        async for piece in pieces:
            for event in growing.take(piece):
                await say(event)
        status = growing.ended()
        ended = envelope.told(status, growing.output, used=used(prompt_tokens, growing.spent))
        await say({"type": f"response.{status}", "response": ended})
    except ConnectionError:
        raise
    except Exception as error:
        log.warning("a stream failed", exc_info=error)
        told = json.loads(failed(error).text or "{}")["error"]
        code = {"code": told["code"] or "server_error", "message": told["message"]}
        await say({"type": "response.failed", "response": envelope.told("failed", growing.output, error=code)})
    await response.write_eof()
    return response
