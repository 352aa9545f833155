"""What the bot does in a channel by its own token: posts a message, opens a thread."""

from __future__ import annotations

from typing import Any

import discord
import structlog

from adapters.discord.attaching import EVERYWHERE, with_files
from adapters.discord.by_token import NOBODY
from adapters.discord.placed import House
from adapters.discord.render import render
from bot.messages import Card

log = structlog.get_logger(__name__)

MAX_NAME = 100  # characters of a thread's name


async def post(house: House, place: discord.abc.Messageable, card: Card, **more: Any) -> discord.Message:
    """Posts a card. `more` goes to discord.py's `send`.

    Raises:
        discord.HTTPException: Discord does not take it.
    """

    async def send(whole: Card, files: list[discord.File]) -> discord.Message:
        await house.turn("post", getattr(place, "id", 0))
        return await place.send(view=render(whole), files=files, allowed_mentions=NOBODY, **more)

    return await with_files(card, EVERYWHERE, send)


async def open_thread(house: House, channel: object, message: int, title: str) -> None:
    """Opens a thread on a message, where the channel has threads and lets us."""
    if not isinstance(channel, discord.TextChannel):
        return
    try:
        await house.turn()
        await channel.get_partial_message(message).create_thread(name=" ".join(title.split())[:MAX_NAME] or "Muselab")
    except discord.HTTPException as error:
        log.info("a thread could not be opened", code=error.code)
