"""A tuning run as a picture: loss, accuracy and rewards by step, as SVG without a library, and as PNG with Pillow."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from html import escape
from typing import Protocol

Panels = Sequence[tuple[str, dict[str, list[float]]]]  # title, and lines by name

WIDTH, HEIGHT, EDGE = 720, 200, 46  # of one panel, pixels
KEPT = 100  # steps of a run that are kept with it: 720 pixels show no more, and they are 4 KB
COLOURS = ("#3366aa", "#cc6633", "#2f8f5b")  # of a panel's lines, and so the most it can have

Point = tuple[float, ...]  #: (step, loss, accuracy, margin, chosen); see `learning.tuners._training.Step`


class Measured(Protocol):
    """One step; `learning.tuners._training.Step` is one."""

    @property
    def step(self) -> int: ...  # noqa: D102
    @property
    def loss(self) -> float: ...  # noqa: D102
    @property
    def accuracy(self) -> float: ...  # noqa: D102
    @property
    def margin(self) -> float: ...  # noqa: D102
    @property
    def chosen(self) -> float: ...  # noqa: D102


def points(history: Sequence[Measured], most: int = KEPT) -> tuple[Point, ...]:
    """What of a run is kept to draw it later: at most so many steps, evenly, the first and the last among them."""
    history = [one for one in history if all(map(math.isfinite, (one.loss, one.accuracy, one.margin, one.chosen)))]
    last = len(history) - 1
    chosen = range(last + 1) if last < most else (round(number * last / (most - 1)) for number in range(most))
    sample = [history[place] for place in chosen]
    return tuple((one.step, *(round(value, 4) for value in (one.loss, one.accuracy, one.margin, one.chosen))) for one in sample)


def panelled(run: Sequence[Point]) -> tuple[Panels, list[int]]:
    """A run's panels, and its steps."""
    losses, accuracies, margins, chosen = ([one[place] for one in run] for place in range(1, 5))
    panels = (
        ("loss", {"loss": losses}),
        ("pairs in the right order", {"accuracy": accuracies}),
        ("implicit reward", {"margin": margins, "chosen": chosen}),
    )
    return panels, [int(one[0]) for one in run]


def drawn(history: Sequence[Measured]) -> str:
    """The picture of every step, as SVG."""
    panels, steps = panelled(points(history, max(2, len(history))))
    return paged(panels, steps, "step")


def png(run: Sequence[Point]) -> bytes | None:
    """The picture of a kept run, as PNG; None where there is nothing to draw, or no Pillow to draw it with."""
    if not run:
        return None
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError:
        return None
    panels, steps = panelled(run)
    scale = 2  # drawn twice as large and made smaller, which smooths its lines
    page = Image.new("RGB", (scale * (WIDTH + 2 * EDGE), scale * (len(panels) * (HEIGHT + EDGE) + EDGE)), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=13 * scale)
    for number, (title, lines) in enumerate(panels):
        top, (low, high) = number * (HEIGHT + EDGE) + EDGE, bounds(lines)
        frame = [scale * value for value in (EDGE, top, EDGE + WIDTH, top + HEIGHT)]
        pen.rectangle(frame, outline="#cccccc", width=scale)
        words = [(EDGE, top - 8, "ls", title, "black"), (EDGE - 4, top, "rt", f"{high:.3g}", "black")]
        words += [(EDGE - 4, top + HEIGHT, "rs", f"{low:.3g}", "black")]
        words += [(EDGE + WIDTH, top + HEIGHT + 4, "rt", f"step {steps[-1]}", "black")]
        for place, (colour, (name, line)) in enumerate(zip(COLOURS[: len(lines)], lines.items(), strict=True)):
            spots = [at(steps, low, high, step, value, top) for step, value in zip(steps, line, strict=True)]
            pen.line([(scale * x, scale * y) for x, y in spots], fill=colour, width=2 * scale, joint="curve")
            if len(lines) > 1:
                words.append((EDGE + WIDTH - 110 * place, top - 8, "rs", name, colour))
        for x, y, anchor, text, colour in words:
            pen.text((scale * x, scale * y), text, fill=colour, font=font, anchor=anchor)
    file = io.BytesIO()
    page.resize((page.width // scale, page.height // scale), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()


def bounds(lines: dict[str, list[float]]) -> tuple[float, float]:
    """The least and the greatest value of a panel."""
    values = [value for line in lines.values() for value in line] or [0.0]
    return min(values), max(values)


def at(steps: Sequence[int], low: float, high: float, step: int, value: float, top: int) -> tuple[float, float]:
    """Where a value lies on the page, in pixels; `top` is the panel's upper edge."""
    first, last = (steps[0], steps[-1]) if steps else (0, 1)
    x = EDGE + WIDTH * (step - first) / max(1, last - first)
    return x, top + HEIGHT * (1 - (value - low) / ((high - low) or 1.0))


def paged(panels: Panels, steps: Sequence[int], unit: str) -> str:
    """Panels below one another, each a title and lines by name, as a picture."""
    parts = [_panel(number * (HEIGHT + EDGE), title, steps, lines, unit) for number, (title, lines) in enumerate(panels)]
    height = len(panels) * (HEIGHT + EDGE) + EDGE
    size = f'width="{WIDTH + 2 * EDGE}" height="{height}" font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    return head + '<rect width="100%" height="100%" fill="white"/>' + "".join(parts) + "</svg>\n"


def _panel(top: int, title: str, steps: Sequence[int], lines: dict[str, list[float]], unit: str) -> str:
    low, high = bounds(lines)
    last = steps[-1] if steps else 1
    y0 = top + EDGE
    drawn_ = [
        f'<text x="{EDGE}" y="{y0 - 10}" font-weight="bold">{escape(title)}</text>',
        f'<rect x="{EDGE}" y="{y0}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#cccccc"/>',
        f'<text x="{EDGE - 4}" y="{y0 + 10}" text-anchor="end">{high:.3g}</text>',
        f'<text x="{EDGE - 4}" y="{y0 + HEIGHT}" text-anchor="end">{low:.3g}</text>',
        f'<text x="{EDGE + WIDTH}" y="{y0 + HEIGHT + 14}" text-anchor="end">{unit} {last}</text>',
    ]
    for colour, (name, line) in zip(COLOURS[: len(lines)], lines.items(), strict=True):
        spots = [at(steps, low, high, step, value, y0) for step, value in zip(steps, line, strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        drawn_.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        if len(lines) > 1:
            x = EDGE + WIDTH - 130 * (1 + list(lines).index(name))
            drawn_.append(f'<text x="{x}" y="{y0 - 10}" fill="{colour}">{escape(name)}</text>')
    return "".join(drawn_)
