"""A round's card as the guest sees it: what people there may press, whose ideas are named, and the same as a file."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.rounds import Round
from bot.messages import Card, Control, File, Key, Line
from bot.services.ideas.exporting import BACKSLASH, MARKUP
from bot.services.lines import from_platform
from bot.words import _

#: What people of a guest may do at the host. Whatever a phase offers beside these stays the host's.
SHARED = frozenset({"jot", "points", "duel", "vote"})


def as_guest(card: Card, round: Round, platform: str) -> Card:
    """A round's card for a guest on a platform."""
    controls = tuple(control for control in card.controls if control.key.verb in SHARED)
    if round.state != "running":
        key = Key(verb="bridge", target=round.id, token="export")
        controls = (*controls, Control(key=key, label=_("Export"), emoji="📄"))
    return replace(card, controls=controls, lines=tuple(visited(line, platform) for line in card.lines))


def visited(line: Line, platform: str) -> Line:
    """An idea for a guest: people of its own platform are named, and of others where they are from."""
    notes = [note for note in line.note.split(" · ") if note and note != from_platform(platform)]
    controls = tuple(control for control in line.controls if control.key.verb in SHARED)
    if line.by is None or line.by.platform == platform:
        return replace(line, note=" · ".join(notes), controls=controls)
    notes.append(from_platform(line.by.platform))
    return replace(line, by=None, note=" · ".join(notes), controls=controls)


def as_file(card: Card) -> File:
    """What a guest's card says, in Markdown, for people to keep."""
    parts = [f"# {escaped(card.title)}", *(escaped(part) for part in card.text.split("\n\n") if part)]
    rows = []
    for place, line in enumerate(card.lines, start=1):
        tally = (
            [] if line.tally is None else [f"👍 {line.tally.ups} 👎 {line.tally.downs}" + (" ✅" if line.tally.picked else "")]
        )
        more = [*tally, f"#{line.number}", *([escaped(line.note)] if line.note else [])]
        rows.append(f"{place}. {escaped(line.text)} — {' · '.join(more)}")
    text = "\n\n".join([*parts, "\n".join(rows)]) + "\n"
    return File(name="round.md", media_type="text/markdown", content=text.encode())


def escaped(text: str) -> str:
    """Text that looks like markup, as text."""
    return MARKUP.sub(BACKSLASH, text)
