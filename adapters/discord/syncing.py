"""Tells Discord which commands there are; whatever comes of it, the bot serves with those that are registered."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

import discord
import structlog
from discord import app_commands

from adapters.discord.pacing import TROUBLE

log = structlog.get_logger(__name__)

ENTRY_POINT = 4  # the type of a command that opens an Activity; Discord makes one where Activities are switched on
ENTRY_POINT_MISSING = 50240  # the error of an upload that would remove it
FIRST_S = 3.0  # for a first try, which takes a tenth of that; then serving begins all the same
AGAIN_S = (30.0, 300.0, 3600.0)  # between tries; the last for good. The commands of before go on working meanwhile
#: Of a command as Discord describes it, what an upload takes; the rest is Discord's to say.
KEPT = ("id", "name", "name_localizations", "type", "handler", "integration_types", "contexts", "nsfw")


class Syncing:
    """Registers the tree's commands, as soon as Discord takes them."""

    def __init__(self, tree: app_commands.CommandTree[Any]) -> None:
        self._tree = tree
        self._trying: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()

    async def begin(self) -> None:
        """Returns once a first try has ended, or has taken too long; further ones follow by themselves. Never raises."""
        self._trying = asyncio.create_task(self._try())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._tried.wait(), FIRST_S)

    async def _try(self) -> None:
        for wait_s in itertools.chain(AGAIN_S, itertools.repeat(AGAIN_S[-1])):
            try:
                await _told_once(self._tree)
                return
            except TROUBLE as error:
                code = error.code if isinstance(error, discord.HTTPException) else None
                log.error("the commands could not be registered; those of before go on", why=str(error)[:200], code=code)
            except Exception:
                log.exception("registering the commands broke; those of before go on")
            finally:
                self._tried.set()
            await asyncio.sleep(wait_s)

    async def close(self) -> None:
        """Gives up. Safe to call twice."""
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)


async def _told_once(tree: app_commands.CommandTree[Any]) -> None:
    try:
        await tree.sync()
    except discord.HTTPException as error:
        if error.code != ENTRY_POINT_MISSING:
            raise
        await _beside_entry_points(tree)


async def _beside_entry_points(tree: app_commands.CommandTree[Any]) -> None:
    """Registers the commands beside the Entry Points that are there, which an upload of all commands must name."""
    http, application = tree.client.http, cast(int, tree.client.application_id)
    there = cast("list[dict[str, Any]]", await http.get_global_commands(application))
    entries = [{name: one[name] for name in KEPT if one.get(name) is not None} for one in there if one["type"] == ENTRY_POINT]
    translator = tree.translator
    ours: list[Mapping[str, Any]] = [
        await command.get_translated_payload(tree, translator) if translator is not None else command.to_dict(tree)
        for kind in (discord.AppCommandType.chat_input, discord.AppCommandType.user, discord.AppCommandType.message)
        for command in tree.get_commands(type=kind)
    ]
    await http.bulk_upsert_global_commands(application, payload=cast(Any, [*ours, *entries]))
    log.info("the application's Entry Point stays beside our commands", entry_points=[one["name"] for one in entries])
