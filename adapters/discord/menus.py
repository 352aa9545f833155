"""Entries in the menus of messages: the commands that say they have one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from types import ModuleType
from typing import Any

import discord
from discord import app_commands

from adapters.discord import slash
from bot import commands, plugins
from bot.services import doors

Heard = Callable[[str, discord.Interaction[Any], discord.Message], Awaitable[None]]


def register(tree: app_commands.CommandTree[Any], *, on_ideas: Heard, on_words: Heard) -> None:
    """Adds an entry for every command that has one; Discord shows fifteen."""
    for name in plugins.names(commands):
        command = doors.command(module_of(name))
        for label, heard in ((doors.on_ideas(command), on_ideas), (doors.on_words(command), on_words)):
            if label:
                tree.add_command(slash.menu(label, entry(partial(heard, name))))


def entry(heard: Callable[[discord.Interaction[Any], discord.Message], Awaitable[None]]) -> Any:
    """As discord.py wants it: it reads from the annotation that the entry is a message's."""

    async def chosen(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await heard(interaction, message)

    return chosen


def module_of(name: str) -> ModuleType:
    """A command by its name."""
    return plugins.load(commands, name)


def idea_param(name: str) -> str:
    """The first argument of a command that names an idea."""
    return next(param.name for param in doors.command(module_of(name)).PARAMS if param.kind == "idea")


def words_param(name: str) -> str:
    """The argument of a command that takes any words."""
    return next(param.name for param in doors.command(module_of(name)).PARAMS if param.rest)
