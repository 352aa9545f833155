"""Bodies as requests: read beside the event loop where they are large, and measured before anything is tokenised."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel

from generators.service.events import BadRequest
from generators.service.wire import requests
from generators.service.wire.chats import ChatRequest, Message

LARGE = 2**15  # bytes of a body that is read in a thread; json and pydantic take about a millisecond for so many
LETTERS_A_TOKEN = 16  # no text of people has so many on average: English has 4 to 5, program code up to 10
MOST_LETTERS = 500_000  # of all prompts of a request: a second of tokenising on one core; our largest request has 50 000
MOST_SCHEMA = 60_000  # characters; a thousand properties, and every token of an answer is looked up among them
HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")  # how JSON writes surrogates, whole pairs and halves

Request = TypeVar("Request", bound=BaseModel)


async def taken(request: web.Request, kind: type[Request], *, most: int | None = None) -> Request:
    """The body as a request.

    Args:
        request: with the body.
        kind: what it is to be.
        most: bytes of the body; None: as everywhere.

    Raises:
        BadRequest: it is not one; the message names the first thing that is wrong.
    """
    raw = await (request if most is None else request.clone(client_max_size=most)).read()
    if len(raw) < LARGE:
        return requests.parsed(kind, read(raw))
    return await asyncio.to_thread(lambda: requests.parsed(kind, read(raw)))


def read(raw: bytes) -> Any:
    """A JSON body, of text that can be written down again.

    Raises:
        BadRequest: it is no JSON, no UTF-8, or holds half a surrogate pair, which is no character and cannot be encoded.
    """
    try:
        text = raw.decode("utf-8-sig")
        body = json.loads(text)
        if HALF_PAIR.search(text):
            json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise BadRequest("The body holds half a surrogate pair, which is no character.") from error
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is not valid JSON.") from error
    return body


def fit(asked: requests.Sampled, most: int) -> None:
    """Raises `BadRequest` where a look at the sizes shows that a request cannot be served.

    Args:
        asked: what is asked for.
        most: tokens that the model holds.
    """
    sizes = _letters(asked.messages) if isinstance(asked, ChatRequest) else []
    if isinstance(asked, requests.CompletionRequest):
        sizes = [len(prompt) * (1 if isinstance(prompt, str) else LETTERS_A_TOKEN) for prompt in asked.prompts]
    longest = LETTERS_A_TOKEN * most
    if max(sizes, default=0) > longest:
        raise BadRequest(
            f"A prompt is longer than {longest} characters; this model holds {most} tokens.",
            param="messages" if isinstance(asked, ChatRequest) else "prompt",
            code="context_length_exceeded",
        )
    if sum(sizes) > max(MOST_LETTERS, longest):
        raise BadRequest(
            f"The prompts of a request may have {max(MOST_LETTERS, longest)} characters together; send fewer at a time.",
            param="prompt",
        )
    if asked.schema_size > MOST_SCHEMA:
        raise BadRequest(f"A schema may have {MOST_SCHEMA} characters.", param="response_format")


def _letters(messages: Sequence[Message]) -> list[int]:
    """The length of a conversation, which is one prompt."""
    return [sum(len(message.plain["content"]) for message in messages)]
