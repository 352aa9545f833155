"""A picture as a few rows of coloured half blocks, where the package that reads pictures is installed."""

from __future__ import annotations

import io

from bot.messages import File

WIDE, TALL = 48, 18  # cells; enough to tell a poster from a moodboard, and half a screen stays free


def preview(file: File) -> str:
    """The picture with escape codes for colours; empty where it cannot be drawn."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ModuleNotFoundError:  # a bot that has its pictures made elsewhere needs no Pillow
        return ""
    try:
        with Image.open(io.BytesIO(file.content)) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError):
        return ""
    share = min(WIDE / picture.width, 2 * TALL / picture.height)
    wide, tall = max(1, round(picture.width * share)), max(2, 2 * round(picture.height * share / 2))
    small = picture.resize((wide, tall))
    rows = []
    for top in range(0, tall, 2):
        cells = (_cell(small.getpixel((at, top)), small.getpixel((at, top + 1))) for at in range(wide))
        rows.append("".join(cells) + "\x1b[0m")
    return "\n".join(rows)


def _cell(above: object, below: object) -> str:
    """Two pixels in one character."""
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    return "\x1b[38;2;{};{};{}m\x1b[48;2;{};{};{}m▀".format(*above, *below)
