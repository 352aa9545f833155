"""Reads what Slack sends. Pure; knows nothing of how it is served."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from adapters.slack.views import CHOICE
from bot import wire
from bot.messages import Key
from bot.services.chinese import HAN
from bot.services.talk.mentions import GONE, closed_up
from bot.words import FALLBACK, N_, _, speaking

Body = Mapping[str, Any]

#: A mention of a person, a channel or a group, or a link, as Slack writes it; people's and channels' seldom have a label.
SPECIAL = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
CALLS = frozenset({"here", "channel", "everyone", "subteam"})  #: mentions that call people together: <!here>, <!subteam^S0CREW>
#: A sentence that goes on with whom or what it is about, so that no mention can be left out behind it.
LEADING = re.compile(
    r"(?:\b(?:for|with|in|of|from|by|at|to|on|about|and|or|between|like|without)(?: the| our)?|[给給为為和跟與与在向对對]) ?$",
    re.IGNORECASE,
)
#: What is said of a person, a channel or a group whose name is not known, by the sign of the mention.
NAMELESS = {"@": N_("somebody"), "#": N_("another channel"), "!": N_("everybody")}


def mentioned(text: str) -> tuple[str, ...]:
    """Ids of the people whom a text mentions without saying their names, in order."""
    return tuple(dict.fromkeys(id for sign, id, label in SPECIAL.findall(text) if sign == "@" and not label))


def plain(text: str, *, names: Mapping[str, str] | None = None, channel: str = "") -> str:
    """What a person typed, without Slack's way of writing it: names instead of mentions, words instead of links; no ids.

    Args:
        text: as Slack writes it, with entities and `<…>`.
        names: of people, by id; whose name is empty is left out everywhere, as we ourselves are.
        channel: where it was typed, which a mention of it calls "this channel"; Slack sends the names of few channels, and the
            scopes that tell the others' (`channels:read`, `groups:read`) are none of ours.
    """
    known, parts, last = names or {}, [], 0
    with speaking("zh" if HAN.search(text) else FALLBACK):  # a stand-in is in the language of its sentence
        for match in SPECIAL.finditer(text):
            parts.append(html.unescape(text[last : match.start()]))
            parts.append(_said(match, known, channel, needed=LEADING.search("".join(parts)) is not None) or GONE)
            last = match.end()
    return closed_up("".join(parts) + html.unescape(text[last:]))


def _said(match: re.Match[str], names: Mapping[str, str], channel: str, *, needed: bool) -> str:
    """What one mention or link says in words.

    Args:
        match: of `SPECIAL`.
        names: see `plain`.
        channel: see `plain`.
        needed: the sentence leads up to it, and would not end without it.
    """
    sign, what, label = match.groups(default="")
    label = html.unescape(label)
    if sign == "@":
        return names[what] if what in names else label or (_(NAMELESS[sign]) if needed else "")
    if sign == "#":
        return label or (_("this channel") if what == channel else _(NAMELESS[sign]))
    if sign == "!":
        name = label.removeprefix("@")
        if what.partition("^")[0] not in CALLS:
            return name
        return (name if "^" in what else "") or _(NAMELESS[sign]) if needed else ""
    return label or html.unescape(what.removeprefix("mailto:"))


def by_id(text: str) -> str:
    """What a person typed, with the ids of those whom and of what they mention: for commands that are about these."""
    return html.unescape(
        SPECIAL.sub(lambda match: match[2] if match[1] in "@#" and match[1] else match[3] or match[2], text)
    ).strip()


def is_direct(event: Body) -> bool:
    """Whether a message was written in the conversation of one person with us."""
    return event.get("channel_type") == "im" or str(event["channel"]).startswith("D")


def session_of(event: Body) -> tuple[str, str, str]:
    """The conversation, the thread and the person of an event about an agent's session; Slack's methods name them both ways."""
    first, second = (event.get("session") or {}), event
    ids = [
        next((str(one[name]) for one in (second, first) for name in names if one.get(name)), "")
        for names in (("channel", "channel_id"), ("thread_ts",), ("user", "user_id", "stopped_by"))
    ]
    return ids[0], ids[1], ids[2]


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
        metadata = wire.read((body.get("view") or {}).get("private_metadata") or "{}")
        return {"channel": str(metadata.get("channel", "")), "home": "1"}
    message = body.get("message") or {}
    private = bool(container.get("is_ephemeral"))
    return {
        "channel": str((body.get("channel") or {}).get("id") or container.get("channel_id", "")),
        "thread": str(message.get("thread_ts") or container.get("thread_ts") or ""),
        "root": "" if private else str(message.get("ts") or ""),
        "url": str(body.get("response_url") or ""),
        "whisper": "1" if private else "",
    }


def claims(body: Body) -> tuple[str, ...]:
    """The workspaces that an interaction's message or form names as its own, the surest first."""
    message, view = body.get("message") or {}, body.get("view") or {}
    metadata = wire.read(view.get("private_metadata") or "{}")
    teams = (metadata.get("team"), message.get("team"), (message.get("bot_profile") or {}).get("team_id"))
    return tuple(str(team) for team in teams if team)


def submitted(view: Body) -> tuple[Key, dict[str, str], dict[str, list[Body]]]:
    """A submitted form's key, what was written or chosen in it, and the files handed in, as Slack describes them; by field.

    Raises:
        InvalidFeedback: the form is none of ours.
    """
    key = Key.parse(wire.read(view["private_metadata"])["key"])
    values: dict[str, str] = {}
    files: dict[str, list[Body]] = {}
    for fields in view["state"]["values"].values():
        for name, element in fields.items():
            if name == CHOICE:
                key = Key(verb=key.verb, target=element["selected_option"]["value"], token=key.token)
            elif element.get("type") == "file_input":
                files[name] = list(element.get("files") or ())
            else:
                values[name] = filled(element)
    return key, values, files


def filled(element: Body) -> str:
    """What somebody put into an element of a form, in words; people as their ids."""
    chosen = (element.get("selected_option") or {}).get("value") or element.get("selected_conversation")
    return str(element.get("value") or chosen or " ".join(element.get("selected_users") or ()))
