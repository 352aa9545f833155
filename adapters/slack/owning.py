"""Whose an event is: the workspace that has the message it is about, where it may be another than the one it came under."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.slack.ours import Ours
from adapters.slack.payloads import Body, claims, mentioned
from adapters.slack.teams import Teams


async def owner(teams: Teams, ours: Ours, body: Body) -> str:
    """The workspace whose message an event is about, where it may be another than the one it came under; empty: that one.

    In a channel that companies share, a press comes in the name of the presser's, a reaction under any of them.
    """
    event = body.get("event") or {}
    if str(event.get("type", "")).startswith("reaction_"):
        item = event.get("item") or {}
        whose = await teams.of_bot(str(event.get("item_user") or ""))
        return whose.team if whose is not None else ours.team_of(str(item.get("channel")), str(item.get("ts")))
    if event.get("type") == "app_mention":
        for id in mentioned(str(event.get("text", ""))):
            if (whose := await teams.of_bot(id)) is not None:
                return whose.team
        return ""
    message = body.get("message") or {}
    whose = await teams.of_bot(str(message.get("user") or ""))
    if whose is not None:
        return whose.team
    if message and body.get("type") != "block_actions":
        return ""  # a shortcut on somebody's message: it is used in the user's own workspace
    return await _installed(teams, claims(body)) or ours.team_in(str((body.get("container") or {}).get("channel_id", "")))


async def _installed(teams: Teams, ids: Iterable[str]) -> str:
    """The first of these workspaces in which we are installed; empty: none."""
    for team in filter(None, ids):
        if await teams.find(team) is not None:
            return team
    return ""
