"""Cards as rows of text; it knows nothing of screens. Nothing in a row can move a cursor, colour a line or turn text around."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from babel.dates import format_skeleton
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from adapters.terminal._numbers import Numbers
from adapters.terminal._wrapping import wrapped
from bot.domain.feedback import Tally
from bot.domain.ideas import IdeaId, clean
from bot.messages import Card, Control, Line, Progress, lasting
from bot.words import _, language

Kind = Literal["title", "text", "idea", "footer", "keys", "picture"]
STYLES: dict[Kind, str] = {"title": "bold", "text": "", "footer": "dim"}
INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")  # control, formatting (bidirectional overrides), surrogate, private, unassigned
BETWEEN = " · "  #: two keys
BAR = 16  # cells of a progress bar; half the narrowest terminal that is worth supporting
JOINERS = "\u200c\u200d"  # formatting that scripts and emoji need


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a card, safe to print; a picture's rows are colours that we made ourselves."""

    kind: Kind
    text: str
    position: int = 0  #: of an idea, in the list on the screen
    number: int = 0  #: of an idea, in the channel; 0 where it need not be said
    marks: str = ""  #: what people said of an idea
    when: str = ""  #: when an idea was made, or a list asked for; for a person who reads, not for a script
    note: str = ""  #: where an idea came from; beside a text, the letter that presses its only control


def safe(text: str) -> str:
    """One line without anything a terminal would obey; unlike `clean` it keeps the spaces of an aligned text."""
    chars = (" " if char.isspace() else char for char in text if char.isspace() or char in JOINERS or not _is_invisible(char))
    return "".join(chars).rstrip()


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in INVISIBLE


def paragraphs(text: str) -> tuple[Row, ...]:
    """The lines of a text."""
    return tuple(Row(kind="text", text=safe(line)) for line in text.splitlines())


def idea(line: Line, position: int) -> Row:
    """An idea as the row `position. text`."""
    notes = [clean(line.note)] if line.note else []
    if line.by is not None:
        notes.append(_("by {person}").format(person=clean(line.by.id)))
    return Row(
        kind="idea",
        text=clean(line.text),
        position=position,
        number=line.number if line.number != position else 0,
        marks=marks(line.tally),
        note=" ".join(notes),
        when=moment(line.at) if line.at is not None else "",
    )


def moment(at: datetime) -> str:
    """A moment as this machine's clock on the wall says it, in the reader's language."""
    here = at.astimezone()
    return f"{format_skeleton('MMMd', here, tzinfo=here.tzinfo, locale=language())} {here:%H:%M}"


def marks(tally: Tally | None) -> str:
    """What people said, as short as can be: `👍 2 👎 1 ★ 4.5 ✅`."""
    if tally is None:
        return ""
    parts = [
        f"👍 {tally.ups}" if tally.ups else "",
        f"👎 {tally.downs}" if tally.downs else "",
        f"★ {tally.stars:.1f}" if tally.stars is not None else "",
        "✅" if tally.picked else "",
    ]
    return " ".join(part for part in parts if part)


def keys(offered: Sequence[tuple[str, Control]]) -> Row:
    """The letters that press a card's controls."""
    named = (f"{letter} {clean(control.label) or clean(control.emoji)}" for letter, control in offered)
    return Row(kind="keys", text=BETWEEN.join(named))


def render(card: Card) -> tuple[Row, ...]:
    """A whole card, as somebody sees it who has seen nothing before."""
    return Page().news(card, Numbers())


@dataclass(eq=False)
class Page:
    """What of one message is on the screen already. What scrolled by cannot be changed, so only news are printed."""

    lines: list[Line] = field(default_factory=list)  #: ideas printed as a list, in the order of their positions
    progress: Progress | None = None
    title: str = ""
    grew: bool = False  #: it was shown before it was finished
    saved: set[str] = field(default_factory=set)  #: names of its files that are in the person's folder
    _shown: set[IdeaId] = field(default_factory=set)
    _said: set[str] = field(default_factory=set)
    _closed: bool = False

    def news(self, card: Card, numbers: Numbers) -> tuple[Row, ...]:
        """The rows that a newer version of the card adds; the numbers and letters then mean what they show."""
        self.progress = card.progress
        self.grew = self.grew or card.progress is not None
        self.title = clean(card.title)
        new = [line for line in card.lines if line.idea not in self._shown]
        rows: list[Row] = []
        if self.title and (self._is_news(self.title) or (new and numbers.under is not self)):
            rows.append(Row(kind="title", text=self.title, when=moment(card.at) if card.at is not None else ""))
        if rows or new:
            numbers.under = self
        if card.text and self._is_news(card.text):
            rows += paragraphs(card.text)
        rows += self._ideas(card, new, numbers)
        if card.progress is None:
            closing = self._closing(card, numbers)
            if len(rows) == len(closing) == len(card.controls) == 1 and rows[0].kind == "text":
                return (replace(rows[0], note=closing[0].text),)  # a confirmation and its “undo” share a line
            rows += closing
        return tuple(rows)

    def _ideas(self, card: Card, new: Sequence[Line], numbers: Numbers) -> list[Row]:
        """A single idea, such as one just picked, joins the list that is on the screen instead of replacing it."""
        self._shown.update(line.idea for line in new)
        if new and len(card.lines) == 1 and not self.grew:
            return [idea(new[0], numbers.join(new[0]))]
        rows = []
        for line in new:
            self.lines.append(line)
            rows.append(idea(line, len(self.lines)))
        if new:
            numbers.lines = self.lines
        return rows

    def _closing(self, card: Card, numbers: Numbers) -> list[Row]:
        rows = []
        if card.until is not None and self._is_news(until := lasting(moment(card.until))):
            rows.append(Row(kind="footer", text=until))
        if card.footer and self._is_news(card.footer):
            rows.append(Row(kind="footer", text=clean(card.footer)))
        if not self._closed:
            self._closed = True
            offered = numbers.offer(card.controls, under_list=len(self.lines) > 0, grew=self.grew)
            if offered:
                rows.append(keys(offered))
        return rows

    def _is_news(self, text: str) -> bool:
        """Whether this text was not printed yet; it counts as printed from now on."""
        if text in self._said:
            return False
        self._said.add(text)
        return True


def plain(row: Row) -> str:
    """A row for a pipe: `1. text  marks  (note)`. Two spaces end an idea's text, which never holds two."""
    if row.kind != "idea":
        return row.text
    parts = [f"{row.position}. {row.text}", row.marks, f"({row.note})" if row.note else ""]
    return "  ".join(part for part in parts if part)


def styled(rows: Iterable[Row], *, width: int, colours: bool) -> str:
    """Rows for a terminal, wrapped to its width, with escape codes."""
    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=True,
        width=max(20, width),  # narrower than that no word fits beside a number
        color_system="standard",
        no_color=not colours,
        highlight=False,
        legacy_windows=False,
    )
    for row in rows:
        if row.kind == "picture":
            out.write(row.text + "\n" if colours else "")
            continue
        if row.kind == "title":
            console.print()
        head, body = _parts(row)
        indent = head.cell_len
        room = console.width - indent
        lines = _packed(body, room) if row.kind == "keys" else wrapped(body, room, console)
        for place, line in enumerate(lines or [body]):
            line.rstrip()
            console.print((head if place == 0 else Text(" " * indent)) + line, soft_wrap=True)
    return out.getvalue()


def _parts(row: Row) -> tuple[Text, Text]:
    """What stands before a row's text, and the text."""
    if row.kind == "idea":
        body = Text(row.text)
        body.append(f"  {row.marks}" if row.marks else "", style="green")
        said = BETWEEN.join(filter(None, (row.note, row.when)))
        body.append(f"  {said}" if said else "", style="dim italic")
        body.append(f"  #{row.number}" if row.number else "", style="dim")
        return Text(f"{row.position:>2}. ", style="bold cyan"), body
    if row.kind == "keys":
        return Text(""), _keys(row.text)
    text = row.text.lstrip()
    body = Text(text, style=STYLES[row.kind])
    if row.when:
        body.append(f"  {row.when}", style="not bold dim italic")
    return Text(" " * (len(row.text) - len(text))), body + _keys("  " + row.note) if row.note else body


def _packed(text: Text, width: int) -> list[Text]:
    """Keys in lines, never cut between a letter and its meaning."""
    lines: list[Text] = []
    for part in text.split(BETWEEN):
        if lines and lines[-1].cell_len + len(BETWEEN) + part.cell_len <= width:
            lines[-1].append(BETWEEN, style="dim").append_text(part)
        else:
            lines.append(part)
    return lines


def _keys(text: str) -> Text:
    drawn = Text(text, style="dim")
    for letter in re.finditer(r"(?:^|(?<= · )|(?<=^  ))[a-z](?= )", text):
        drawn.stylize("not dim cyan", *letter.span())
    return drawn


def shortened(text: str, cells: int) -> str:
    """At most so many cells of a line; a Chinese character takes two."""
    if cell_len(text) <= cells:
        return text
    chars, used = [], 1
    for char in text:
        used += cell_len(char)
        if used > cells:
            break
        chars.append(char)
    return "".join(chars).rstrip() + "…"


def bar(share: float) -> str:
    """A progress bar."""
    full = round(BAR * min(1.0, max(0.0, share)))
    return "━" * full + "─" * (BAR - full)


def hints(wanted: Sequence[str], room: int) -> str:
    """As many hints as there is room for; the last one (help) is given up last."""
    texts = [_(hint) for hint in wanted]
    while texts:
        text = "   " + " · ".join(texts)
        if cell_len(text) <= room:
            return text
        del texts[-2 if len(texts) > 1 else -1]
    return ""
