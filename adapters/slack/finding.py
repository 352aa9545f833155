"""Finds a message of ours again where nobody knows whether Slack took it: by the name that it bears, and by nothing else."""

from __future__ import annotations

import structlog

from adapters.slack.places import Where
from adapters.slack.refusals import AGAIN
from adapters.slack.web import Failed, Web

log = structlog.get_logger(__name__)

EVENT_TYPE = "muselab_answer"  # of our messages' metadata
CLOCKS_S = 10.0  # our clock and Slack's may differ by so much
PAGES = 3  # of a channel's latest messages looked through for one of ours


async def posted_as(web: Web, where: Where, name: str, since: float) -> str:
    """Timestamp of our message of that name; empty where there is none, or nothing may be looked through.

    Raises:
        Failed: Slack could not be asked now.
    """
    asked = {
        "channel": where.channel,
        "oldest": f"{max(0.0, since - CLOCKS_S):.6f}",
        "include_all_metadata": "true",
        "limit": "100",
    }
    method = "conversations.history"
    if where.thread:
        method, asked = "conversations.replies", asked | {"ts": where.thread}
    for _page in range(PAGES):
        try:
            response = await web.get(method, **asked)
        except Failed as failed:
            if failed.error in AGAIN:
                raise
            log.warning("whether a message was posted cannot be seen", why=str(failed), needed=failed.needed)
            return ""
        for message in response.get("messages") or ():
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            blocks = message.get("blocks") or [{}]
            if name in (payload.get("id"), blocks[0].get("block_id")):
                return str(message["ts"])
        cursor = str((response.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
        asked = asked | {"cursor": cursor}
    return ""
