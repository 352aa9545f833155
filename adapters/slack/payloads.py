"""Reads what Slack sends. Pure; knows nothing of how it is served."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from adapters.slack.render import CHOICE
from bot.messages import Key

Body = Mapping[str, Any]

SPECIAL = re.compile(r"<(?:[@#!]?)([^<>|]*)(?:\|([^<>]*))?>")  # a mention, a channel or a link as Slack writes it
ADDRESSED = re.compile(r"^\s*(?:<@[^>]*>[\s,:]*)+")  # "@muselab, …"


def plain(text: str, *, people_by_id: bool = False) -> str:
    """What a person typed, without Slack's way of writing it: names instead of mentions, addresses instead of links.

    Args:
        text: as Slack writes it, with entities and `<…>`.
        people_by_id: a mention becomes the person's id, where it is the person that is meant and not their name.
    """

    def said(found: re.Match[str]) -> str:
        by_id = people_by_id and found[0].startswith("<@")
        return found[1] if by_id else found[2] or found[1]

    return html.unescape(SPECIAL.sub(said, text)).strip()


def without_mention(text: str) -> str:
    """A message without the mention of us that it begins with."""
    return ADDRESSED.sub("", text)


def is_direct(event: Body) -> bool:
    """Whether a message was written in the conversation of one person with us."""
    return event.get("channel_type") == "im" or str(event["channel"]).startswith("D")


def is_for_us(event: Body) -> bool:
    """Whether a message event asks us something: no edit, no join, no bot's words (our own among them)."""
    if event.get("subtype") not in (None, "file_share") or event.get("bot_id") or not event.get("user"):
        return False
    return event["type"] == "app_mention" or is_direct(event)


def pressed(action: Body) -> str:
    """What the pressed button or the chosen menu entry carries."""
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def place_of(body: Body) -> dict[str, str]:
    """Where an interaction happened, and so where its answer goes; what a form remembers until it is submitted."""
    container = body.get("container") or {}
    if container.get("type") == "view":
        kept = json.loads((body.get("view") or {}).get("private_metadata") or "{}")
        return {"channel": str(kept.get("channel", "")), "home": "1"}
    message = body.get("message") or {}
    private = bool(container.get("is_ephemeral"))
    return {
        "channel": str((body.get("channel") or {}).get("id") or container.get("channel_id", "")),
        "thread": str(message.get("thread_ts") or container.get("thread_ts") or ""),
        "root": "" if private else str(message.get("ts") or ""),
        "url": str(body.get("response_url") or ""),
        "whisper": "1" if private else "",
    }


def submitted(view: Body) -> tuple[Key, dict[str, str], dict[str, list[Body]]]:
    """A submitted form's key, what was written or chosen in it, and the files handed in, as Slack describes them; by field.

    Raises:
        InvalidFeedback: the form is none of ours.
    """
    key = Key.parse(json.loads(view["private_metadata"])["key"])
    values: dict[str, str] = {}
    files: dict[str, list[Body]] = {}
    for fields in view["state"]["values"].values():
        for name, given in fields.items():
            if name == CHOICE:
                key = Key(verb=key.verb, target=given["selected_option"]["value"], token=key.token)
            elif given.get("type") == "file_input":
                files[name] = list(given.get("files") or ())
            else:
                values[name] = str(given.get("value") or (given.get("selected_option") or {}).get("value") or "")
    return key, values, files
