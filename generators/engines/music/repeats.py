"""In which order the bars of a written tune are played: repeats and endings. It knows no notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_PASSES = 9  # endings have one digit


@dataclass(slots=True)
class Mark:
    """What the bar lines around a bar say."""

    begins: bool = False  #: a repeat goes back to here
    repeats: bool = False  #: go back from its end
    ends: bool = False  #: a section, and with it an ending
    endings: frozenset[int] = frozenset()  #: the passes for which an ending that begins here is; none: no ending begins


def order(marks: Sequence[Mark]) -> list[int]:
    """Bars by number, as they are played."""
    played: list[int] = []
    first, turn, at = 0, 1, 0
    inside: frozenset[int] = frozenset()  #: the passes of the ending that we are in
    while at < len(marks):
        mark = marks[at]
        if mark.begins and at > first and turn == 1:
            first = at
        inside = mark.endings or inside
        skipped = bool(inside) and turn not in inside
        if not skipped:
            played.append(at)
        if mark.repeats and not skipped and turn < _passes(marks, first):
            at, turn, inside = first, turn + 1, frozenset()
            continue
        if mark.ends:
            more = bool(inside) and at + 1 < len(marks) and bool(marks[at + 1].endings)
            if not more and (mark.repeats or inside or not marks[first].begins):  # a double bar closes no repeat that was begun
                first, turn = at + 1, 1
            inside = frozenset()
        at += 1
    return played


def _passes(marks: Sequence[Mark], first: int) -> int:
    """How often a section is played that is repeated: as often as it has endings, else twice."""
    most = 2
    for number, mark in enumerate(marks[first:]):
        if number and mark.begins:
            break
        most = max(most, *mark.endings, 2)
    return most
