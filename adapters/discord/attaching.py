"""Sends files within what Discord takes: as they are, compressed, or named where they cannot be had."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord

from adapters.discord import layout
from adapters.discord.render import MAX_FILES, file_name
from bot.messages import Card, File
from bot.words import _

TOO_LARGE = 40005
EVERYWHERE = 10 * 1024 * 1024  # bytes; what every server takes (docs: reference, uploading files)

Send = Callable[[Card, list[discord.File]], Awaitable[discord.Message]]


async def with_files(card: Card, limit: int, send: Send) -> discord.Message:
    """Sends a card with its files: too large ones compressed, and if that does not help named instead of attached."""
    if only_words(card):
        return await send(card, [])
    files = [await smaller(file, limit) if len(file.content) > limit else file for file in card.files[:MAX_FILES]]
    fitting = tuple(file for file in files if len(file.content) <= limit)
    card = without(card, fitting, [file for file in files if file not in fitting])
    whole, media = fitted(card, frozenset(), limit)
    try:
        return await send(whole, [*attachments(whole.files), *attachments(media)])
    except discord.HTTPException as error:
        if not (whole.files or media) or not too_large(error):
            raise
    # The limit that Discord names and the one it keeps differ at times.
    bare, _media = fitted(card, frozenset(), 0)
    return await send(without(bare, (), list(card.files)), [])


def only_words(card: Card) -> bool:
    """Whether there is no file on it."""
    return not card.files and not any(line.media for line in card.lines)


def too_large(error: discord.HTTPException) -> bool:
    """Whether Discord refused files for their size."""
    return error.status == 413 or error.code == TOO_LARGE


def fitted(card: Card, there: frozenset[str] | None, limit: int) -> tuple[Card, tuple[File, ...]]:
    """The card with those media alone that its message has or gets, and the files to send for that.

    Args:
        card: what is to be shown.
        there: names of the message's attachments; None: not known, and trusted to be there.
        limit: bytes of one file that Discord takes here.
    """
    if only_words(card):
        return card, ()
    wanted = layout.media_of(card, MAX_FILES - len(card.files))
    sent = tuple(
        file
        for line, file in wanted
        if line.fresh and (there is None or file_name(file.name) not in there)
        if len(file.content) <= limit
    )
    known = {file_name(file.name) for file in sent} | {
        file_name(file.name)
        for line, file in wanted
        if file_name(file.name) in (there or ()) or (there is None and not line.fresh)
    }
    lost = [file for line, file in wanted if line.fresh and file_name(file.name) not in known]
    lines = tuple(
        replace(line, media=tuple(file for file in line.media if file_name(file.name) in known)) if line.media else line
        for line in card.lines
    )
    return without(replace(card, lines=lines), card.files, lost), sent


def without(card: Card, files: tuple[File, ...], lost: list[File]) -> Card:
    """The card with only the files kept, and a sentence about the others."""
    return replace(card, files=files, text="\n\n".join(filter(None, [card.text, *map(lacking, lost)])))


def lacking(file: File) -> str:
    """That a file is not attached, and how to have it all the same."""
    text = _("{name} ({size} MB) is larger than Discord takes here, so it is not attached.").format(
        name=file.name, size=round(len(file.content) / 1e6, 1)
    )
    if file.media_type.startswith("audio/"):
        return text + " " + _("It is kept; the same with the format mp3 is a tenth of that.")
    return text + (" " + _("It is kept; a smaller size fits.") if file.media_type.startswith("image/") else "")


async def smaller(file: File, limit: int) -> File:
    """The file as a ZIP archive."""

    def pack() -> bytes:
        into = io.BytesIO()
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(file.name, file.content)
        return into.getvalue()

    packed = File(name=f"{file.name}.zip", media_type="application/zip", content=await asyncio.to_thread(pack))
    return packed if len(packed.content) <= limit else file


def attachments(files: tuple[File, ...]) -> list[discord.File]:
    """Files as discord.py sends them."""
    return [discord.File(io.BytesIO(file.content), filename=file_name(file.name)) for file in files]
