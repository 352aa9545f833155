"""When Slack says “not before”, nobody calls: not who was refused, and no other message of that workspace either."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

AFTER = "retry-after"
DEFAULT_S = 1.0  # where Slack does not say how long

Held = Callable[[str, float], None]  # (method, seconds)
Again = Callable[[str], Awaitable[None]]  # (method); returns when it may be called once more


class Holding(AsyncRateLimitErrorRetryHandler):
    """Slack's own handler of 429: it waits, and calls again. What it hears it tells."""

    def __init__(self, most: int, held: Held, again: Again) -> None:
        super().__init__(max_retry_count=most)
        self._told, self._again = held, again

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """See Slack's client; asked after every answer, also after the last that is tried."""
        if response is not None and response.status_code == 429:
            self._told(method_of(request.url), wait_of(response))
        return await super().can_retry_async(state=state, request=request, response=response, error=error)

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """See Slack's client. All who were refused waited for the same second: they go on one after another."""
        await super().prepare_for_next_attempt_async(state=state, request=request, response=response, error=error)
        await self._again(method_of(request.url))


def method_of(url: str) -> str:
    """The method that an address of the Web API calls."""
    return url.partition("?")[0].rpartition("/")[2]


def wait_of(response: HttpResponse) -> float:
    """Seconds that Slack asks for."""
    for name, value in response.headers.items():
        said = value[0] if isinstance(value, list) else value
        if name.lower() == AFTER and str(said).isdecimal():
            return float(said)
    return DEFAULT_S
