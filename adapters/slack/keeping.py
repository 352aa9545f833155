"""What comes from Slack is stored before Slack is told that it came: what could not be stored in time, Slack repeats."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack.blocks import read_value
from adapters.slack.emoji import emoji_of
from adapters.slack.payloads import Body, is_for_us, pressed
from bot import wire
from bot.domain.errors import InvalidFeedback, StoreDown
from bot.domain.ideas import Person, Team
from bot.inbox import subject
from bot.ports import Arrival, Front

NAME = "slack"
Kind = Literal["command", "action", "form", "event"]
KEPT = "muselab_kept"  # our name in Bolt's context: the event's id, where it is kept
#: Of an event, a press or a form: what is never looked at, and may be long.
UNREAD = frozenset({"blocks", "text", "attachments", "files", "metadata"})


class Kept(TypedDict):
    """An event in the inbox."""

    kind: Kind
    team: str
    body: dict[str, Any]
    at: NotRequired[float]  #: when it came, seconds since 1970


class Way(TypedDict):
    """How an answer can be gone on with."""

    name: str  #: of the message it becomes; see `Surface.name`
    channel: str
    thread: str
    user: str
    url: str
    root: str
    streams: bool
    aloud: bool
    at: float  #: when the interaction came, seconds since 1970
    step: NotRequired[str]  #: of a workflow, which waits to be told


class Named(NamedTuple):
    """What is to be kept of a request."""

    kind: Kind
    id: str
    body: dict[str, Any]
    subject: str = ""
    user: str = ""  #: who did it


class Keeping(AsyncMiddleware):
    """Runs once a request is known to be Slack's and a workspace's of ours, before any handler acknowledges it."""

    def __init__(self, front: Callable[[], Front]) -> None:
        self._front = front

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        """Stores the event. What came before is acknowledged, and goes no further."""
        team = req.context.team_id or ""
        try:
            named = named_of(req.body)
        except (KeyError, TypeError, ValueError, AttributeError):  # signed, and yet nothing that Slack sends
            return BoltResponse(status=400, body="This is no event of Slack's.")
        if named is None:
            return await next()
        at = datetime.now(UTC)
        record = Kept(kind=named.kind, team=team, body=named.body, at=at.timestamp())
        arrival = Arrival(
            team=Team(platform=NAME, id=team),
            id=named.id,
            at=at,
            body=wire.written(record),
            subject=named.subject,
            person=Person(platform=NAME, id=named.user) if named.user else None,
        )
        try:
            if not await self._front().keep(arrival):
                return BoltResponse(status=200, body="")
            req.context[KEPT] = named.id
        except StoreDown:
            if named.kind == "event":
                return BoltResponse(status=503, body="")  # Slack sends it again: at once, after a minute, after five
        return await next()


def named_of(body: Body) -> Named | None:
    """What is to be kept of a request; None: nothing, as it asks nothing of us, or cannot be answered later anyway."""
    if "command" in body:
        return Named("command", str(body["trigger_id"]), dict(body), user=str(body["user_id"]))
    if body.get("type") == "event_callback":
        return named_event(body)
    if body.get("type") == "block_actions":
        about = ""
        with suppress(InvalidFeedback, KeyError, ValueError):
            key, _asks = read_value(pressed(body["actions"][0]))
            about = subject(str(body["user"]["id"]), key.verb, key.target)
        return Named("action", str(body["trigger_id"]), short(body), about, user=str(body["user"]["id"]))
    if body.get("type") == "view_submission":
        return Named("form", str(body["trigger_id"]), short(body), user=str(body["user"]["id"]))
    return None


def named_event(body: Body) -> Named | None:
    """What is to be kept of an event; Slack also sends what others say to each other, and what we say."""
    event = body["event"]
    record = {"event": dict(event), "event_id": body["event_id"]}
    if event["type"] in ("app_mention", "message"):
        if not is_for_us(event):
            return None
        record["event"].pop("blocks", None)  # the same words once more
        return Named("event", str(body["event_id"]), record, user=str(event.get("user", "")))
    if event["type"] in ("reaction_added", "reaction_removed"):
        item = event.get("item") or {}
        if not emoji_of(str(event["reaction"])):
            return None
        about = subject(str(event["user"]), f"{item.get('channel')}/{item.get('ts')}", str(event["reaction"]))
        return Named("event", str(body["event_id"]), record, about, user=str(event["user"]))
    if event["type"] == "function_executed":
        record["event"].pop("bot_access_token", None)  # ours does as well, and is kept sealed
        return Named("event", str(body["event_id"]), record, user=str((event.get("inputs") or {}).get("user") or ""))
    if event["type"] in ("agent_session_stopped", "app_uninstalled", "tokens_revoked"):
        return Named("event", str(body["event_id"]), record)
    return None


def short(body: Body) -> dict[str, Any]:
    """A press or a form without what its message and its view show."""
    record = dict(body)
    for part in ("message", "view"):
        if isinstance(record.get(part), dict):
            record[part] = {name: value for name, value in record[part].items() if name not in UNREAD}
    return record
