"""The last of Bolt's middleware: acknowledges what has come through the others, and hands it to whoever serves it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container

import structlog
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack.keeping import KEPT
from adapters.slack.payloads import Body
from adapters.slack.views import FORM

log = structlog.get_logger(__name__)

#: Begins the work: (what it is, the request, the workspace, the event's id where it is kept).
Start = Callable[[str, Body, str, str], None]


class Handing(AsyncMiddleware):
    """Stands in the place of Bolt's listeners.

    Those are asked one by one whether a request is theirs, and the one that is runs beside a loop that looks every ten
    milliseconds whether it has acknowledged: a tenth of what a vote cost, and up to ten milliseconds of every acknowledgement.
    """

    def __init__(self, known: Container[str], start: Start) -> None:
        """`known`: what is served, by the names that `kind_of` gives."""
        self._known = known
        self._start = start

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        """Acknowledges, and lets the work begin: it asks who waits, and Slack has its answer before it runs."""
        kind = kind_of(req.body)
        if kind not in self._known:
            log.info("nothing here serves this", type=str(req.body.get("type", "")))
            return BoltResponse(status=404, body={"error": "unhandled request"})
        self._start(kind, req.body, req.context.team_id or "", str(req.context.get(KEPT, "")))
        return BoltResponse(status=200, body="")


def kind_of(body: Body) -> str:
    """What a request is: "command", "action", "form", "shortcut", or an event by its type; empty: none of these."""
    if "command" in body:
        return "command"
    kind = str(body.get("type", ""))
    if kind == "event_callback":
        return str((body.get("event") or {}).get("type", ""))
    if kind == "view_submission" and (body.get("view") or {}).get("callback_id") != FORM:
        return ""
    return {"block_actions": "action", "view_submission": "form", "message_action": "shortcut"}.get(kind, "")
