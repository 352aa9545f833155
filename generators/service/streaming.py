"""Choices as they are answered: whole, or as a stream while they grow."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from generators.service.error_bodies import ShuttingDown, failed
from generators.service.events import Call, Piece, TokenScore
from generators.service.telling import answered, written
from generators.service.wire import answers

MANY = 256  # tokens; with what is told of each, about a millisecond of JSON

log = logging.getLogger(__name__)


async def whole(pieces: AsyncIterator[Piece], answer: answers.Answer, *, prompt_tokens: int, told: bool) -> web.Response:
    """Waits for all the choices."""
    texts: dict[int, str] = defaultdict(str)
    tokens: dict[int, list[TokenScore]] = defaultdict(list)
    calls: dict[int, list[Call]] = defaultdict(list)
    finishes: dict[int, str | None] = {}
    spent = 0
    async for piece in pieces:
        texts[piece.choice] += piece.text
        tokens[piece.choice] += piece.tokens
        calls[piece.choice] += piece.calls
        finishes[piece.choice] = piece.finish
        spent += piece.spent
    if not finishes or None in finishes.values():
        raise ShuttingDown

    def made() -> answers.Json:
        choices = [
            answer.choice(index, texts[index], tokens[index], finishes[index], told=told, calls=calls[index])
            for index in sorted(texts)
        ]
        return answer.whole(choices, answers.usage(prompt_tokens, spent))

    if sum(map(len, tokens.values())) < MANY:
        return web.json_response(made())
    return await answered(made)


async def stream(
    request: web.Request, pieces: AsyncIterator[Piece], answer: answers.Answer, *, prompt_tokens: int, told: bool, used: bool
) -> web.StreamResponse:
    """Sends choices as they grow. Once the head is out, errors can only be told as an event."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await response.prepare(request)
    offsets: dict[int, int] = defaultdict(int)
    spent = 0
    unfinished: set[int] = set()
    try:
        async for piece in pieces:
            spent += piece.spent
            (unfinished.discard if piece.finish else unfinished.add)(piece.choice)
            if piece.text or piece.tokens or piece.calls or piece.finish:
                chunk = partial(_chunk, answer, piece, told=told, offset=offsets[piece.choice])
                offsets[piece.choice] += len(piece.text)
                await response.write(chunk() if len(piece.tokens) < MANY else await asyncio.to_thread(chunk))
        if unfinished:
            await response.write(b"data: " + _bytes(failed(ShuttingDown())) + b"\n\n")
            await response.write_eof()
            return response
        if used:
            await _send(response, answer.chunk([], answers.usage(prompt_tokens, spent)))
        await response.write(b"data: [DONE]\n\n")
    except ConnectionError:
        raise
    except Exception as error:
        log.warning("a stream failed", exc_info=error)
        await response.write(b"data: " + _bytes(failed(error)) + b"\n\n")
    await response.write_eof()
    return response


def _chunk(answer: answers.Answer, piece: Piece, *, told: bool, offset: int) -> bytes:
    """A piece as an event."""
    part = answer.part(piece.choice, piece.text, piece.tokens, piece.finish, told=told, offset=offset, calls=piece.calls)
    return b"data: " + written(answer.chunk([part])) + b"\n\n"


async def _send(response: web.StreamResponse, event: answers.Json) -> None:
    await response.write(b"data: " + json.dumps(event, separators=(",", ":")).encode() + b"\n\n")


def _bytes(answer: web.Response) -> bytes:
    """The body of one of our own error answers, on one line."""
    return (answer.text or "").encode()
