"""Decides how a card fits into one Discord message: which texts, which buttons, which menus. Knows nothing of discord.py."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from adapters.discord import escaping
from bot.messages import Card, Control, File, Key, Line
from bot.words import _

MAX_COMPONENTS = 40  # of one message; containers, texts, rows, buttons and menus all count
MAX_TEXT = 4000  # characters of all texts of one message
IN_ROW = 5
MAX_OPTIONS = 25  # of one menu
MAX_LABEL = 80  # of a button
MAX_OPTION = 100  # of a menu's entry, and of a menu's placeholder
MAX_TITLE = 200  # a heading of more than two lines crowds out the ideas
MAX_GALLERY = 10  # pictures of one gallery
MAX_FOOTER = 600  # a failure's explanation is the longest
NUMBER = re.compile(r"(?m)^\*\*(\d+)\.\*\* ")  # begins an idea; no escaped text looks like it
MENU = "menu"  # the verb of menus; what counts is the value chosen


@dataclass(frozen=True, slots=True)
class Text:
    """Markup."""

    content: str
    size = 1


@dataclass(frozen=True, slots=True)
class Row:
    """Up to five buttons."""

    controls: tuple[Control, ...]

    @property
    def size(self) -> int:
        """Components that this is."""
        return 1 + len(self.controls)


@dataclass(frozen=True, slots=True)
class Menu:
    """One choice among up to 25 controls."""

    number: int  #: of this menu within the message
    placeholder: str
    controls: tuple[Control, ...]
    size = 2

    @property
    def id(self) -> str:
        """What the menu itself is called; the state is in its values."""
        return str(Key(verb=MENU, token=str(self.number)))


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures among the message's attachments."""

    files: tuple[File, ...]
    size = 1


@dataclass(frozen=True, slots=True)
class Attached:
    """Another file among them."""

    file: File
    size = 1


Piece = Text | Row | Menu | Gallery | Attached
Written = tuple[list[Text], list[Text], list[Text]]  # head, ideas, foot


def media_of(card: Card, most: int) -> list[tuple[Line, File]]:
    """The files of a card's lines, `most` at most: the first of every line before the second of any."""
    ranked = [(place, line, file) for line in card.lines for place, file in enumerate(line.media)]
    ranked.sort(key=lambda one: one[0])
    return [(line, file) for _place, line, file in ranked[: max(0, most)]]


def shown(files: Sequence[File]) -> list[Piece]:
    """Files with their place in the message."""
    pictures = tuple(file for file in files if file.media_type.startswith("image/"))[:MAX_GALLERY]
    others = [file for file in files if file not in pictures]
    return [*([Gallery(pictures)] if pictures else []), *(Attached(file) for file in others)]


def size(pieces: Sequence[Piece]) -> int:
    """Components that these pieces are, with the container around them."""
    return 1 + sum(piece.size for piece in pieces)


def lay(card: Card, *, room: int = MAX_COMPONENTS) -> list[Piece]:
    """The richest layout of a card within the limits.

    Few ideas have their buttons beneath them. More ideas are listed, with rows of numbered buttons for what people do most and
    menus for the rest. A card that even so is too big loses its last menus, never a text.
    """
    card = once(card)
    last: list[Piece] = []
    for plan in plans(card):
        last = [piece for piece in plan if not isinstance(piece, Text) or piece.content.strip()]
        if size(last) <= room:
            return last
    return [piece for piece in last if isinstance(piece, Text | Gallery | Attached)]


def once(card: Card) -> Card:
    """The card with every key at most once: Discord refuses a message that names a control twice."""
    seen: set[Key] = set()

    def new(controls: tuple[Control, ...]) -> tuple[Control, ...]:
        firsts = []
        for control in controls:
            if control.key not in seen:
                seen.add(control.key)
                firsts.append(control)
        return tuple(firsts)

    lines = tuple(replace(line, controls=new(line.controls)) for line in card.lines)
    return replace(card, lines=lines, controls=new(card.controls))


def plans(card: Card) -> Iterator[list[Piece]]:
    """Layouts, the best first."""
    written = texts(card, tallies=False)
    yield beside(card, written, menu=False)
    yield beside(card, written, menu=True)
    groups = grouped(card.lines)
    written = texts(card, tallies=True)
    votes = 1 if groups else 0  # the likes stay buttons as long as anything fits that way
    for rows in range(len(groups), votes - 1, -1):
        yield listed(card, written, groups, rows=rows)
    common = [group for group in groups if not group.minor]
    rare = [
        replace(control, label=f"#{line.number} {control.label}")
        for line in card.lines
        for control in line.controls
        if control.minor
    ]
    for rows in range(2, -1, -1):
        yield listed(card, written, common, rows=min(rows, len(common)), rare=rare)
    yield listed(card, written, groups, rows=0)
    for count in range(len(groups) - 1, -1, -1):
        yield listed(card, written, groups[:count], rows=0)


def beside(card: Card, written: Written, *, menu: bool) -> list[Piece]:
    """Every idea with its buttons beneath; with `menu` the minor ones of all together in menus."""
    head, ideas, foot = written
    pieces: list[Piece] = [*head]
    minor: list[Control] = []
    for text, line in zip(ideas, card.lines, strict=True):
        pieces.append(text)
        pieces += shown(line.media)
        pieces += rows(control for control in line.controls if not (menu and control.minor))
        minor += [replace(control, label=f"#{line.number} {control.label}") for control in line.controls if control.minor]
    if menu:
        minor += [control for control in card.controls if control.minor]
        pieces += menus(minor, _("More …"), 0)
    pieces += rows(control for control in card.controls if not (menu and control.minor))
    return [*pieces, *foot]


def listed(card: Card, written: Written, groups: list[Group], *, rows: int, rare: Sequence[Control] = ()) -> list[Piece]:
    """The ideas as a list; of each kind of control either a row of numbered buttons (the first `rows` kinds) or a menu.

    `rare`: controls of several kinds that share menus, idea by idea, labelled with their ideas' numbers.
    """
    head, ideas, foot = written
    pieces: list[Piece] = [*head]
    if ideas:
        pieces.append(Text("\n".join(text.content for text in ideas)))
    pieces += shown([file for line in card.lines for file in line.media])
    for place, group in enumerate(groups):
        pieces += group.buttons if place < rows else menus(group.entries, group.what, count_menus(pieces))
    pieces += menus(rare, _("More …"), count_menus(pieces))
    main = [control for control in card.controls if not control.minor]
    if len(main) <= 2 * IN_ROW:
        pieces += rows_of(main)
        main = []
    minor = [control for control in card.controls if control.minor]
    pieces += menus([*main, *minor], _("More …"), count_menus(pieces))
    return [*pieces, *foot]


class Group:
    """Controls that do the same to one idea each; what they look like is made once for all the layouts that are tried."""

    def __init__(self) -> None:
        self.members: list[tuple[Control, Line]] = []

    @property
    def minor(self) -> bool:
        """Whether people seldom use them."""
        return self.members[0][0].minor

    @cached_property
    def what(self) -> str:
        """What they do, in a word."""
        return kind([control for control, _line in self.members])

    @cached_property
    def buttons(self) -> list[Piece]:
        """Buttons that show the idea's number."""
        return rows_of([replace(control, label=str(line.number)) for control, line in self.members])

    @cached_property
    def entries(self) -> list[Control]:
        """Entries of a menu that show the idea."""
        return [replace(control, label=f"#{line.number} {line.text}") for control, line in self.members]


def grouped(lines: Sequence[Line]) -> list[Group]:
    """The ideas' controls by what they do, what people do most first."""
    groups: defaultdict[tuple[bool, str, str], Group] = defaultdict(Group)
    for line in lines:
        for control in line.controls:
            groups[control.minor, control.key.verb, control.key.token].members.append((control, line))
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]


def kind(group: Sequence[Control]) -> str:
    """What a group of controls does, in a word; counts differ from idea to idea and are left out."""
    labels = {control.label for control in group}
    label = labels.pop() if len(labels) == 1 and not group[0].label.isdecimal() else ""
    return _("{what} — which idea?").format(what=f"{group[0].emoji} {label}".strip() or group[0].key.verb)


def rows(controls: Iterator[Control]) -> list[Piece]:
    """Buttons, five in a row."""
    return rows_of(list(controls))


def rows_of(controls: Sequence[Control]) -> list[Piece]:
    """Buttons, five in a row."""
    return [Row(tuple(controls[at : at + IN_ROW])) for at in range(0, len(controls), IN_ROW)]


def menus(controls: Sequence[Control], placeholder: str, number: int) -> list[Piece]:
    """Menus, 25 entries in each."""
    return [
        Menu(number + place, placeholder, tuple(controls[at : at + MAX_OPTIONS]))
        for place, at in enumerate(range(0, len(controls), MAX_OPTIONS))
    ]


def count_menus(pieces: Sequence[Piece]) -> int:
    """How many menus there are already: their numbers must differ."""
    return sum(isinstance(piece, Menu) for piece in pieces)


# ---------------------------------------------------------------------------------------------- texts


def texts(card: Card, *, tallies: bool) -> Written:
    """Head, ideas and foot, together within `MAX_TEXT`: what is too long ends with an ellipsis, the longest first."""
    title = f"### {escaping.within(' '.join(card.title.split()), MAX_TITLE)}" if card.title.strip() else ""
    foot = f"-# {escaping.within(' '.join(card.footer.split()), MAX_FOOTER)}" if card.footer.strip() else ""
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
