"""Pictures from ideas and from pictures: concept boards, neural painting, variants of a sketch; production models by name.

| option    | for                | values                                                                                     |
|-----------|--------------------|--------------------------------------------------------------------------------------------|
| `task`    | all                | `board`, `paint`, `variants`, `img2img`; without it `board`, with a picture `paint`       |
| `layout`  | board              | `poster`, `moodboard`, `logo`; without it each in turn                                      |
| `composition` | board          | see `LAYOUTS` of `_image/boards.py`; needs `layout`                                         |
| `style`   | board              | `flat`, `soft`, `painted`, or a painting style                                              |
|           | paint, img2img     | a painting style (`STYLES` of `_image/painting.py`); without it each in turn                |
| `palette` | board, variants    | `ocean`, `forest`, `sunset` … (`NAMED` of `_image/colour.py`) or `p000` …                  |
| `font`    | board              | `modern`, `elegant` … (`PAIRINGS` of `_image/lettering.py`)                                 |
| `strength`| paint, img2img     | 0 as it was .. 1 all new                                                                    |
| `keep_colours` | paint         | whether the picture keeps its own colours                                                   |

Attachments: `paint` takes the picture, and a second whose style it gets; `variants` and `img2img` take one.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from PIL import Image

from bot.words import _
from generators.engines._image.boards import LAYOUTS, LOOKS, Asked, Board, Boards, palette_names
from generators.engines._image.colour import library
from generators.engines._image.lettering import PAIRINGS
from generators.engines._image.painting import STYLES, Easel
from generators.engines._image.uploads import on_white, opened
from generators.engines.making import Commission, Engine, Rendered, Report, Unmakeable, Work

MOST = 8  # versions of one commission: more are not looked at, and each takes seconds


class Settings(Protocol):
    """What this engine needs of the configuration."""

    image: str  #: "embedded", or a diffusers model by name
    device: str
    dtype: str


def build(settings: Settings, cache: Path) -> Engine:
    """The engine; nothing is loaded before the first commission."""
    return ImageEngine()


class ImageEngine:
    """See the module."""

    def __init__(self) -> None:
        self._boards: Boards | None = None
        self._easel: Easel | None = None

    def make(self, commission: Commission, report: Report) -> Iterator[Work]:
        """See `Engine`."""
        if not 1 <= commission.count <= MOST:
            raise Unmakeable(_("Between 1 and {most} pictures can be made at a time.").format(most=MOST))
        task = chosen(commission, "task", tuple(TASKS)) or ("paint" if commission.attachments else "board")
        yield from TASKS[task](self, commission, report)

    def close(self) -> None:
        """See `Engine`."""
        self._boards = self._easel = None

    @property
    def boards(self) -> Boards:
        """Loaded when first used."""
        if self._boards is None:
            self._boards = Boards()
        return self._boards

    @property
    def easel(self) -> Easel:
        """Likewise."""
        if self._easel is None:
            self._easel = Easel()
        return self._easel

    def board(self, commission: Commission, report: Report) -> Iterator[Work]:
        """Concept boards."""
        layout = chosen(commission, "layout", tuple(LAYOUTS))
        asked = Asked(
            layout=layout,
            composition=chosen(commission, "composition", tuple(LAYOUTS[layout]) if layout else ()),
            style=chosen(commission, "style", (*LOOKS, *STYLES)),
            palette=chosen(commission, "palette", palette_names(), also=tuple(each.name for each in library())),
            font=chosen(commission, "font", tuple(each.name for each in PAIRINGS)),
        )
        report(_("Looking for what the idea is about"), 0.02)
        text = self.boards.readable(commission.text)
        for number in range(commission.count):
            report(
                _("Designing board {n} of {count}").format(n=number + 1, count=commission.count),
                0.1 + 0.9 * number / commission.count,
            )
            yield work(self.boards.make(text, asked, number, commission.seed))

    def paint(self, commission: Commission, report: Report) -> Iterator[Work]:
        """A picture in painting styles, or in the style of a second picture."""
        pictures = attached(commission, 1, 2)
        strength, keep = share(commission, "strength", 1.0), commission.options.get("keep_colours")
        own = None if keep is None else bool(keep)
        style = chosen(commission, "style", tuple(STYLES))
        if len(pictures) == 2:
            for number in range(commission.count):
                report(_("Painting in the style of the second picture"), number / commission.count)
                yet = strength * (1 - 0.3 * number / commission.count)  # further versions are nearer to the original
                made = self.easel.painted_like(pictures[0], pictures[1], strength=yet, own_colours=bool(own) != bool(number % 2))
                yield painting(made, "like the second picture", strength=yet)
            return
        order = [style] * commission.count if style else random.Random(commission.seed).sample(sorted(STYLES), commission.count)
        for number, name in enumerate(order):
            report(_("Painting in the style “{style}”").format(style=name), number / commission.count)
            turned = own if not style or not number else bool(number % 2) != STYLES[name][1]
            yet = strength if not style else strength * (1 - 0.5 * (number // 2) / commission.count)
            yield painting(self.easel.painted(pictures[0], name, strength=yet, own_colours=turned), name, strength=yet)


def work(board: Board) -> Work:
    """A board as files."""
    picture = board.canvas.done()
    kind = {"poster": _("Poster"), "moodboard": _("Moodboard"), "logo": _("Logo sheet")}[board.traits["layout"]]
    alt = _("{kind} “{title}” with {things}; colours: {palette}, style: {style}").format(
        kind=kind, title=board.title, things=", ".join(board.things), palette=board.traits["palette"], style=board.traits["style"]
    )
    facts = {
        "width": picture.width,
        "height": picture.height,
        "contrast": round(board.canvas.legible, 2),
        "shortened": board.canvas.cut,
    }
    return Work(files=(png(picture, board.traits["layout"]),), alt=alt, traits=board.traits, facts=facts)


def painting(picture: Image.Image, style: str, **facts: float) -> Work:
    """A painted picture as files."""
    alt = _("The picture, painted in the style “{style}”").format(style=style)
    measured = {"width": picture.width, "height": picture.height, **{name: round(value, 3) for name, value in facts.items()}}
    return Work(files=(png(picture, f"painting-{style.replace(' ', '-')}"),), alt=alt, traits={"style": style}, facts=measured)


def png(picture: Image.Image, name: str) -> Rendered:
    """A picture as a PNG file."""
    kept = io.BytesIO()
    picture.save(kept, "PNG", compress_level=4)  # a little larger than at 9, at a tenth of the time
    return Rendered(name=f"{name}.png", media_type="image/png", content=kept.getvalue())


def attached(commission: Commission, least: int, most: int) -> list[Image.Image]:
    """The pictures handed in, opened safely.

    Raises:
        Unmakeable: too few or too many, or one that cannot be read.
    """
    count = len(commission.attachments)
    if count < least:
        raise Unmakeable(_("A picture is needed for this. Please attach a PNG or JPEG."))
    if count > most:
        raise Unmakeable(_("At most {most} pictures can be attached; there are {count}.").format(most=most, count=count))
    return [on_white(opened(attachment)) for attachment in commission.attachments]


def chosen(commission: Commission, option: str, allowed: tuple[str, ...], *, also: tuple[str, ...] = ()) -> str:
    """One of the values an option may have; empty if it is not given.

    Raises:
        Unmakeable: another value.
    """
    value = str(commission.options.get(option, "")).strip().lower()
    if value in ("", "auto", "any") or value in allowed or value in also:
        return "" if value in ("auto", "any") else value
    if not allowed:
        raise Unmakeable(_("The option “{option}” needs a layout with it.").format(option=option))
    raise Unmakeable(
        _("“{value}” is no {option} here. Choose one of: {allowed}.").format(
            value=value[:40], option=option, allowed=", ".join(allowed)
        )
    )


def share(commission: Commission, option: str, usual: float) -> float:
    """A number between 0 and 1.

    Raises:
        Unmakeable: it is none.
    """
    value = commission.options.get(option, usual)
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise Unmakeable(_("“{option}” is a number between 0 and 1, for example 0.6.").format(option=option))
    return number


TASKS = {"board": ImageEngine.board, "paint": ImageEngine.paint}
