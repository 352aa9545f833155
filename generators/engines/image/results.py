"""The result of a round as a picture: the topic, what was decided, and the ideas with bars for their points.

| option          | what it is                                                        |
|-----------------|-------------------------------------------------------------------|
| `heading`       | a line above the topic, which is the commission's text            |
| `decision-1` …  | an idea that was taken; `action-1` …: what is done about it       |
| `row-1` …       | an idea, best first; `points-1` …: a number, or nothing           |
| `points-words-1` … | those points in words                                          |
| `footer`        | a line at the end                                                 |
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.words import _
from generators.engines.image.boards import palette_names
from generators.engines.image.canvas import Canvas, Faces
from generators.engines.image.commissions import chosen
from generators.engines.image.lettering import PAIRINGS, Emoji
from generators.engines.image.works import shown
from generators.engines.making import Commission, Option, Unmakeable, Work
from generators.engines.shared.colour import Palette, askable, css, deepen, ink, mixed, palettes

W, M = 1200, 72  #: pixels: a message shows about half of it; margin
HEAD, DECISION, ROW, FOOT = 250, 150, 100, 96  #: heights
MOST_DECISIONS, MOST_ROWS = 3, 8  # a picture of more is read by nobody on a phone
BAR, POINTS = 12, 230  #: height of a bar; width of the words beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An idea as it is set."""

    text: str
    points: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What is set."""

    topic: str
    heading: str
    footer: str
    decisions: tuple[tuple[str, str], ...]  #: ideas, and what is done about each
    rows: tuple[Row, ...]

    @property
    def height(self) -> int:
        """Of the picture, pixels."""
        return HEAD + len(self.decisions) * DECISION + len(self.rows) * ROW + FOOT


def read(commission: Commission, readable: Callable[[str], str]) -> Result:
    """What a commission asks for; words that no font here has are left out.

    Raises:
        Unmakeable: nothing is left.
    """

    def can(text: str) -> str:
        try:
            return readable(text) if text.strip() else ""
        except Unmakeable:
            return ""

    told = commission.options
    decisions = [(can(text), can(str(told.get(f"action-{number}", "")))) for number, text in numbered(told, "decision")]
    rows = [
        Row(text=can(text), points=amount(told.get(f"points-{number}")), words=can(str(told.get(f"points-words-{number}", ""))))
        for number, text in numbered(told, "row")
    ]
    result = Result(
        topic=can(commission.text),
        heading=can(str(told.get("heading", ""))),
        footer=can(str(told.get("footer", ""))),
        decisions=tuple(one for one in decisions if one[0])[:MOST_DECISIONS],
        rows=tuple(row for row in rows if row.text)[:MOST_ROWS],
    )
    if not result.rows and not result.decisions:
        raise Unmakeable(_("There is nothing to make a picture of. Please describe the idea in a few words."))
    return result


def numbered(told: Mapping[str, Option], name: str) -> list[tuple[int, str]]:
    """The options `name-1`, `name-2` … in order."""
    found = ((number, str(told.get(f"{name}-{number}", ""))) for number in range(1, MOST_ROWS + 1))
    return [(number, text) for number, text in found if text.strip()]


def amount(told: Option | None) -> float:
    """A number of points; 0 for what is none."""
    try:
        return max(0.0, float(told or 0))
    except ValueError:
        return 0.0


def drawn(result: Result, palette: Palette, emoji: Emoji) -> Canvas:
    """The picture."""
    ground = palette.light
    canvas = Canvas(W, result.height, ground, Faces(pairing=PAIRINGS[0], emoji=emoji))
    band = deepen(palette.accents[0], 5.5)
    canvas.tile((0, 0, W, HEAD - 30), band)
    if result.heading:
        canvas.text(
            (M, 36, W - M, 76), result.heading, band, mixed(ground, band, 0.2), ground, largest=30, smallest=18, most_lines=1
        )
    canvas.text(
        (M, 84, W - M, HEAD - 54), result.topic, band, ground, heading=True, largest=64, smallest=26, stand="middle", most_lines=2
    )
    top = HEAD
    for idea, action in result.decisions:
        _decision(canvas, palette, top, idea, action)
        top += DECISION
    most = max((row.points for row in result.rows), default=0.0)
    for place, row in enumerate(result.rows, 1):
        _row(canvas, palette, top, place, row, most)
        top += ROW
    if result.footer:
        canvas.text(
            (M, top + 24, W - M, top + FOOT), result.footer, ground, mixed(palette.dark, ground, 0.25), palette.dark, largest=24
        )
    return canvas


def _decision(canvas: Canvas, palette: Palette, top: int, idea: str, action: str) -> None:
    """A panel for what was decided."""
    dark = palette.dark
    accent = ink(dark, *palette.accents, palette.light, least=3)
    canvas.tile((M, top, W - M, top + DECISION - 24), dark, 18)
    middle = top + (DECISION - 24) // 2
    tick = f"M{M + 34} {middle} l 16 18 l 30 -36"
    canvas.shape(f'<path d="{tick}" fill="none" stroke="{css(accent)}" stroke-width="9" stroke-linecap="round"/>')
    left, right = M + 120, W - M - 30
    low = top + (76 if action else DECISION - 36)
    canvas.text(
        (left, top + 14, right, low),
        idea,
        dark,
        palette.light,
        heading=True,
        largest=36,
        smallest=18,
        stand="middle",
        most_lines=2,
    )
    if action:
        quiet = mixed(palette.light, dark, 0.2)
        canvas.text((left, top + 80, right, top + DECISION - 34), action, dark, quiet, palette.light, largest=24, most_lines=1)


def _row(canvas: Canvas, palette: Palette, top: int, place: int, row: Row, most: float) -> None:
    """An idea with its place, and where there are points a bar as long as they are many."""
    ground, dark = palette.light, palette.dark
    accent = ink(ground, *palette.accents, dark, least=3)
    right = W - M - (POINTS if row.words else 0)
    low = top + (58 if most else ROW - 14)
    canvas.text((M, top + 8, M + 60, low), str(place), ground, accent, dark, heading=True, largest=36, stand="middle")
    canvas.text((M + 70, top + 8, right - 16, low), row.text, ground, dark, largest=30, smallest=16, stand="middle", most_lines=2)
    if row.words:
        canvas.text(
            (right, top + 8, W - M, low),
            row.words,
            ground,
            dark,
            heading=True,
            largest=28,
            align="right",
            stand="middle",
            most_lines=1,
        )
    if most:
        left, wide = M + 70, W - 2 * M - 70
        rest = mixed(ground, dark, 0.1)
        canvas.tile((left, top + 66, left + wide, top + 66 + BAR), rest, BAR // 2)
        if row.points:
            canvas.tile((left, top + 66, left + max(BAR, round(wide * row.points / most)), top + 66 + BAR), accent, BAR // 2)


def made(commission: Commission, readable: Callable[[str], str], emoji: Emoji) -> Work:
    """The result as a file.

    Raises:
        Unmakeable: nothing in it can be set, or there is no such palette.
    """
    asked = chosen(commission, "palette", palette_names(), also=askable())
    palette = palettes(asked, 1, random.Random(commission.seed))[0]
    result = read(commission, readable)
    canvas = drawn(result, palette, emoji)
    picture = canvas.done()
    lines = [" — ".join(filter(None, one)) for one in result.decisions]
    lines += [" ".join(filter(None, (f"{place}.", row.text, row.words))) for place, row in enumerate(result.rows, 1)]
    facts = {"width": picture.width, "height": picture.height, "contrast": round(canvas.legible, 2), "shortened": canvas.cut}
    traits = {"layout": "result", "palette": palette.name}
    alt = "; ".join(filter(None, [result.heading, result.topic, *lines]))
    return Work(files=(shown(picture, "result"),), alt=alt, traits=traits, facts=facts)
