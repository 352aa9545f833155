"""Writes what a card says within the characters of one Discord message. Knows nothing of discord.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from adapters.discord import escaping
from adapters.discord.pieces import MAX_TEXT, Text
from bot.messages import Card, Line, lasting
from bot.words import _

MAX_TITLE = 200  # a heading of more than two lines crowds out the ideas
MAX_FOOTER = 600  # a failure's explanation is the longest

Written = tuple[list[Text], list[Text], list[Text]]  # head, ideas, foot


def texts(card: Card, *, tallies: bool) -> Written:
    """Head, ideas and foot, together within `MAX_TEXT`: what is too long ends with an ellipsis, the longest first."""
    title = f"### {escaping.within(' '.join(card.title.split()), MAX_TITLE)}" if card.title.strip() else ""
    foot = f"-# {escaping.within(' '.join(card.footer.split()), MAX_FOOTER)}" if card.footer.strip() else ""
    if card.until is not None:
        when = f"{moment(card.until)} ({moment(card.until, how='R')})"
        foot = "\n".join(filter(None, [f"-# {lasting(when)}", foot]))
    if card.progress is not None:
        foot = "\n".join(filter(None, [progress(card), foot]))
    marks = [(f"**{line.number}.** ", under(line, tallies=tallies)) for line in card.lines]
    fixed = len(title) + len(foot) + sum(len(before) + len(after) + 1 for before, after in marks) + 8
    bodies = [card.text, *(" ".join(line.text.split()) for line in card.lines)]
    rooms = share([len(escaping.plain(body)) for body in bodies], max(0, MAX_TEXT - fixed))
    body, *ideas = [escaping.within(text, room) for text, room in zip(bodies, rooms, strict=True)]
    if fixed > MAX_TEXT:  # more lines than any message can number: their notes go first, then the last lines
        marks = [(before, "") for before, _after in marks]
    shown = [Text(before + text + after) for (before, after), text in zip(marks, ideas, strict=True)]
    shown = cut(shown, MAX_TEXT - len(title) - len(foot) - len(body) - 8)
    head = "\n".join(filter(str.strip, [title, body]))
    if not (head or shown or foot):
        head = "…"  # Discord takes no empty message
    return [Text(head)] * bool(head), shown, [Text(foot)] * bool(foot)


def cut(lines: list[Text], room: int) -> list[Text]:
    """The lines with their contents emptied to a mark once the room is used up; no line is lost from the list."""
    result = []
    for text in lines:
        room -= len(text.content) + 1
        result.append(text if room >= 0 else Text(""))
    return result


def share(needs: Sequence[int], room: int) -> list[int]:
    """Splits the room so that short texts get all they need and the long ones the same each."""
    shares = [0] * len(needs)
    left = sorted(range(len(needs)), key=lambda at: needs[at])
    while left:
        at = left.pop(0)
        shares[at] = min(needs[at], room // (len(left) + 1))
        room -= shares[at]
    return shares


def progress(card: Card) -> str:
    """How far the work is, as a line of small print."""
    assert card.progress is not None
    doing, done, total = escaping.line(card.progress.doing)[:300], card.progress.done, card.progress.total
    bar = "▰" * min(done, 10) + "▱" * min(max(0, total - done), 10)
    return f"-# {doing} {bar} {done}/{total}" if total else f"-# {doing} …"


def under(line: Line, *, tallies: bool) -> str:
    """The small print under an idea: where it came from, who wrote it, what people said."""
    parts = []
    if line.note:
        parts.append(escaping.line(line.note)[:120])
    if line.at is not None:
        parts.append(moment(line.at))
    if line.by is not None and line.by.platform == "discord" and line.by.id.isdecimal():
        parts.append(f"<@{line.by.id}>")  # shows the name; allowed_mentions keeps it from notifying anybody
    if line.tally is not None:
        if tallies and line.tally.voters:
            parts.append(f"👍 {line.tally.ups} 👎 {line.tally.downs}")
        if line.tally.stars is not None:
            parts.append(f"★ {line.tally.stars:.1f} ({line.tally.raters})")
        if line.tally.picked:
            parts.append("✅ " + _("picked"))
    return "\n-# " + " · ".join(parts) if parts else ""


def moment(at: datetime, *, how: str = "f") -> str:
    """A moment, which each reader's Discord says in their language and time zone. `how`: "f" a date and a time, "R" from now."""
    return f"<t:{int(at.timestamp())}:{how}>"
