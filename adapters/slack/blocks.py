"""The parts that Slack's messages and forms are made of: texts in plain-text objects, each within Slack's limit.

Every text has `&`, `<` and `>` as entities, so nothing that a model or a person wrote becomes a mention, a link or markup.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.messages import Control, Key, lasting

Block = dict[str, Any]

ASKS = "?"  # before a key in a button's value: pressing it opens a form, within three seconds
MAX_HEADER = 150  # characters; this and the next two are Block Kit's own limits
MAX_SECTION = 3000
MAX_BUTTON = 75
ELLIPSIS = "…"
MARK = "\0"  # where the moment stands in a sentence


def escaped(text: str, limit: int) -> str:
    """`text` with Slack's three control characters as entities, at most `limit` characters, never cut inside an entity."""
    whole = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(whole) <= limit:
        return whole
    parts: list[str] = []
    size = 0
    for entity in ({"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(char, char) for char in text):
        if size + len(entity) > limit - len(ELLIPSIS):
            break
        parts.append(entity)
        size += len(entity)
    return "".join(parts).rstrip() + ELLIPSIS


def plain_text(text: str, limit: int) -> Block:
    """A text that is shown as it is; Slack refuses an empty one."""
    return {"type": "plain_text", "text": escaped(text.strip() or ELLIPSIS, limit), "emoji": False}


def header(text: str) -> Block:
    """A title."""
    return {"type": "header", "text": plain_text(text, MAX_HEADER)}


def section(text: str) -> Block:
    """A paragraph."""
    return {"type": "section", "text": plain_text(text, MAX_SECTION)}


def context(text: str, at: datetime | None = None) -> Block:
    """A small line, and when that was."""
    elements = [plain_text(text, MAX_SECTION)] if text.strip() or at is None else []
    return {"type": "context", "elements": [*elements, *([moment(at)] if at is not None else [])]}


def moment(at: datetime) -> Block:
    """A moment, which each reader's Slack says in their time zone; where it cannot, it stands in UTC."""
    said = f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC>"
    return {"type": "mrkdwn", "text": said, "verbatim": True}


def lasts_until(at: datetime) -> Block:
    """Until when something lasts: our words around the moment, which alone is markup."""
    before, _mark, after = lasting(MARK).partition(MARK)
    words = [plain_text(part, MAX_SECTION) if part.strip() else None for part in (before, after)]
    return {"type": "context", "elements": [part for part in (words[0], moment(at), words[1]) if part is not None]}


def paragraphs(text: str) -> list[str]:
    """Up to three parts that fit a section each; a card's text is some lines, not a document."""
    if not text.strip():
        return []
    parts: list[str] = []
    rest = text.strip()
    while rest and len(parts) < 3:
        if len(escaped(rest, 10 * MAX_SECTION)) <= MAX_SECTION:
            return [*parts, rest]
        cut = rest.rfind("\n", 0, MAX_SECTION // 5)  # an entity is at most five characters
        cut = cut if cut > 0 else MAX_SECTION // 5
        parts.append(rest[:cut])
        rest = rest[cut:].lstrip("\n")
    return [*parts[:2], parts[2].rstrip() + ELLIPSIS] if rest else parts


def chars_of(part: Any) -> int:
    """Characters of text in blocks."""
    if isinstance(part, list | tuple):
        return sum(map(chars_of, part))
    if isinstance(part, dict):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(chars_of(value) for value in part.values() if isinstance(value, dict | list))
    return 0


def value_of(control: Control) -> str:
    """What a button or menu entry carries: its key, marked when pressing it opens a form."""
    return (ASKS if control.asks else "") + str(control.key)


def read_value(value: str) -> tuple[Key, bool]:
    """A value's key, and whether pressing it opens a form.

    Raises:
        InvalidFeedback: it is none of ours.
    """
    asks = value.startswith(ASKS)
    return Key.parse(value[len(ASKS) :] if asks else value), asks
