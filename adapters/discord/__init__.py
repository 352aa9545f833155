"""Discord, through discord.py: slash commands, messages that grow, buttons that outlive restarts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from adapters.discord.belonging import Departures
from adapters.discord.chat import IDENTIFY_S, DiscordChat
from adapters.discord.install import check, invite
from bot.config import Settings
from bot.domain.errors import Misconfigured
from bot.ports import Chat, Health, TurnStore
from bot.words import _

__all__ = ["build", "check", "invite"]


class Shared(Departures, TurnStore, Protocol):
    """What all processes on one token know of one another."""


def build(
    settings: Settings,
    *,
    health: Callable[[], Awaitable[Health]] | None = None,
    installations: Shared | None = None,
    identify_s: float = IDENTIFY_S,
) -> Chat:
    """The chat, not yet connected.

    Args:
        settings: the Discord table is used.
        health: not shown in Discord; a brainstorm's card says itself what it waits for.
        installations: where servers are noted that have removed the bot, and by which all processes keep one pace.
        identify_s: between two new sessions, as Discord demands; tests need not wait.

    Raises:
        Misconfigured: there is no token.
    """
    if not settings.discord.token.get_secret_value():
        raise Misconfigured(
            _(
                "Discord needs a bot token in MUSELAB_DISCORD__TOKEN. Make an application at "
                "https://discord.com/developers/applications; “Reset Token” on its page “Bot” shows one."
            )
        )
    return DiscordChat(settings.discord, noted=installations, shared=installations, identify_s=identify_s)
