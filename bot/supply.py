"""Where ideas and media come from: services that the settings name, a child process of our own, or no model at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.domain.errors import Misconfigured
from bot.machine import can_run
from bot.ports import Generator, Maker
from bot.words import _

if TYPE_CHECKING:
    from generators.client.handover import Succession


@asynccontextmanager
async def own_service(settings: Settings) -> AsyncIterator[Succession | None]:
    """Our own generation service, a child process that has begun; None where the settings name another, or no model at all.

    It is imported and begun before all else that a bot needs: its seconds pass beside those of the imports and of the database.

    Raises:
        Misconfigured: no model can run here.
    """
    if settings.generator.scripted or settings.generator.url:
        yield None
        return
    if not can_run():
        raise Misconfigured(
            _(
                "No model can run here: install one with pip install 'muselab[engine]', or name a service with "
                "MUSELAB_GENERATOR__URL."
            )
        )
    from generators.client.handover import Succession

    server = Succession(settings)
    try:
        await server.start()
        await asyncio.sleep(0)  # it begins now
        yield server
    finally:
        await server.close()


async def generator_of(
    settings: Settings, stack: AsyncExitStack, begun: Succession | None = None
) -> tuple[Generator, Succession | None]:
    """The generator, and the child process that it is, where it is one: the one that has `begun`, else a new one."""
    table = settings.generator
    if table.scripted:
        from generators.client.scripted import ScriptedGenerator

        return ScriptedGenerator(), None
    child = begun or await stack.enter_async_context(own_service(settings))
    from generators.client.remote import RemoteGenerator
    from generators.verse.generator import ChineseGenerator

    generator = RemoteGenerator(
        child or table.url,
        token=table.token.get_secret_value(),
        model=table.model,
        timeout_s=table.timeout_s,
        embeddings=table.embeddings,
        adapters=settings.served.adapters if child else table.adapters or str(settings.adapters.absolute()),
    )
    stack.push_async_callback(generator.close)
    return ChineseGenerator(generator), child


async def maker_of(settings: Settings, child: Succession | None, stack: AsyncExitStack) -> Maker:
    """Where media are made: a service that the settings name, our own child, or beside a foreign text service a child of its own.

    That child starts with the first commission, so that nothing is heavier for teams that want words only.
    """
    table = settings.media
    if settings.generator.scripted and not table.url:
        from generators.client.scripted_media import ScriptedMaker

        return ScriptedMaker()
    from generators.client.child import OnDemand
    from generators.client.maker import RemoteMaker

    server: str | Succession | OnDemand = table.url or child or OnDemand(settings)
    if isinstance(server, OnDemand):
        stack.push_async_callback(server.close)
    maker = RemoteMaker(server, token=table.token.get_secret_value(), timeout_s=table.timeout_s)
    stack.push_async_callback(maker.close)
    return maker
