"""A tuning run as a picture: loss, accuracy and rewards by step, as SVG; no library."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol

WIDTH, HEIGHT, EDGE = 720, 200, 46  # of one panel, pixels
COLOURS = ("#3366aa", "#cc6633", "#2f8f5b")  # of a panel's lines, and so the most it can have


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


def drawn(history: Sequence[Measured]) -> str:
    """The picture."""
    steps = [one.step for one in history]
    panels = (
        ("loss", {"loss": [one.loss for one in history]}),
        ("pairs in the right order", {"accuracy": [one.accuracy for one in history]}),
        ("implicit reward", {"margin": [one.margin for one in history], "chosen": [one.chosen for one in history]}),
    )
    return paged(panels, steps, "step")


def paged(panels: Sequence[tuple[str, dict[str, list[float]]]], steps: Sequence[int], unit: str) -> str:
    """Panels below one another, each a title and lines by name, as a picture."""
    parts = [_panel(number * (HEIGHT + EDGE), title, steps, lines, unit) for number, (title, lines) in enumerate(panels)]
    height = len(panels) * (HEIGHT + EDGE) + EDGE
    size = f'width="{WIDTH + 2 * EDGE}" height="{height}" font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    return head + '<rect width="100%" height="100%" fill="white"/>' + "".join(parts) + "</svg>\n"


def _panel(top: int, title: str, steps: Sequence[int], lines: dict[str, list[float]], unit: str) -> str:
    values = [value for line in lines.values() for value in line] or [0.0]
    low, high = min(values), max(values)
    span = high - low or 1.0
    first, last = (steps[0], steps[-1]) if steps else (0, 1)
    y0 = top + EDGE

    def at(step: int, value: float) -> str:
        x = EDGE + WIDTH * (step - first) / max(1, last - first)
        return f"{x:.1f},{y0 + HEIGHT * (1 - (value - low) / span):.1f}"

    drawn_ = [
        f'<text x="{EDGE}" y="{y0 - 10}" font-weight="bold">{escape(title)}</text>',
        f'<rect x="{EDGE}" y="{y0}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#cccccc"/>',
        f'<text x="{EDGE - 4}" y="{y0 + 10}" text-anchor="end">{high:.3g}</text>',
        f'<text x="{EDGE - 4}" y="{y0 + HEIGHT}" text-anchor="end">{low:.3g}</text>',
        f'<text x="{EDGE + WIDTH}" y="{y0 + HEIGHT + 14}" text-anchor="end">{unit} {last}</text>',
    ]
    for colour, (name, line) in zip(COLOURS[: len(lines)], lines.items(), strict=True):
        points = " ".join(at(step, value) for step, value in zip(steps, line, strict=True))
        drawn_.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        if len(lines) > 1:
            x = EDGE + WIDTH - 130 * (1 + list(lines).index(name))
            drawn_.append(f'<text x="{x}" y="{y0 - 10}" fill="{colour}">{escape(name)}</text>')
    return "".join(drawn_)
