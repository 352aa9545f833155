"""A whole picture read: long ones in tiles, turned ones turned back, and what is written in no script that the networks know."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from PIL import Image

from generators.engines.vision.notes import ground
from generators.engines.vision.reading import LETTER, Line, Reader

LONG = 2.0  #: sides of which the longer is so many times the shorter are read in tiles
OVERLAP = 0.15  #: of a tile, so that no line is cut in both
MOST_TILES = 12  # a page of twelve screens
UPRIGHT = 1.5  #: a box so many times as tall as wide is of a line that is turned
TILTED = 1.5  #: degrees from which a picture is turned back; less harms no reading
TRIED = 8  #: lines that are read both ways round
CLEAR = 0.95  #: lines read with so much certainty stand the right way up
DOUBTFUL = 0.93  #: lines of a script that is known are read with more certainty than this
GUESSED = 0.3  #: what is read with less is a stain or an edge
LEGIBLE = ("LATIN", "CJK", "DIGIT", "FULLWIDTH", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC")
#: As letters of another script come out: capitals and digits in the middle of words.
MIXED = re.compile(r"\b(?=\w{3,})(?:[A-Za-z]*\d[A-Za-z]+|\d[a-z]+\w*|\w*[a-z][A-Z]\w*|\w*[A-Z]{2}[a-z]+\w*)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is written in a picture."""

    lines: tuple[Line, ...]  #: from top to bottom, in the picture as it was turned to be read
    unread: int  #: lines of letters that the networks do not know
    picture: Image.Image  #: as it was turned


def read(reader: Reader, picture: Image.Image, *, all_of_it: bool = False) -> Page:
    """The lines of an RGB picture, however it was held; `all_of_it`: also those that it is not sure of, none of them counted."""
    turned = upright(reader, picture)
    if all_of_it:
        return Page(lines=tuple(_lines(reader, turned, sure=GUESSED)), unread=0, picture=turned)
    return _page(reader, turned)


def upright(reader: Reader, picture: Image.Image) -> Image.Image:
    """A picture turned so that its lines are level and the right way up; itself where they are."""
    boxes = reader.boxes(picture)
    if not boxes:
        return picture
    tall = sum((bottom - top) > UPRIGHT * (right - left) for left, top, right, bottom in boxes)
    turned = picture.rotate(90, expand=True) if tall * 2 > len(boxes) else picture
    tilt = 0.0 if turned.height > LONG * turned.width else reader.tilt(turned)
    if abs(tilt) >= TILTED:
        turned = turned.rotate(-tilt, Image.Resampling.BICUBIC, expand=True, fillcolor=ground(turned))
    if turned is not picture:
        boxes = reader.boxes(turned)
    longest = sorted(boxes, key=lambda box: box[0] - box[2])[:TRIED]
    lines = [turned.crop(box) for box in longest]
    so = sum(sure for _text, sure in map(reader.read, lines))
    if so >= CLEAR * len(lines):
        return turned
    over = sum(sure for _text, sure in map(reader.read, (line.rotate(180) for line in lines)))
    return turned.rotate(180) if over > so else turned


def _page(reader: Reader, picture: Image.Image) -> Page:
    known, unread = [], 0
    for line in _lines(reader, picture):
        if foreign(line):
            unread += 1
        elif line.sure >= LETTER:
            known.append(line)
    doubtful = [line for line in _lines(reader, picture, sure=0.4) if len(line.text) >= 3] if not known and not unread else []
    return Page(lines=tuple(known), unread=unread + len(doubtful), picture=picture)


def _lines(reader: Reader, picture: Image.Image, *, sure: float = LETTER) -> list[Line]:
    """Lines, of a long picture tile by tile; a line that two tiles show is taken from the one that shows all of it."""
    if picture.height <= LONG * picture.width:
        return reader.lines(picture, sure=sure)
    wide, tall = picture.width, min(picture.height, round(picture.width * 1.2))
    step = round(tall * (1 - OVERLAP))
    found: list[Line] = []
    for top in range(0, min(picture.height, step * MOST_TILES), step):
        tile = picture.crop((0, top, wide, min(picture.height, top + tall)))
        for line in reader.lines(tile, sure=sure):
            left, above, right, below = line.box
            cut = (above <= 1 and top > 0) or (below >= tile.height - 1 and top + tile.height < picture.height)
            moved = replace(line, box=(left, above + top, right, below + top))
            if not cut and not any(_same(moved, other) for other in found):
                found.append(moved)
        if top + tall >= picture.height:
            break
    return found


def _same(one: Line, other: Line) -> bool:
    """Whether two lines lie in one place."""
    top, bottom = max(one.box[1], other.box[1]), min(one.box[3], other.box[3])
    left, right = max(one.box[0], other.box[0]), min(one.box[2], other.box[2])
    area = max(0, bottom - top) * max(0, right - left)
    return 2 * area > (one.box[3] - one.box[1]) * (one.box[2] - one.box[0])


def foreign(line: Line) -> bool:
    """Whether a line was written in letters that the networks do not know: they make Latin ones of them."""
    letters = [letter for letter in line.text if letter.isalpha()]
    if any(not unicodedata.name(letter, "LATIN").startswith(LEGIBLE) for letter in letters):
        return True
    words = re.findall(r"\w{2,}", line.text)
    return line.sure < DOUBTFUL and bool(words) and 3 * len(MIXED.findall(line.text)) >= len(words)
