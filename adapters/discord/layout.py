"""Decides how a card fits into one Discord message: which texts, which buttons, which menus. Knows nothing of discord.py."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from math import ceil

from adapters.discord.pieces import (
    IN_ROW,
    MAX_COMPONENTS,
    MAX_GALLERY,
    MAX_OPTIONS,
    Attached,
    Gallery,
    Menu,
    Piece,
    Row,
    Text,
    size,
)
from adapters.discord.wording import Written, texts
from bot.messages import Card, Control, File, Key, Line
from bot.words import _

NUMBER = re.compile(r"(?m)^\*\*(\d+)\.\*\* ")  # begins an idea; no escaped text looks like it


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


def lay(card: Card, *, room: int = MAX_COMPONENTS) -> list[Piece]:
    """The richest layout of a card within the limits.

    Few ideas have their buttons beneath them. More ideas are listed, with rows of numbered buttons for what people do most and
    menus for the rest. A card that even so is too big loses its last menus, never a text.
    """
    card = once(card)
    last: list[Piece] = []
    for plan in plans(card, room):
        last = [piece for piece in plan if not isinstance(piece, Text) or piece.content.strip()]
        if size(last) <= room:
            return last
    return [piece for piece in last if isinstance(piece, Text | Gallery | Attached)]


def once(card: Card) -> Card:
    """The card with every key at most once: Discord refuses a message that names a control twice."""
    keys = [control.key for line in card.lines for control in line.controls] + [control.key for control in card.controls]
    seen: set[Key] = set()
    if len(set(keys)) == len(keys):
        return card

    def new(controls: tuple[Control, ...]) -> tuple[Control, ...]:
        firsts = []
        for control in controls:
            if control.key not in seen:
                seen.add(control.key)
                firsts.append(control)
        return tuple(firsts)

    lines = tuple(replace(line, controls=new(line.controls)) for line in card.lines)
    return replace(card, lines=lines, controls=new(card.controls))


def plans(card: Card, room: int) -> Iterator[list[Piece]]:
    """Layouts, the best first; some of those whose controls alone have no room are left out."""
    fitting = [menu for menu in (False, True) if least(card, menu=menu) <= room]
    if fitting:
        written = texts(card, tallies=False)
        for menu in fitting:
            yield beside(card, written, menu=menu)
    groups = grouped(card.lines)
    written = texts(card, tallies=True)
    votes = 1 if groups else 0  # the likes stay buttons as long as anything fits that way
    counts = [len(group.members) for group in groups]
    for rows in range(len(groups), votes - 1, -1):
        if sum(map(in_rows, counts[:rows])) + sum(map(in_menus, counts[rows:])) < room:
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


def least(card: Card, *, menu: bool) -> int:
    """Components that `beside` makes of the controls that stay buttons."""
    of_ideas = sum(in_rows(sum(not (menu and control.minor) for control in line.controls)) for line in card.lines)
    return of_ideas + in_rows(sum(not (menu and control.minor) for control in card.controls))


def in_rows(controls: int) -> int:
    """Components that so many buttons are."""
    return controls + ceil(controls / IN_ROW)


def in_menus(controls: int) -> int:
    """Components that so many entries of menus are."""
    return 2 * ceil(controls / MAX_OPTIONS)


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
