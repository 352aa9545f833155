"""In which order the bars of a written tune are played: repeats, endings, parts, Da Capo and Dal Segno. It knows no notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_PASSES = 9  # endings have one digit
MOST_PARTS = 64  # that an order of parts comes to; the longest in tune books has some twenty
CAPO, SEGNO = "capo", "segno"  #: where a jump goes: the beginning, or the sign


@dataclass(slots=True)
class Mark:
    """What the bar lines around a bar say."""

    begins: bool = False  #: a repeat goes back to here
    repeats: bool = False  #: go back from its end
    ends: bool = False  #: a section, and with it an ending
    endings: frozenset[int] = frozenset()  #: the passes for which an ending that begins here is; none: no ending begins
    part: str = ""  #: the letter of the part that begins here
    segno: bool = False  #: the sign that Dal Segno goes back to
    jump: str = ""  #: CAPO or SEGNO: after it, when all repeats are played, go back there
    fine: bool = False  #: the end, once it was gone back
    leave: bool = False  #: before it a coda sign: to the coda from here, once it was gone back; or the coda begins here
    left: bool = False  #: likewise, the sign stands at its end


def order(marks: Sequence[Mark], plan: str = "") -> list[int]:
    """Bars by number, as they are played.

    Args:
        marks: of all bars.
        plan: in which order the parts are played, as ABC's `P:` says it: AABB, A3(BC)2; empty: as they stand.
    """
    letters = unfolded(plan)
    starts = {mark.part: at for at, mark in reversed(list(enumerate(marks))) if mark.part}
    if letters and all(letter in starts for letter in letters):
        begins = sorted(starts.values())
        ends = dict(zip(begins, [*begins[1:], len(marks)], strict=True))
        return [at + starts[letter] for letter in letters for at in _as_written(marks[starts[letter] : ends[starts[letter]]])]
    jump = next((at for at, mark in enumerate(marks) if mark.jump), None)
    played = _as_written(marks)
    if jump is None or jump not in played:
        return played
    last = len(played) - 1 - played[::-1].index(jump)
    return [*played[: last + 1], *_again(marks, jump)]


def unfolded(plan: str) -> str:
    """The letters of an order of parts, one by one: A2(BC)2 is AABCBC. Dots part nothing."""
    plan = re.sub(r"[^A-Za-z0-9()]", "", plan)
    while found := re.search(r"\(([A-Za-z]*)\)(\d?)|([A-Za-z])(\d)", plan):
        inner = (found[1] or found[3] or "") * int(found[2] or found[4] or 1)
        plan = plan[: found.start()] + inner + plan[found.end() :]
        if len(plan) > MOST_PARTS * 2:
            return ""
    return plan[:MOST_PARTS] if plan.isalpha() else ""


def _again(marks: Sequence[Mark], jump: int) -> list[int]:
    """What is played after going back: each section once, with its last ending, until the end that is marked, or by the coda."""
    goal = 0 if marks[jump].jump == CAPO else next((at for at, mark in enumerate(marks) if mark.segno), 0)
    signs = [at for at, mark in enumerate(marks) if mark.leave or mark.left]
    leave, coda = (signs[0], signs[-1] + marks[signs[-1]].left) if len(signs) > 1 else (None, None)
    played: list[int] = []
    at, inside = goal, frozenset[int]()
    while at < len(marks):
        mark = marks[at]
        if leave == at and mark.leave and coda is not None:
            at, leave = coda, None
            continue
        inside = mark.endings or inside
        if not inside or max(inside) == _passes(marks, _section(marks, at)):
            played.append(at)
            if mark.fine:
                break
        inside = frozenset() if mark.ends else inside
        if leave == at and coda is not None:
            at, leave = coda, None
            continue
        at += 1
    return played


def _section(marks: Sequence[Mark], at: int) -> int:
    """Where the repeated section of a bar begins."""
    for before in range(at, 0, -1):
        if marks[before].begins or (marks[before - 1].ends and not marks[before].endings):
            return before
    return 0


def _as_written(marks: Sequence[Mark]) -> list[int]:
    """Bars by number, with their repeats and endings."""
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
