"""Sessions of Slack's agent view: while one is at work Slack offers Stop, and each has a title by which people find it again."""

from __future__ import annotations

from typing import Any

import structlog

from adapters.slack.places import Where
from adapters.slack.web import Failed, Web

log = structlog.get_logger(__name__)

METHOD = "agents.sessions.setStatus"
WORKING, RESTING = "processing", "active"  # of the states that a session has, the two in which it goes on
MAX_TITLE = 250  # characters; Slack names no limit, and shows less


async def begun(web: Web, where: Where) -> None:
    """Says that work has begun for somebody, who may stop it."""
    await _is(web, where, WORKING, initiator_user_id=where.user)


async def ended(web: Web, where: Where, title: str) -> None:
    """Says that it is over, and what it was about: what had a title keeps it where there is none."""
    await _is(web, where, RESTING, **({"title": title[:MAX_TITLE]} if title.strip() else {}))


async def _is(web: Web, where: Where, status: str, **more: Any) -> None:
    """Sets a session's status, where Slack has sessions for us: people are answered without them, too."""
    if METHOD in web.missing or not (where.direct and where.thread and where.user):
        return
    try:
        await web.call(METHOD, channel_id=where.channel, thread_ts=where.thread, status=status, **more)
    except Failed as failed:
        log.info("a session has no status", why=str(failed))
        if failed.error == "unknown_method":
            web.missing.add(METHOD)
