"""Concept boards: from an idea's words to a finished board, each version different from the last."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache as kept
from functools import partial
from pathlib import Path
from typing import TypeVar

from PIL import Image

from bot.words import _
from generators.engines.image import logos, moodboards, posters
from generators.engines.image.canvas import Canvas, Faces, emoji_of, rendered
from generators.engines.image.cast import Cast
from generators.engines.image.design import Design, told
from generators.engines.image.icons import SETS, Icons, Thing
from generators.engines.image.lettering import PAIRINGS, Pairing, cleaned, missing
from generators.engines.image.painting import STYLES, WORKING, Easel
from generators.engines.image.scenes import SCENES
from generators.engines.image.telling import CJK
from generators.engines.making import Unmakeable
from generators.engines.shared.colour import NAMED, Palette, palettes
from generators.engines.shared.meaning import Meaning

T = TypeVar("T")
SQUARE = 1024  #: pixels of a picture without words


def bare(d: Design) -> Canvas:
    """The picture alone."""
    wide, tall = d.size or (SQUARE, SQUARE)
    canvas = d.canvas(wide, tall, d.palette.light)
    canvas.picture((0, 0, wide, tall), d.picture(wide, tall))
    return canvas


LAYOUTS: dict[str, dict[str, Callable[[Design], Canvas]]] = {
    "poster": posters.COMPOSITIONS,
    "moodboard": moodboards.COMPOSITIONS,
    "logo": logos.COMPOSITIONS,
    "picture": {"bare": bare},
}
BOARDS = ("poster", "moodboard", "logo")  #: the layouts made in turn
LOOKS = ("flat", "soft", "painted")  #: soft: gradients (Noto), flat: plain colours (Fluent), painted: by a neural painter
LOOK_SET = {"flat": "fluent-emoji-flat", "soft": "noto"}
BRUSHES = ("chalk", "engraving", "impasto", "mist", "pencil", "wave")  #: that leave flat scenes clear; others are there by name
TYPOGRAPHIC = {"poster": "shouted", "logo": "monogram"}  #: compositions in which letters are the picture
PLACES = ("landscape", "podium", "burst", "orbit", "blocks", "arch")  #: scenes fit for a main picture
UNDRAWABLE = 0.34  # of a text's letters missing from every font: what is left would not be the idea any more
LONGEST = 600  # letters of an idea looked at; a board shows about 400

NAMED_WHOLE = 12  #: Chinese characters of a text that is named as a whole where nothing in it can be drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a board should be like; empty means: choose."""

    layout: str = ""
    style: str = ""
    palette: str = ""
    composition: str = ""
    font: str = ""
    size: tuple[int, int] | None = None  #: of a picture without words
    without: str = ""  #: what is not to be drawn, words with commas between


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A finished board and what it was made of."""

    canvas: Canvas
    traits: dict[str, str]
    things: tuple[str, ...]
    title: str
    lacking: str = ""  #: what the text names and no drawing shows


class Boards:
    """Makes boards. Drawings and vectors are loaded once."""

    def __init__(self, cache: Path | None = None) -> None:
        """Loads them; `cache` is for what `Meaning` prepares."""
        self.meaning = Meaning(cache)
        self.icons = Icons(self.meaning)
        self._easel: Easel | None = None

    @property
    def easel(self) -> Easel:
        """The neural painter, loaded when first needed."""
        if self._easel is None:
            self._easel = Easel()
        return self._easel

    def readable(self, text: str) -> str:
        """An idea's words as they can be set.

        Raises:
            Unmakeable: nothing is left of them.
        """

        def drawable(letter: str) -> bool:
            return self.icons.letter(letter) is not None

        if missing(text, drawable=drawable) > UNDRAWABLE:
            raise Unmakeable(
                _(
                    "No font here has these letters. Boards can be made in Latin, Cyrillic and Chinese letters; please say it in those."
                )
            )
        words = cleaned(text, drawable=drawable)[:LONGEST]
        if not any(letter.isalnum() or drawable(letter) for letter in words):
            raise Unmakeable(_("There is nothing to make a picture of. Please describe the idea in a few words."))
        return words

    def make(
        self, text: str, asked: Asked, number: int, seed: int, given: Callable[[int, int], Image.Image] | None = None
    ) -> Board:
        """Version `number` of the boards of an idea.

        Args:
            text: the idea, from `readable`.
            asked: what was chosen.
            number: 0, 1, …; each differs from those before in layout, composition, palette, fonts, scene and look.
            seed: which series.
            given: makes the main picture, instead of a composed scene.
        """
        meant = bool(given) or self.icons.meant(text)
        chosen = look_of(asked, number, seed, lettered=not meant)
        things = self._things(text, number, asked.without) if meant else tuple(self.icons.shapes(f"{text}/{number}", 4))
        scene = partial(self._scene, things, chosen.drawings, chosen.palette, f"{seed}/{number}")
        rng = random.Random(f"{seed}/{number}")
        brushed = chosen.brush or (rng.choice(BRUSHES) if not asked.style and rng.random() < 0.5 else "")  # a view beside it
        design = Design(
            told=told(text),
            icons=self.icons,
            things=things,
            marks=tuple(self.icons.marks(text, 3) if meant else self.icons.plain_marks(text, 3)),
            look=chosen.drawings,
            palette=chosen.palette,
            faces=Faces(pairing=chosen.pairing, emoji=emoji_of(self.icons)),
            rng=rng,
            picture=kept(given or scene(chosen.place, "main", chosen.brush)),
            second=scene(chosen.other, "second", brushed),
            tile=scene("pattern", "tile", ""),
            size=asked.size,
        )
        canvas = LAYOUTS[chosen.layout][chosen.composition](design)
        lacking = "" if given else self._lacking(text, meant=meant)
        if chosen.layout == "logo":
            marks = design.marks[:1]
            return Board(canvas=canvas, traits=chosen.traits, things=marks, title=design.told.name, lacking=lacking)
        traits = chosen.traits | {"scene": "generated" if given else chosen.place}
        shown = tuple(thing.name for thing in things[:3])
        return Board(canvas=canvas, traits=traits, things=shown, title=design.told.title, lacking=lacking)

    def _lacking(self, text: str, *, meant: bool) -> str:
        """What a Chinese text names and no drawing shows: see `Icons.lacking`; all of a short one where nothing is meant."""
        whole = text if not meant and len(text) <= NAMED_WHOLE and CJK.search(text) else ""
        return self.icons.lacking(text) or whole

    def _things(self, text: str, number: int, without: str) -> tuple[Thing, ...]:
        """What to draw of an idea; one version in two begins with the second thing."""
        skipped = [name for word in re.split(r"[,，、]", without) if word.strip() for name in self.icons.called(word.strip())]
        things = tuple(self.icons.things(text, 8, skip=skipped))
        if number and len(things) > 2:
            lead = number % 2
            return (things[lead], *things[:lead], *things[lead + 1 :])
        return things

    def _scene(
        self, things: tuple[Thing, ...], look: str, palette: Palette, series: str, which: str, salt: str, painted: str
    ) -> Callable[[int, int], Image.Image]:
        """Draws a scene of the things at any size; `painted` with a brush, or not where it is empty."""

        def make(width: int, height: int) -> Image.Image:
            cast = Cast(
                icons=self.icons,
                things=things,
                look=look,
                palette=palette,
                rng=random.Random(f"{series}/{salt}"),
                width=width,
                height=height,
            )
            drawn = rendered(SCENES[which](cast), width, height).convert("RGB")
            return self._brushed(drawn, painted) if painted else drawn

        return make

    def _brushed(self, drawn: Image.Image, brush: str) -> Image.Image:
        """Painted at a working size, whose strokes are of a size to be seen, in the palette's own colours."""
        return self.easel.painted(drawn, brush, side=WORKING, own_colours=True).resize(drawn.size, Image.Resampling.LANCZOS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One version of a series of boards."""

    number: int  #: 0, 1, …
    seed: int  #: which series

    def pick(self, choices: tuple[T, ...], what: str) -> T:
        """This version's choice of something: each version of the series has another, as far as there are any."""
        return pick(choices, self.number, f"{self.seed}/{what}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """How one board looks."""

    layout: str
    composition: str
    palette: Palette
    pairing: Pairing
    place: str  #: of the main scene
    other: str  #: of the second
    style: str
    brush: str  #: empty: not painted
    drawings: str  #: a set of coloured drawings

    @property
    def traits(self) -> dict[str, str]:
        """What of it can be liked."""
        style = self.brush or self.style
        look = {"palette": self.palette.name, "style": style, "font": self.pairing.name}
        return {"layout": self.layout, "composition": self.composition} | look


def look_of(asked: Asked, number: int, seed: int, *, lettered: bool) -> Chosen:
    """The look of version `number` of a series; `lettered`: letters say what no drawing does."""
    series = Series(number=number, seed=seed)
    layout = asked.layout or series.pick(BOARDS, "layout")
    turn = number // (1 if asked.layout else len(BOARDS))
    composition = asked.composition or pick(tuple(LAYOUTS[layout]), turn, f"{seed}/composition")
    if lettered and not asked.composition:
        composition = TYPOGRAPHIC.get(layout, composition)
    style, place = asked.style or series.pick(LOOKS, "style"), series.pick(PLACES, "place")
    return Chosen(
        layout=layout,
        composition=composition,
        palette=palettes(asked.palette, number + 1, random.Random(seed))[number],
        pairing=next((each for each in PAIRINGS if each.name == asked.font), None) or series.pick(PAIRINGS, "font"),
        place=place,
        other=series.pick(tuple(each for each in PLACES if each != place), "other"),
        style=style,
        brush=style if style in STYLES else series.pick(BRUSHES, "brush") if style == "painted" else "",
        drawings=LOOK_SET.get(style) or series.pick(SETS, "set"),
    )


def pick(choices: tuple[T, ...], number: int, series: str) -> T:
    """The `number`-th of the choices in an order that the series shuffles."""
    order = list(choices)
    random.Random(series).shuffle(order)
    return order[number % len(order)]


def palette_names() -> tuple[str, ...]:
    """Palettes that can be asked for by name."""
    return tuple(NAMED)
