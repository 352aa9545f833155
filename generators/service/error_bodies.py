"""What is answered when something went wrong, in OpenAI's shape."""

from __future__ import annotations

from aiohttp import web

from generators.service.events import Late
from generators.service.wire import answers
from generators.service.worker import Full


class StillLoading(Exception):
    """The models are being loaded."""


class ShuttingDown(Exception):
    """The service is being stopped."""


def crowded(full: Full) -> web.Response:
    """The answer to one request too many: its place in the queue, had there been one, and when to come back."""
    answer = error_answer(
        429,
        f"{full.position - 1} requests are waiting. Please try again in {full.retry_s} s.",
        kind="rate_limit_error",
        code="queue_full",
        position=full.position,
    )
    answer.headers["Retry-After"] = str(full.retry_s)
    return answer


def failed(error: Exception) -> web.Response:
    """The answer to what went wrong on our side."""
    if isinstance(error, StillLoading):
        answer = error_answer(503, f"The model is loading: {error}", kind="server_error", code="loading")
        answer.headers["Retry-After"] = "1"
        return answer
    if isinstance(error, ShuttingDown):
        return error_answer(503, "The service is being stopped.", kind="server_error", code="stopping")
    if isinstance(error, Late):
        return error_answer(504, "The request took too long and was ended.", kind="server_error", code="deadline_exceeded")
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or "allocate" in str(error):
        return error_answer(503, "There is not enough memory for this request now.", kind="server_error", code="out_of_memory")
    return error_answer(500, f"The request failed inside the service ({type(error).__name__}).", kind="server_error")


def error_answer(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
    position: int | None = None,
) -> web.Response:
    """An error as OpenAI's clients read it; `position` is the place in the queue, which ours can read besides."""
    body = answers.error(message, kind=kind, param=param, code=code)
    if position is not None:
        body["error"]["position"] = position
    return web.json_response(body, status=status)
