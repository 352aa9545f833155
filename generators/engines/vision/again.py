"""A second reading of lines that the first was not sure of, cut closer and straightened; then the word list is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from PIL import Image

from generators.engines.vision.notes import ground
from generators.engines.vision.pages import foreign
from generators.engines.vision.reading import Line, Reader
from generators.engines.vision.wordlist import known

CERTAIN = 0.985  #: letters read with more need no word list: names and words of other languages
SETTLED = 0.93  #: with more, and all of them words, a line is not read again
LEAST = 0.9  #: with less a line is not read, whatever words it makes
STRAY = 0.97  #: one or two letters read with less, and no word, are a stroke of a line beside them
WELL = 0.95  #: so sure lines tell in which language a picture is; letters made of handwriting are less sure
SPEAKS = 0.6  #: of a picture's words that the list knows; with fewer it is in a language that the list says nothing about
NEAT = 0.96  #: half of a picture's lines are read with more where they are in print; of handwriting certainty says too little
#: How a line is cut again: heights to its left and right, above and below (less than 0: closer), and degrees it is turned by.
CUTS = ((0.1, -0.1, 0), (0.1, -0.16, 3), (0.1, -0.16, -3), (0.2, 0.0, 2), (0.2, 0.0, -2))
HALF, MOST_OF_THEM = 0.5, 0.8  #: of the readings of a line that say the same, where words are unknown
MOST = 120  # lines that are read again, five times each: of a wall of 48 notes in handwriting all; 5 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Lines after a second look."""

    sure: tuple[Line, ...]
    unsure: tuple[Line, ...]  #: what is written there was not made out; the text is a guess


def settled(reader: Reader, picture: Image.Image, lines: Sequence[Line]) -> Read:
    """Lines parted in those that are read and those that are not, some of the first with a better text.

    Args:
        reader: reads a line.
        picture: RGB, in which the boxes of the lines are.
        lines: as the first reading has them, also those it was not sure of.
    """
    speaks = _speaks(lines)
    neat = median(line.sure for line in lines) >= NEAT if lines else False
    sure, unsure, tried = [], [], 0
    for line in lines:
        if len(line.text) <= 2 and line.sure < STRAY and not line.text.isalpha():
            continue
        if _plain(line):
            sure.append(line)
            continue
        tried += 1
        better, agreed = _again(reader, picture, line) if tried <= MOST else (line, 0.0)
        if _read(better, agreed, speaks, neat):
            sure.append(better)
        elif len(better.text) > 2:
            unsure.append(better)
    return Read(sure=tuple(sure), unsure=tuple(unsure))


def _speaks(lines: Sequence[Line]) -> bool:
    """Whether the word list knows the language: it does where it knows most words of what was read well."""
    right = count = 0
    for line in lines:
        if line.sure < WELL:
            continue
        of, all_ = known(line.text)
        right, count = right + of, count + all_
    return right >= SPEAKS * count


def _plain(line: Line) -> bool:
    right, count = known(line.text)
    return line.sure >= SETTLED and right == count and not foreign(line)


def _again(reader: Reader, picture: Image.Image, line: Line) -> tuple[Line, float]:
    """The best of several readings of a line, and the share of them that say the same."""
    read = [(line.text, line.sure)]
    for cut in CUTS:
        text, sure = reader.read(_cut(picture, line.box, cut))
        read.append((" ".join(text.split()), sure))
    votes = Counter(text for text, _sure in read if text)
    best, sure = max(read, key=lambda one: (_share(one[0]), votes[one[0]], one[1]))
    return replace(line, text=best, sure=sure), votes[best] / len(read)


def _share(text: str) -> float:
    right, count = known(text)
    return right / count if count else 0.0


def _read(line: Line, agreed: float, speaks: bool, neat: bool) -> bool:
    right, count = known(line.text)
    if foreign(line) or not count or line.sure < LEAST:
        return False
    if right == count or not speaks:
        return right == count or (agreed >= HALF and line.sure >= SETTLED)
    return neat and agreed >= MOST_OF_THEM and line.sure >= CERTAIN


def _cut(picture: Image.Image, box: tuple[int, int, int, int], how: tuple[float, float, float]) -> Image.Image:
    """A line with more or less around it, turned about its middle."""
    left, top, right, bottom = box
    tall, (beside, above, turn) = bottom - top, how
    room = round(tall * 0.5)
    wider = picture.crop((left - room, top - room, right + room, bottom + room))
    if turn:
        wider = wider.rotate(turn, Image.Resampling.BICUBIC, fillcolor=ground(picture.crop(box)))
    across, down = room - round(beside * tall), room - round(above * tall)
    return wider.crop((across, down, wider.width - across, wider.height - down))
