"""Draws cards as Slack's messages. Pure: the same card gives the same blocks, always within Slack's limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from adapters.slack.blocks import (
    ELLIPSIS,
    MAX_BUTTON,
    Block,
    chars_of,
    context,
    escaped,
    header,
    lasts_until,
    paragraphs,
    plain_text,
    section,
    value_of,
)
from adapters.slack.lines import written_here
from bot.messages import Card, Control, Line, Progress, in_utc, lasting
from bot.words import _, ngettext

T = TypeVar("T")

MAX_ACTIONS = 25  # elements of one row; this and the next two are Block Kit's own limits
MAX_MENU = 5  # entries of one overflow menu
MAX_BLOCKS = 50  # of one message
MAX_CHARS = 12_000  # of all blocks together; undocumented, Slack refuses somewhere above 13 200 (bolt-js#2509)
ROWS = 2048  # controls of ideas kept drawn, some kilobytes each: those of the hundreds of cards that people vote on now
MAX_TEXT = 3_900  # of the text beside the blocks, which notifications show; chat.update refuses above 4 000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A message as Slack takes it."""

    text: str  #: for notifications and screen readers
    blocks: tuple[Block, ...]


def render(card: Card) -> Drawn:
    """The message that shows a card."""
    head = [header(card.title)] if card.title.strip() else []
    head += [section(part) for part in paragraphs(written_here(card.text))]
    foot = [context(_progress(card.progress))] if card.progress is not None else []
    foot += [lasts_until(card.until)] if card.until is not None else []
    foot += [context(written_here(card.footer))] if card.footer.strip() else []
    rows, chars = _rows(card.controls)
    chars += chars_of(head) + chars_of(foot)
    foot += rows
    body = _body(card.lines, blocks=MAX_BLOCKS - len(head) - len(foot), chars=MAX_CHARS - chars)
    blocks = [*head, *body, *foot] or [section(ELLIPSIS)]
    return Drawn(text=_spoken(card), blocks=tuple(blocks[:MAX_BLOCKS]))


def only_text(card: Card) -> Drawn:
    """A card without anything that Slack could find wrong: for the case that it refuses the blocks."""
    return Drawn(text=_spoken(card), blocks=(section(_plain(card)),))


def line_blocks(line: Line) -> list[Block]:
    """One idea: its text, where it came from, and what can be done with it."""
    return _line(line)[0]


def _line(line: Line) -> tuple[list[Block], int]:
    """The same, and how many characters of text are in it."""
    marks = "  ".join(part for part in (_by(line), line.note, _tally(line)) if part)
    blocks = [section(f"{line.number}. {line.text}")]
    if marks or line.at is not None:
        blocks.append(context(marks, line.at))
    rows, chars = _rows(line.controls)
    return [*blocks, *rows], chars_of(blocks) + chars


def _body(lines: Sequence[Line], *, blocks: int, chars: int) -> list[Block]:
    """As many ideas as fit; what does not fit is counted, never dropped in silence."""
    drawn: list[Block] = []
    said = 0
    for place, line in enumerate(lines):
        new, more = _line(line)
        said += more
        last = place == len(lines) - 1
        if len(drawn) + len(new) > blocks - (not last) or said > chars - 100:
            left = len(lines) - place
            template = ngettext("{count} more idea is on the board.", "{count} more ideas are on the board.", left)
            return [*drawn, context(template.format(count=left))]
        drawn += new
    return drawn


class Same:
    """Controls, known again by which object they are: comparing all of a card takes longer than what that saves."""

    __slots__ = ("controls",)

    def __init__(self, controls: tuple[Control, ...]) -> None:
        self.controls = controls

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.controls is self.controls

    def __hash__(self) -> int:
        return id(self.controls)


def _rows(controls: tuple[Control, ...]) -> tuple[list[Block], int]:
    """Buttons in rows, minor controls in overflow menus at the end; and how many characters of text are in them."""
    return _rows_of(Same(controls))


@lru_cache(maxsize=ROWS)
def _rows_of(same: Same) -> tuple[list[Block], int]:
    controls = same.controls
    elements: list[Block] = [_button(control) for control in controls if not control.minor]
    minor = [control for control in controls if control.minor]
    elements += [_menu(part) for part in _in_rows(minor, MAX_MENU)]
    rows: list[Block] = [{"type": "actions", "elements": row} for row in _in_rows(_distinct(elements), MAX_ACTIONS)]
    return rows, chars_of(rows)


def _in_rows(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while row := list(islice(left, size)):
        yield row


def _distinct(elements: Iterable[Block]) -> list[Block]:
    """The elements without repetitions: Slack refuses an action id that comes twice."""
    return list({element["action_id"]: element for element in elements}.values())


def _button(control: Control) -> Block:
    button: Block = {
        "type": "button",
        "action_id": value_of(control),
        "text": plain_text(_label(control), MAX_BUTTON),
        "value": value_of(control),
    }
    return button | ({"style": "primary"} if control.primary else {})


def _menu(controls: Sequence[Control]) -> Block:
    options = [{"text": plain_text(_label(control), MAX_BUTTON), "value": value_of(control)} for control in controls]
    return {"type": "overflow", "action_id": f"menu {options[0]['value']}", "options": options}


def _label(control: Control) -> str:
    return " ".join(part for part in (control.emoji, control.label) if part) or control.key.verb


def _progress(progress: Progress) -> str:
    if not progress.total:
        return f"⏳ {progress.doing}{ELLIPSIS}"
    return f"⏳ {progress.doing}{ELLIPSIS} {progress.done}/{progress.total}"


def _by(line: Line) -> str:
    """People are named by mention nowhere: a mention would ring their bell."""
    return _("by a person") if line.by is not None else ""


def _tally(line: Line) -> str:
    tally = line.tally
    if tally is None:
        return ""
    stars = f"⭐ {tally.stars:.1f}" if tally.stars is not None else ""
    picked = "✅ " + _("picked") if tally.picked else ""
    votes = f"👍 {tally.ups}  👎 {tally.downs}" if tally.voters and not line.controls else ""  # else the buttons say it
    return "  ".join(part for part in (picked, votes, stars) if part)


def _plain(card: Card) -> str:
    lines = [f"{line.number}. {line.text}" for line in card.lines]
    progress = [_progress(card.progress)] if card.progress is not None else []
    until = [lasting(in_utc(card.until))] if card.until is not None else []
    parts = (card.title, written_here(card.text), *lines, *progress, *until, written_here(card.footer))
    return "\n".join(part for part in parts if part.strip()) or ELLIPSIS


def _spoken(card: Card) -> str:
    return escaped(_plain(card), MAX_TEXT)
