"""A picture as a few rows of coloured half blocks, where the package that reads pictures is installed."""

from __future__ import annotations

import io
from collections.abc import Sequence

from bot.messages import File

WIDE, TALL = 76, 14  # cells of all, where the screen has room; larger ones push what was said before them out of sight
LEAST = 4  # rows of each, however full the screen is: eight pixels still tell a poster from a moodboard
BESIDE = 3  # pictures side by side; of four, each is too small to tell a poster from a moodboard
GAP = "  "


def previews(files: Sequence[File], room: int = TALL) -> list[str]:
    """Pictures with escape codes for colours, as many side by side as have room; those that cannot be drawn are left out.

    Args:
        files: pictures.
        room: rows of the screen that are free for all of them.
    """
    rows = [files[start : start + BESIDE] for start in range(0, len(files), BESIDE)]
    tall = max(LEAST, min(TALL, room) // max(1, len(rows)))
    lines = []
    for row in rows:
        wide = (WIDE - len(GAP) * (len(row) - 1)) // len(row)
        drawn = [picture for file in row if (picture := preview(file, min(wide, 48), tall))]
        highest = max(map(len, drawn), default=0)
        for picture in drawn:
            picture += [" " * cells(picture[0])] * (highest - len(picture))
        lines += [GAP.join(parts) for parts in zip(*drawn, strict=True)]
    return lines


def cells(line: str) -> int:
    """How many cells of the screen a drawn line covers."""
    return line.count("▀")


def preview(file: File, most_wide: int, most_tall: int) -> list[str]:
    """One picture's lines, of at most so many cells; none where it cannot be drawn."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ModuleNotFoundError:  # a bot that has its pictures made elsewhere needs no Pillow
        return []
    try:
        with Image.open(io.BytesIO(file.content)) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError):
        return []
    share = min(most_wide / picture.width, 2 * most_tall / picture.height)
    wide, tall = max(1, round(picture.width * share)), max(2, 2 * round(picture.height * share / 2))
    small = picture.resize((wide, tall))
    rows = []
    for top in range(0, tall, 2):
        cells = (_cell(small.getpixel((at, top)), small.getpixel((at, top + 1))) for at in range(wide))
        rows.append("".join(cells) + "\x1b[0m")
    return rows


def _cell(above: object, below: object) -> str:
    """Two pixels in one character."""
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    return "\x1b[38;2;{};{};{}m\x1b[48;2;{};{};{}m▀".format(*above, *below)
