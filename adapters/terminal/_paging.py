"""Long answers in pages: what of some rows has room on the screen, and what waits for Enter. It knows nothing of terminals."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.terminal._render import Row, styled
from bot.words import ngettext

LEAST = 6  # rows of a page, however full the screen is: fewer would be a word at a time
KEPT = 3  # rows that stay free: the prompt, the line about the model, and the word that there is more


def height(rows: Sequence[Row], width: int) -> int:
    """Rows of a screen that is `width` cells wide."""
    return len(styled(rows, width=width, colours=False).splitlines())


def cut(rows: Sequence[Row], room: int, width: int) -> tuple[list[Row], list[Row]]:
    """What is shown now, ending with the word that there is more, and what waits; only texts are cut, lists and pictures are not.

    Args:
        rows: an answer.
        room: rows of the screen that are free.
        width: of the screen, in cells.
    """
    if any(row.kind in ("idea", "picture") for row in rows) or height(rows, width) <= room:
        return list(rows), []
    shown, used = 0, 0
    for row in rows:
        used += height([row], width)
        if used > max(room, LEAST):
            break
        shown += 1
    shown = max(1, shown)
    left = list(rows[shown:])
    if not left:
        return list(rows), []
    lines = height(left, width)
    word = ngettext("Enter shows the other line", "Enter shows the other {count} lines", lines).format(count=lines)
    return [*rows[:shown], Row(kind="footer", text=word)], left
