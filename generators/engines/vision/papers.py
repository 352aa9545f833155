"""Where the notes of a photo are: sheets of one colour, also those on which no line of text was found; and which are unread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generators.engines.vision.notes import ALIKE, COLOURED, Group, grouped, ordered
from generators.engines.vision.reading import Line

Box = tuple[int, int, int, int]
SIDE = 480  # pixels of the longer side in which sheets are looked for: a note of a wall of 48 is some 40 wide
SMALL, LARGE = 0.002, 0.5  #: of the picture: what is smaller is no note, what is larger is the wall
FULL = 0.6  #: of its box that a sheet fills, turned by up to 20 degrees or bent
LONG = 3.5  #: times as long as wide; what is longer is a strip or the edge of a table
COLOURS = 12  #: of paper that are looked for; packs have up to eight
INK = (0.004, 0.4)  #: of a sheet's inner pixels that are written on; with less it is empty, with more a picture
AWAY = 60  #: of 255, from the paper: ink, and no shadow
INNER = 0.12  #: of a sheet's sides that are left out when ink is looked for, as edges have shadows
TIMES = (0.7, 1.6)  #: as wide or high as most sheets of the picture; what is larger is two of them, what is smaller a part of one
ROOM = 0.6  #: heights of a line around text that is cut out where no sheet was found
MOST = 48  # notes that are offered as pictures: a whole wall


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of paper."""

    box: Box  #: in the picture, pixels
    colour: tuple[int, int, int]
    written: bool  #: whether there is ink on it


def sheets(picture: Image.Image) -> list[Sheet]:
    """The sheets of coloured paper in an RGB picture."""
    from scipy import ndimage

    scale = min(1.0, SIDE / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    pixels = np.asarray(picture.resize(size, Image.Resampling.BOX), np.int16)
    free = pixels.max(axis=2) - pixels.min(axis=2) >= COLOURED
    found: list[Sheet] = []
    for _colour in range(COLOURS):
        colour = _commonest(pixels[free])
        if colour is None:
            break
        alike = free & (np.abs(pixels - colour).max(axis=2) <= ALIKE)
        free &= ~alike
        areas, _count = ndimage.label(ndimage.binary_opening(alike, np.ones((3, 3))))
        for number, place in enumerate(ndimage.find_objects(areas), 1):
            whole = ndimage.binary_fill_holes(areas[place] == number)
            if _is_sheet(whole, pixels.shape[0] * pixels.shape[1]):
                found.append(_sheet(place, picture, size, colour))
    return found


def unread(sure: Sequence[Line], unsure: Sequence[Line], picture: Image.Image) -> list[Group]:
    """All groups of a picture's lines, and those that hold a line that was not made out as what is to be cut out, in order.

    Args:
        sure: lines that were read.
        unsure: lines that were not.
        picture: RGB, in which they are.
    """
    papers = _single(sheets(picture))
    lost = {line.box for line in unsure}
    groups = grouped([*sure, *unsure], picture)
    bad = [group for group in groups if any(line.box in lost for line in group.lines)]
    good = [group for group in groups if group not in bad]
    cuts: list[Group] = []
    for paper in papers:
        on_it = [group for group in bad if _inside(group.box, paper.box)]
        bare = paper.written and len(papers) > 1 and not any(_inside(group.box, paper.box) for group in good)
        if on_it or bare:
            lines = tuple(line for group in on_it for line in group.lines)
            boxes = [paper.box, *(group.box for group in on_it)]
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            cut = (min(lefts), min(tops), max(rights), max(bottoms))
            cuts.append(Group(lines=lines, ground=paper.colour, cut=cut))
            bad = [group for group in bad if group not in on_it]
            good = [group for group in good if not _inside(group.box, paper.box)]
    cuts += [replace(group, cut=_around(group, picture)) for group in bad]
    return ordered([*good, *cuts])


def _single(papers: list[Sheet]) -> list[Sheet]:
    """Those that are one note: several of one colour that touch are found as one, and one that a line of text parts as two.

    What is on the others stays as it is.
    """
    wide = median(paper.box[2] - paper.box[0] for paper in papers) if papers else 0
    tall = median(paper.box[3] - paper.box[1] for paper in papers) if papers else 0
    least, most = TIMES
    return [
        paper
        for paper in papers
        if least * wide <= paper.box[2] - paper.box[0] <= most * wide
        and least * tall <= paper.box[3] - paper.box[1] <= most * tall
    ]


def _commonest(pixels: NDArray[np.int16]) -> NDArray[np.int16] | None:
    """The colour that most pixels have, shape (3,); None where none has enough of them."""
    if not len(pixels):
        return None
    coarse = pixels // 16
    keys, counts = np.unique(coarse[:, 0] * 256 + coarse[:, 1] * 16 + coarse[:, 2], return_counts=True)
    if counts.max() < 20:
        return None
    key = int(keys[counts.argmax()])
    same = (coarse == (key // 256, key // 16 % 16, key % 16)).all(axis=1)
    found: NDArray[np.int16] = np.median(pixels[same], axis=0).astype(np.int16)
    return found


def _is_sheet(whole: NDArray[np.bool_], area: int) -> bool:
    tall, wide = whole.shape
    full = float(whole.sum())
    return SMALL * area <= full <= LARGE * area and full >= FULL * whole.size and max(tall, wide) <= LONG * min(tall, wide)


def _sheet(place: tuple[slice, slice], picture: Image.Image, size: tuple[int, int], colour: NDArray[np.int16]) -> Sheet:
    rows, across = place
    wide, tall = picture.width / size[0], picture.height / size[1]
    left, top, right, bottom = (
        round(edge) for edge in (across.start * wide, rows.start * tall, across.stop * wide, rows.stop * tall)
    )
    in_x, in_y = round(INNER * (right - left)), round(INNER * (bottom - top))
    inner = np.asarray(picture.crop((left + in_x, top + in_y, right - in_x, bottom - in_y)).convert("RGB"), np.int16)
    ink = float((np.abs(inner - np.median(inner.reshape(-1, 3), axis=0)).max(axis=2) > AWAY).mean())
    red, green, blue = (int(part) for part in colour)
    return Sheet(box=(left, top, right, bottom), colour=(red, green, blue), written=INK[0] <= ink <= INK[1])


def _inside(box: Box, paper: Box) -> bool:
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return paper[0] <= across <= paper[2] and paper[1] <= down <= paper[3]


def _around(group: Group, picture: Image.Image) -> Box:
    left, top, right, bottom = group.box
    room = round(ROOM * min(line.box[3] - line.box[1] for line in group.lines))
    return max(0, left - room), max(0, top - room), min(picture.width, right + room), min(picture.height, bottom + room)
