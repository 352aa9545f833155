"""What the core shows, printed one below the other: only one list grows at a time, so that its numbers stay together."""

from __future__ import annotations

import asyncio
from pathlib import Path

from adapters.terminal._face import Face
from adapters.terminal._numbers import Numbers
from adapters.terminal._paging import KEPT, height
from adapters.terminal._picture import previews
from adapters.terminal._render import Page, Row
from bot import private
from bot.domain.ideas import clean
from bot.messages import Card, File
from bot.words import _

COPIES = 1000  # files of one name in a folder; somebody who has that many wants another folder
MAX_NAME = 120  # characters of a file's name; file systems allow 255 bytes


class Scroll:
    """The terminal's screen, as replies see it."""

    def __init__(self, *, face: Face, numbers: Numbers, folder: Path) -> None:
        self._face = face
        self._numbers = numbers
        self._folder = folder
        self._growing: list[Printed] = []  #: oldest first; the first one has the screen

    async def show(self, reply: Printed, card: Card) -> None:
        """Prints what is new of a card; a list that begins to grow while another one does waits for it."""
        reply.waiting = None
        if card.progress is None:
            await self._print(reply.page, card)
            await self.end(reply)
            return
        if reply not in self._growing:
            self._growing.append(reply)
        if self._growing[0] is reply:
            await self._print(reply.page, card)
        else:
            reply.waiting = card
            reply.page.progress, reply.page.title = card.progress, clean(card.title)
        self._face.working([each.page for each in self._growing])

    async def tell(self, card: Card) -> None:
        """Prints a card by itself."""
        await self._print(Page(), card)

    async def end(self, reply: Printed) -> None:
        """Nothing more comes for this reply; the next growing list gets the screen."""
        if reply not in self._growing:
            return
        self._growing.remove(reply)
        if self._growing and self._growing[0].waiting is not None:
            first = self._growing[0]
            card, first.waiting = first.waiting, None
            assert card is not None
            await self._print(first.page, card)
        self._face.working([each.page for each in self._growing])

    async def _print(self, page: Page, card: Card) -> None:
        rows = page.news(card, self._numbers)
        fresh = [file for line in card.lines if line.fresh for file in line.media]
        files = [file for file in (*card.files, *fresh) if file.name not in page.saved]
        page.saved.update(file.name for file in files)
        where = [await asyncio.to_thread(saved, file, self._folder) for file in files]
        await self._face.write([*rows, *self._previews(files, [*rows, *where]), *where])

    def _previews(self, files: list[File], beside: list[Row]) -> list[Row]:
        """The pictures among new files, small, for a person who watches: with the words around them they fit the screen."""
        pictures = [file for file in files if file.media_type.startswith("image/")]
        if not self._face.live or not pictures:
            return []
        rows, columns = self._face.size()
        return [Row(kind="picture", text=line) for line in previews(pictures, rows - KEPT - height(beside, columns))]


class Printed:
    """One answer on the screen; the `Reply` of `bot.ports`."""

    def __init__(self, scroll: Scroll, place: str) -> None:
        self.address = ""
        self.page = Page()
        self.waiting: Card | None = None  #: its latest version while another list has the screen
        self._scroll = scroll
        self._place = place

    @property
    def back(self) -> str:
        """What was on a screen is gone with the process."""
        return ""

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Nobody counts the seconds here."""

    async def settle(self) -> bool:
        """What is printed is there."""
        return True

    async def show(self, card: Card) -> None:
        """Prints what is new of the card."""
        self.address = self._place
        await self._scroll.show(self, card)

    async def tell(self, card: Card) -> None:
        """Prints the card below."""
        await self._scroll.tell(card)


def saved(file: File, folder: Path) -> Row:
    """Puts a file into a folder, beside what is there already; says where it is, or why it is not."""
    name = clean(file.name).replace("/", "-").replace("\\", "-").lstrip(".")[-MAX_NAME:] or "muselab"
    stem, suffix = Path(name).stem, Path(name).suffix
    try:
        if not folder.exists():
            private.folder(folder)
        for copy in range(1, COPIES + 1):
            path = folder / (name if copy == 1 else f"{stem}-{copy}{suffix}")
            try:
                with open(path, "xb", opener=private.opener) as out:
                    out.write(file.content)
            except FileExistsError:
                continue
            return Row(kind="text", text=_("Saved as {path}").format(path=clean(str(path))))
    except OSError as error:
        return Row(kind="text", text=_("The file could not be saved: {why}.").format(why=error.strerror or error))
    return Row(kind="text", text=_("The file could not be saved: {folder} is full of others like it.").format(folder=folder))
