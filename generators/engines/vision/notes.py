"""Which lines of a picture belong together: those of one sticky note, those of one column. It reads nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from generators.engines.vision.reading import Line

ALIKE = 28  #: of 255: how far two grounds of one note may differ, in any colour
GAP = 1.1  #: heights of a line between two lines of one note
BESIDE = 0.3  #: of the narrower line that lies under the other
COLOURED = 45  #: of 255: between the strongest and the weakest colour of a note's paper; of a white page less
WALL = 0.9  #: of a row of pixels between two lines that is no paper of theirs: letters cover less of it
EDGE = 0.3  #: of a line's height that a gap between notes is looked for within its box, which is larger than its letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines that belong together, from top to bottom."""

    lines: tuple[Line, ...]
    ground: tuple[int, int, int]  #: red, green, blue, 0..255
    cut: tuple[int, int, int, int] | None = None  #: where it is, if what is written on it was not made out

    @property
    def text(self) -> str:
        """What is written on it; nothing where that was not made out."""
        return "" if self.cut else " ".join(line.text for line in self.lines)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        if self.cut:
            return self.cut
        boxes = [line.box for line in self.lines]
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)

    @property
    def coloured(self) -> bool:
        """Whether its paper has a colour, as sticky notes do."""
        return max(self.ground) - min(self.ground) >= COLOURED


def grouped(lines: Sequence[Line], picture: Image.Image) -> list[Group]:
    """The lines in groups, row by row, and in a row from left to right; of columns one after another."""
    grounds = [ground(picture.crop(line.box)) for line in lines]
    root = list(range(len(lines)))

    def found(number: int) -> int:
        while root[number] != number:
            number = root[number]
        return number

    for one in range(len(lines)):
        for other in range(one):
            together = near(lines[one], lines[other]) and _alike(grounds[one], grounds[other])
            if together and not parted(lines[one], lines[other], grounds[one], picture):
                root[found(one)] = found(other)
    groups: dict[int, list[int]] = {}
    for number in range(len(lines)):
        groups.setdefault(found(number), []).append(number)
    made = [
        Group(lines=tuple(sorted((lines[number] for number in each), key=lambda line: line.box[1])), ground=grounds[each[0]])
        for each in groups.values()
    ]
    return ordered(made)


def sticky(groups: Sequence[Group]) -> bool:
    """Whether these are notes on coloured paper: at least half of several groups."""
    return len(groups) > 1 and 2 * sum(group.coloured for group in groups) >= len(groups)


def ground(line: Image.Image) -> tuple[int, int, int]:
    """The colour of the paper: what most of a line is lighter or darker than its letters."""
    pixels = np.asarray(line.convert("RGB")).reshape(-1, 3)
    red, green, blue = (int(value) for value in np.median(pixels, axis=0))
    return red, green, blue


def near(one: Line, other: Line) -> bool:
    """Whether two lines stand under one another, with no more between than between lines of a text."""
    tall = min(one.box[3] - one.box[1], other.box[3] - other.box[1])
    gap = max(one.box[1], other.box[1]) - min(one.box[3], other.box[3])
    shared = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    narrow = min(one.box[2] - one.box[0], other.box[2] - other.box[0])
    return gap <= GAP * tall and shared >= BESIDE * narrow


def parted(one: Line, other: Line, paper: tuple[int, int, int], picture: Image.Image) -> bool:
    """Whether something else than their paper lies between two lines: notes of one colour under one another are two.

    Args:
        one: a line.
        other: one above or below it.
        paper: what both are written on.
        picture: RGB, in which both are.
    """
    upper, lower = sorted((one.box, other.box), key=lambda box: box[1] + box[3])
    top, bottom = upper[3] - EDGE * (upper[3] - upper[1]), lower[1] + EDGE * (lower[3] - lower[1])
    left, right = max(upper[0], lower[0]), min(upper[2], lower[2])
    if right <= left or bottom < top + 1:
        return False
    rows = np.asarray(picture.crop((left, round(top), right, round(bottom))).convert("RGB"), np.int16)
    away = np.abs(rows - np.asarray(paper)).max(axis=2) > ALIKE
    return bool((away.mean(axis=1) > WALL).any())


def _alike(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) <= ALIKE for a, b in zip(one, other, strict=True))


def ordered(groups: Sequence[Group]) -> list[Group]:
    """By rows: a group that begins above the middle of a row's first belongs to it."""
    left, rows = sorted(groups, key=lambda group: group.box[1]), []
    while left:
        middle = (left[0].box[1] + left[0].box[3]) / 2
        row = [group for group in left if group.box[1] <= middle]
        rows += sorted(row, key=lambda group: group.box[0])
        left = [group for group in left if group.box[1] > middle]
    return rows
