"""Where ideas and media come from: services that the settings name, a child process of our own, or no model at all."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.domain.errors import Misconfigured
from bot.machine import can_run
from bot.ports import Generator, Maker
from bot.words import _
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker

if TYPE_CHECKING:
    from generators.client.handover import Succession


async def generator_of(settings: Settings, stack: AsyncExitStack) -> tuple[Generator, Succession | None]:
    """The generator, and the child process that it is, where it is one."""
    table = settings.generator
    if table.scripted:
        return ScriptedGenerator(), None
    from generators.client.handover import Succession

    server: str | Succession = table.url
    if not table.url:
        if not can_run():
            raise Misconfigured(
                _(
                    "No model can run here: install one with pip install 'muselab[engine]', or name a service with "
                    "MUSELAB_GENERATOR__URL."
                )
            )
        server = Succession(settings)
        stack.push_async_callback(server.close)
        await server.start()
        await asyncio.sleep(0)  # it begins now: its seconds pass beside those of the imports here and of the database
    from generators.client.remote import RemoteGenerator
    from generators.verse.generator import ChineseGenerator

    generator = RemoteGenerator(
        server,
        token=table.token.get_secret_value(),
        model=table.model,
        timeout_s=table.timeout_s,
        embeddings=table.embeddings,
        adapters=settings.served.adapters
        if isinstance(server, Succession)
        else table.adapters or str(settings.adapters.absolute()),
    )
    stack.push_async_callback(generator.close)
    return ChineseGenerator(generator), server if isinstance(server, Succession) else None


async def maker_of(settings: Settings, child: Succession | None, stack: AsyncExitStack) -> Maker:
    """Where media are made: a service that the settings name, our own child, or beside a foreign text service a child of its own.

    That child starts with the first commission, so that nothing is heavier for teams that want words only.
    """
    table = settings.media
    if settings.generator.scripted and not table.url:
        return ScriptedMaker()
    from generators.client.child import OnDemand
    from generators.client.maker import RemoteMaker

    server: str | Succession | OnDemand = table.url or child or OnDemand(settings)
    if isinstance(server, OnDemand):
        stack.push_async_callback(server.close)
    maker = RemoteMaker(server, token=table.token.get_secret_value(), timeout_s=table.timeout_s)
    stack.push_async_callback(maker.close)
    return maker
