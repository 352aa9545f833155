"""What a Discord message is made of, and how much of it there may be. Knows nothing of discord.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Control, File, Key

MAX_COMPONENTS = 40  # of one message; containers, texts, rows, buttons and menus all count
MAX_TEXT = 4000  # characters of all texts of one message
IN_ROW = 5
MAX_OPTIONS = 25  # of one menu
MAX_GALLERY = 10  # pictures of one gallery
MENU = "menu"  # the verb of menus; what counts is the value chosen


@dataclass(frozen=True, slots=True)
class Text:
    """Markup."""

    content: str
    size = 1


@dataclass(frozen=True, slots=True)
class Row:
    """Up to five buttons."""

    controls: tuple[Control, ...]

    @property
    def size(self) -> int:
        """Components that this is."""
        return 1 + len(self.controls)


@dataclass(frozen=True, slots=True)
class Menu:
    """One choice among up to 25 controls."""

    number: int  #: of this menu within the message
    placeholder: str
    controls: tuple[Control, ...]
    size = 2

    @property
    def id(self) -> str:
        """What the menu itself is called; the state is in its values."""
        return str(Key(verb=MENU, token=str(self.number)))


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures among the message's attachments."""

    files: tuple[File, ...]
    size = 1


@dataclass(frozen=True, slots=True)
class Attached:
    """Another file among them."""

    file: File
    size = 1


Piece = Text | Row | Menu | Gallery | Attached


def size(pieces: Sequence[Piece]) -> int:
    """Components that these pieces are, with the container around them."""
    return 1 + sum(piece.size for piece in pieces)
