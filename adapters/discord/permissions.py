"""What the bot may do where somebody asks, as Discord says with every interaction; and what to change where it may not."""

from __future__ import annotations

from typing import Any

import discord

from bot import commands, plugins
from bot.services import doors
from bot.words import _

ACCESS, PERMISSION = 50001, 50013  # docs: topics/opcodes-and-status-codes, JSON error codes


def handing_out() -> frozenset[str]:
    """The commands that answer with files."""
    return frozenset(name for name in plugins.names(commands) if doors.hands_out(doors.command(plugins.load(commands, name))))


def may_attach(interaction: discord.Interaction[Any]) -> bool:
    """Whether files can be attached where it happened; also where Discord does not say."""
    may = interaction.app_permissions
    return not may.value or may.administrator or may.attach_files


def no_files() -> str:
    """Why a command that makes files does nothing there."""
    return _(
        "Muselab may not attach files here, and this makes one. Give it the permission “Attach Files” in this channel, then "
        "ask again."
    )


def lacking(code: int) -> str:
    """What Muselab lacks in a channel in which Discord does not let it write; empty where that is unknown."""
    if code == ACCESS:
        return _("Muselab does not see it: give it the permission “View Channel” there.")
    if code == PERMISSION:
        return _("Muselab may not write in it: give it the permission “Send Messages” there.")
    return ""
