"""What a foreign service answers, read: here its errors become ours, once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.domain.errors import GeneratorDown, Refusal, TookTooLong
from bot.words import _

Json = dict[str, Any]


class Declined(Refusal):
    """The generation service declined the request."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(_("The generation service declined the request: {why}").format(why=reason))
        self.status = status
        self.reason = reason


class TooSlow(TookTooLong):
    """The generation service did not answer in time. Please try again in a moment."""


class Busy(GeneratorDown):
    """The generation service has too much to do just now. Please try again in a moment."""

    def __init__(self, retry_s: float) -> None:
        super().__init__(_("The generation service has too much to do just now. Please try again in a moment."))
        self.retry_s = retry_s


def unwell(health: Json) -> bool:
    """Whether what `/health` tells means that the service cannot work now; ours, llama.cpp's and transformers' words."""
    return health.get("status") in ("loading", "failed", "unhealthy", "error") or "error" in health


def ours(status: int, answer: Json) -> Declined | GeneratorDown:
    """Our error for a foreign answer."""
    reason = told(answer)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return GeneratorDown(
            _("The generation service does not accept our token. Its operator sets it as MUSELAB_GENERATOR__TOKEN.")
        )
    will_not = status < HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.NOT_IMPLEMENTED
    if will_not and status != HTTPStatus.TOO_MANY_REQUESTS:
        return Declined(status, reason or f"HTTP {status}")
    if not reason:
        return GeneratorDown()
    return GeneratorDown(_("The generation service failed: {why}").format(why=reason))


def loading(answer: Json) -> bool:
    """Whether a 503 says that the model is still being loaded; ours and llama.cpp's wording."""
    return answer.get("status") == "loading" or "loading" in told(answer).lower()


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait before trying again."""
    try:
        return min(10.0, max(0.1, float(headers.get("Retry-After", "1"))))
    except ValueError:  # HTTP allows a date there; nobody who serves models sends one
        return 1.0


def told(answer: Json) -> str:
    """The message of an error in OpenAI's shape, or in FastAPI's, or of whatever came."""
    error = answer.get("error", answer.get("detail", answer.get("message", "")))
    if isinstance(error, Mapping):
        error = error.get("message", "")
    return " ".join(str(error).split())[:300]


def broken_off(event: Json) -> Exception:
    """What an error in the middle of a stream means: ours says by its type that it declines, which no second try changes."""
    error = event["error"]
    declines = isinstance(error, Mapping) and error.get("type") == "invalid_request_error"
    return Declined(HTTPStatus.BAD_REQUEST, told(event)) if declines else GeneratorDown(told(event) or None)


async def error_in(response: aiohttp.ClientResponse) -> Json:
    """The body of an answer that declines; nothing, where it is no JSON."""
    text = await response.text(errors="replace")
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


async def json_in(response: aiohttp.ClientResponse) -> Json:
    """The body of an answer; raises as `parsed`."""
    return parsed(await response.read())


def parsed(payload: bytes) -> Json:
    """A JSON object.

    Raises:
        GeneratorDown: it is none.
    """
    try:
        answer = json.loads(payload)
    except ValueError as error:
        raise GeneratorDown(_("The generation service does not speak the OpenAI API.")) from error
    if not isinstance(answer, dict):
        raise GeneratorDown(_("The generation service does not speak the OpenAI API."))
    return answer
