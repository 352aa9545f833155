"""Draws cards, forms and the Home tab as Block Kit. Pure: the same card gives the same blocks, always within Slack's limits.

Every text goes into plain-text objects with `&`, `<` and `>` as entities, so nothing that a model or a person wrote becomes
a mention, a link or markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from adapters.slack.lines import written_here
from bot.domain.errors import InvalidFeedback
from bot.messages import Card, Control, Field, Form, Key, Line, Progress
from bot.words import _, ngettext

Block = dict[str, Any]
T = TypeVar("T")

ASKS = "?"  # before a key in a button's value: pressing it opens a form, within three seconds
MAX_HEADER = 150  # characters; this and the next four are Block Kit's own limits
MAX_SECTION = 3000
MAX_BUTTON = 75
MAX_ACTIONS = 25  # elements of one row
MAX_MENU = 5  # entries of one overflow menu
MAX_BLOCKS = 50  # of one message
MAX_CHARS = 12_000  # of all blocks together; undocumented, Slack refuses somewhere above 13 200 (bolt-js#2509)
MAX_TEXT = 3_900  # of the text beside the blocks, which notifications show; chat.update refuses above 4 000
MAX_MODAL_TITLE = 24  # also of a modal's buttons
MAX_LABEL = 2000
MAX_PLACEHOLDER = 150
MAX_INPUT = 3000
MAX_OPTIONS = 100  # of a menu
ELLIPSIS = "…"
FORM, CHOICE, CHANNEL = "muselab-form", "muselab-choice", "muselab-channel"  # ids of the modal and its own elements


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A message as Slack takes it."""

    text: str  #: for notifications and screen readers
    blocks: tuple[Block, ...]


def escaped(text: str, limit: int) -> str:
    """`text` with Slack's three control characters as entities, at most `limit` characters, never cut inside an entity."""
    parts: list[str] = []
    size = 0
    entities = [{"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(char, char) for char in text]
    whole = sum(map(len, entities))
    if whole <= limit:
        return "".join(entities)
    for entity in entities:
        if size + len(entity) > limit - len(ELLIPSIS):
            break
        parts.append(entity)
        size += len(entity)
    return "".join(parts).rstrip() + ELLIPSIS


def render(card: Card) -> Drawn:
    """The message that shows a card."""
    head = [_header(card.title)] if card.title.strip() else []
    head += [_section(part) for part in _paragraphs(written_here(card.text))]
    foot = [_context(_progress(card.progress))] if card.progress is not None else []
    foot += [_context(written_here(card.footer))] if card.footer.strip() else []
    foot += _rows(card.controls)
    body = _body(card.lines, blocks=MAX_BLOCKS - len(head) - len(foot), chars=MAX_CHARS - _chars(head) - _chars(foot))
    blocks = [*head, *body, *foot] or [_section(ELLIPSIS)]
    return Drawn(text=_spoken(card), blocks=tuple(blocks[:MAX_BLOCKS]))


def only_text(card: Card) -> Drawn:
    """A card without anything that Slack could find wrong: for the case that it refuses the blocks."""
    return Drawn(text=_spoken(card), blocks=(_section(_plain(card)),))


def line_blocks(line: Line) -> list[Block]:
    """One idea: its text, where it came from, and what can be done with it."""
    marks = "  ".join(part for part in (_by(line), line.note, _tally(line)) if part)
    blocks = [_section(f"{line.number}. {line.text}")]
    if marks:
        blocks.append(_context(marks))
    return [*blocks, *_rows(line.controls)]


def _body(lines: Sequence[Line], *, blocks: int, chars: int) -> list[Block]:
    """As many ideas as fit; what does not fit is counted, never dropped in silence."""
    drawn: list[Block] = []
    for place, line in enumerate(lines):
        new = line_blocks(line)
        last = place == len(lines) - 1
        if len(drawn) + len(new) > blocks - (not last) or _chars(drawn) + _chars(new) > chars - 100:
            left = len(lines) - place
            template = ngettext("{count} more idea is on the board.", "{count} more ideas are on the board.", left)
            return [*drawn, _context(template.format(count=left))]
        drawn += new
    return drawn


def _rows(controls: Iterable[Control]) -> list[Block]:
    """Buttons in rows, minor controls in overflow menus at the end."""
    controls = tuple(controls)
    elements: list[Block] = [_button(control) for control in controls if not control.minor]
    minor = [control for control in controls if control.minor]
    elements += [_menu(part) for part in _in_rows(minor, MAX_MENU)]
    return [{"type": "actions", "elements": row} for row in _in_rows(_distinct(elements), MAX_ACTIONS)]


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
        "text": _plain_text(_label(control), MAX_BUTTON),
        "value": value_of(control),
    }
    return button | ({"style": "primary"} if control.primary else {})


def _menu(controls: Sequence[Control]) -> Block:
    options = [{"text": _plain_text(_label(control), MAX_BUTTON), "value": value_of(control)} for control in controls]
    return {"type": "overflow", "action_id": f"menu {options[0]['value']}", "options": options}


def _label(control: Control) -> str:
    return " ".join(part for part in (control.emoji, control.label) if part) or control.key.verb


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


# ---------------------------------------------------------------------------------------------- parts


def _plain_text(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": escaped(text.strip() or ELLIPSIS, limit), "emoji": False}


def _header(text: str) -> Block:
    return {"type": "header", "text": _plain_text(text, MAX_HEADER)}


def _section(text: str) -> Block:
    return {"type": "section", "text": _plain_text(text, MAX_SECTION)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_plain_text(text, MAX_SECTION)]}


def _paragraphs(text: str) -> list[str]:
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
    parts = (card.title, written_here(card.text), *lines, *progress, written_here(card.footer))
    return "\n".join(part for part in parts if part.strip()) or ELLIPSIS


def _spoken(card: Card) -> str:
    return escaped(_plain(card), MAX_TEXT)


def _chars(part: Any) -> int:
    """Characters of text in blocks."""
    if isinstance(part, list | tuple):
        return sum(map(_chars, part))
    if isinstance(part, dict):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(_chars(value) for value in part.values() if isinstance(value, dict | list))
    return 0


# ---------------------------------------------------------------------------------------------- ideas in a message


@dataclass(frozen=True, slots=True)
class Shown:
    """An idea as it stands in a message."""

    idea: str
    number: int
    text: str


def shown_in(blocks: Sequence[Mapping[str, Any]], verbs: Iterable[str]) -> tuple[Shown, ...]:
    """The ideas that a message of ours shows, read back from its blocks: each is a text followed by its buttons.

    Args:
        blocks: of the message, as Slack gives them back.
        verbs: those whose buttons stand beside an idea.
    """
    wanted, text = frozenset(verbs), ""
    ideas: dict[str, Shown] = {}
    for block in blocks:
        if block.get("type") == "section":
            text = str((block.get("text") or {}).get("text", ""))
        for value in _values(block):
            key = _ours(value)
            number, dot, words = text.partition(". ")
            if key is not None and key.verb in wanted and dot and number.isdecimal():
                ideas.setdefault(key.target, Shown(key.target, int(number), words))
    return tuple(ideas.values())


def _values(block: Mapping[str, Any]) -> list[str]:
    elements = block.get("elements") or []
    return [
        str(value)
        for element in elements
        if isinstance(element, dict)
        for value in (element.get("value"), *(option.get("value") for option in element.get("options") or ()))
        if value
    ]


def _ours(value: str) -> Key | None:
    try:
        return read_value(value)[0]
    except InvalidFeedback:
        return None


# ---------------------------------------------------------------------------------------------- modals and Home


def form_view(form: Form, state: Mapping[str, str], choices: Sequence[Shown] = ()) -> Block:
    """The modal that asks with a form.

    Args:
        form: what to ask.
        state: what the submission needs to know; comes back as it is.
        choices: ideas of which the form's key names the first; with more than one, the person chooses.
    """
    blocks: list[Block] = []
    if len(choices) > 1:
        options = [
            {"text": {"type": "plain_text", "text": _cut(f"{c.number}. {c.text}", MAX_BUTTON)}, "value": c.idea} for c in choices
        ]
        blocks.append(
            {
                "type": "input",
                "block_id": CHOICE,
                "label": _plain_text(_("Which idea?"), MAX_LABEL),
                "element": {
                    "type": "static_select",
                    "action_id": CHOICE,
                    "options": options[:MAX_OPTIONS],
                    "initial_option": options[0],
                },
            }
        )
    blocks += [_input(field) for field in form.fields]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _plain_text(form.title, MAX_MODAL_TITLE),
        "submit": _plain_text(form.submit or _("Send"), MAX_MODAL_TITLE),
        "close": _plain_text(_("Cancel"), MAX_MODAL_TITLE),
        "private_metadata": json.dumps(state),
        "blocks": blocks,
    }


def _cut(text: str, limit: int) -> str:
    """A text that Slack gave us, so its entities are written already."""
    return text if len(text) <= limit else text[: limit - 1].rsplit("&", 1)[0].rstrip() + ELLIPSIS


def _input(field: Field) -> Block:
    element = {"text": _written, "choice": _chosen, "file": _handed}[field.kind](field)
    if field.placeholder and field.kind != "file":
        element["placeholder"] = _plain_text(field.placeholder, MAX_PLACEHOLDER)
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": _plain_text(field.label, MAX_LABEL),
        "optional": not field.required,
        "element": element,
    }
    return block | ({"hint": _plain_text(field.hint, MAX_LABEL)} if field.hint else {})


def _written(field: Field) -> Block:
    most = min(field.most, MAX_INPUT)
    element: Block = {
        "type": "plain_text_input",
        "action_id": field.name,
        "multiline": field.multiline,
        "max_length": most,
    }
    return element | ({"initial_value": field.value[:most]} if field.value else {})


def _chosen(field: Field) -> Block:
    options = [{"text": _plain_text(label, MAX_BUTTON), "value": value} for value, label in field.choices[:MAX_OPTIONS]]
    first = next((option for option in options if option["value"] == field.value), None)
    element: Block = {"type": "static_select", "action_id": field.name, "options": options}
    return element | ({"initial_option": first} if first is not None else {})


def _handed(field: Field) -> Block:
    """A place for a file. Slack itself takes 10 MB at the most there.

    No `filetypes`: they are a convenience only, one that Slack does not know would cost the whole form, and what comes is looked
    at anyway.
    """
    return {"type": "file_input", "action_id": field.name, "max_files": 1}


def home_view(channel: str, cards: Sequence[Card], *, note: str = "") -> Block:
    """The Home tab: a choice of channel, and what there is to see of it."""
    blocks: list[Block] = [
        {
            "type": "actions",
            "elements": [
                {
                    "type": "conversations_select",
                    "action_id": CHANNEL,
                    "placeholder": _plain_text(_("Choose a channel"), MAX_PLACEHOLDER),
                    "initial_conversation": channel,
                }
            ],
        }
    ]
    if note:
        blocks.append(_context(note))
    for card in cards:
        blocks += [{"type": "divider"}, *render(card).blocks]
    return {"type": "home", "private_metadata": json.dumps({"channel": channel}), "blocks": blocks[:100]}
