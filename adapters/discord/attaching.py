"""Sends files within what Discord takes: as they are, compressed, or named where they cannot be had."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord

from adapters.discord.render import MAX_FILES, file_name
from bot.messages import Card, File
from bot.words import _

TOO_LARGE = 40005
EVERYWHERE = 10 * 1024 * 1024  # bytes; what every server takes (docs: reference, uploading files)

Send = Callable[[Card, list[discord.File]], Awaitable[discord.Message]]


async def with_files(card: Card, limit: int, send: Send) -> discord.Message:
    """Sends a card with its files: too large ones compressed, and if that does not help named instead of attached."""
    files = [await smaller(file, limit) if len(file.content) > limit else file for file in card.files[:MAX_FILES]]
    fitting = tuple(file for file in files if len(file.content) <= limit)
    card = without(card, fitting, [file for file in files if file not in fitting])
    try:
        return await send(card, attachments(card.files))
    except discord.HTTPException as error:
        if not card.files or (error.status != 413 and error.code != TOO_LARGE):
            raise
    # The limit that Discord names and the one it keeps differ at times.
    return await send(without(card, (), list(card.files)), [])


def without(card: Card, kept: tuple[File, ...], lost: list[File]) -> Card:
    """The card with only the files kept, and a sentence about the others."""
    said = [
        _("{name} ({size} MB) is larger than Discord takes here, so it is not attached.").format(
            name=file.name, size=round(len(file.content) / 1e6, 1)
        )
        for file in lost
    ]
    return replace(card, files=kept, text="\n\n".join(filter(None, [card.text, *said])))


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
