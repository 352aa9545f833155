"""A score as a picture: pitches over time, one colour for each voice, chords above, bars below. It knows no sound."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from generators.engines.music.notation import Score, Stroke

WIDTH, HEIGHT = 1200, 520
LEFT, TOP, BOTTOM = 64, 96, 64
PAPER, INK, GRID, BAR, STRIPE = "#fbf9f4", "#1f2430", "#e6e1d6", "#c9c2b2", "#f4f0e7"
COLOURS = ("#c8402f", "#2f6f9f", "#3d8b56", "#8a6bb0", "#b8860b", "#5f6b7a")
MOST_BARS = 16  #: in one row; a longer tune is drawn in several
SOFT, FAINT = "#5a6070", "#8a8f9b"
BLACK = {1, 3, 6, 8, 10}


def draw(score: Score, *, heading: str, below: str) -> bytes:
    """A PNG.

    Args:
        score: what is drawn.
        heading: the line above, in Latin letters: the font has no others.
        below: the smaller line under it.
    """
    from PIL import Image, ImageDraw

    bars = max(1, -(-(score.length - score.pickup) // score.metre.bar))
    rows = max(1, -(-bars // MOST_BARS))
    each = -(-bars // rows)
    height = HEIGHT if rows == 1 else TOP + rows * 300 + 30
    picture = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((LEFT, 22), heading, fill=INK, font=_font(26))
    pen.text((LEFT, 58), below, fill=SOFT, font=_font(17))
    _legend(pen, score)
    tall = (height - TOP - 30) // rows
    pitches = [stroke.pitch for voice in score.voices if not voice.drums for stroke in voice.strokes] or [60]
    for row in range(rows):
        first = row * each
        start = score.pickup + first * score.metre.bar if row else 0
        end = min(score.length, score.pickup + (first + each) * score.metre.bar)
        if rows > 1:
            end = score.pickup + (first + each) * score.metre.bar
        _Row(score, start, end, first, TOP + row * tall + 18, tall - 50, min(pitches) - 2, max(pitches) + 2).draw(pen)
    out = io.BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)


def _legend(pen: Any, score: Score) -> None:
    x = WIDTH - 24
    for number, voice in reversed(list(enumerate(score.voices))):
        wide = pen.textlength(voice.name, font=_font(15))
        x -= wide
        pen.text((x, 26), voice.name, fill=INK, font=_font(15))
        pen.rounded_rectangle((x - 20, 29, x - 8, 41), 3, fill=COLOURS[number % len(COLOURS)])
        x -= 36


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a row of bars lies."""

    score: Score
    start: int  #: ticks
    end: int
    first: int  #: bar
    top: int  #: pixels
    tall: int
    low: int  #: MIDI
    high: int

    def x(self, tick: float) -> float:
        """Pixels from the left."""
        return LEFT + (tick - self.start) / max(1, self.end - self.start) * (WIDTH - LEFT - 24)

    @property
    def step(self) -> float:
        """Pixels of a semitone."""
        return self.tall / (self.high - self.low + 1)

    def y(self, pitch: int) -> float:
        """Pixels from above."""
        return self.top + (self.high - pitch) * self.step

    def draw(self, pen: Any) -> None:
        """Stave, bars, chords, notes."""
        self._stave(pen)
        self._bars(pen)
        self._chords(pen)
        for number, voice in reversed(list(enumerate(self.score.voices))):
            for stroke in voice.strokes:
                if self.start <= stroke.start < self.end:
                    self._stroke(pen, stroke, COLOURS[number % len(COLOURS)], drum=voice.drums)

    def _stave(self, pen: Any) -> None:
        for pitch in range(self.low, self.high + 1):
            if pitch % 12 in BLACK:
                pen.rectangle((LEFT, self.y(pitch), WIDTH - 24, self.y(pitch) + self.step), fill=STRIPE)
            if pitch % 12 == 0:
                pen.line((LEFT, self.y(pitch) + self.step, WIDTH - 24, self.y(pitch) + self.step), fill=GRID)
                pen.text((LEFT - 34, self.y(pitch) + self.step / 2 - 8), f"C{pitch // 12 - 1}", fill=FAINT, font=_font(14))

    def _bars(self, pen: Any) -> None:
        bar = self.score.metre.bar
        begin = self.score.pickup if self.first == 0 else self.start
        for number, tick in enumerate(range(begin, self.end + 1, bar)):
            wide = 2 if (self.first + number) % 4 == 0 else 1
            pen.line((self.x(tick), self.top, self.x(tick), self.top + self.tall), fill=BAR, width=wide)
            if tick < self.end:
                pen.text((self.x(tick) + 4, self.top + self.tall + 4), str(self.first + number + 1), fill=FAINT, font=_font(13))

    def _chords(self, pen: Any) -> None:
        taken = 0.0
        for tick, name in self.score.chords:
            if self.start <= tick < self.end and self.x(tick) >= taken:
                pen.text((self.x(tick) + 3, self.top - 20), name, fill=SOFT, font=_font(15))
                taken = self.x(tick) + 7 + pen.textlength(name, font=_font(15))

    def _stroke(self, pen: Any, stroke: Stroke, colour: str, *, drum: bool) -> None:
        left, right = self.x(stroke.start), self.x(stroke.start + stroke.length)
        if drum:
            pen.ellipse((left, self.top + self.tall - 7, left + 4, self.top + self.tall - 3), fill=colour)
        else:
            box = (left + 1, self.y(stroke.pitch), max(left + 3, right - 2), self.y(stroke.pitch) + self.step)
            pen.rounded_rectangle(box, min(4, self.step / 2), fill=colour)
