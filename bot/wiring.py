"""Puts the house together and takes it apart: who opens, closes."""

from __future__ import annotations

import gc
import inspect
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import adapters
from bot import housekeeping, plugins, private
from bot.config import ADAPTERS as ADAPTERS
from bot.config import Settings
from bot.domain.errors import Misconfigured, StoreDown
from bot.furnishing import House as House
from bot.furnishing import furnish as furnish
from bot.givens import clock as clock
from bot.givens import new_id as new_id
from bot.givens import styles_folder as styles_folder
from bot.patience import patient
from bot.ports import Chat, Store
from bot.supply import generator_of, maker_of
from bot.use_cases import RUNS as RUNS
from bot.words import _
from learning.loop import Learning
from learning.plan import Plan
from storage import urls
from storage.weights import AdapterFolder

if TYPE_CHECKING:
    from generators.client.handover import Succession

HISTORY = "history"  # of the terminal, in the data folder


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[Store]:
    """The database alone.

    Raises:
        Misconfigured, StoreDown: see `Store.open`.
    """
    try:
        private.folder(settings.home)
        private.tighten(settings.home)
    except OSError as error:
        raise StoreDown(
            _("The data folder {folder} cannot be made: {why}. Choose another with MUSELAB_HOME.").format(
                folder=settings.home, why=error.strerror or error
            )
        ) from error
    kept = settings.media_place, settings.adapters, settings.home / HISTORY
    traces = () if settings.store.anew else [one for one in kept if isinstance(one, Path)]
    store = urls.build(settings.store_url, media=settings.media_place, traces=traces, pool=settings.store.pool)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def opened(settings: Settings, service: Succession | None = None) -> AsyncIterator[House]:
    """The whole house: the database, and a generator, started as a child process unless the settings name one.

    Args:
        settings: the host's.
        service: our own generation service, where somebody has begun it and will end it.

    Raises:
        Misconfigured, StoreDown: a part cannot be opened as configured.
    """
    async with AsyncExitStack() as stack:
        generator, child = await generator_of(settings, stack, service)
        store = await stack.enter_async_context(opened_store(settings))
        maker = await maker_of(settings, child, stack)
        house = furnish(settings, store=patient(store), generator=generator, maker=maker)
        house.services.announcing.watch()
        await stack.enter_async_context(housekeeping.kept(house.services, new_id))
        house.services.redrawing.watch()
        stack.push_async_callback(house.services.tasting.close)
        stack.push_async_callback(house.services.versions.close)
        stack.push_async_callback(house.services.announcing.close)
        stack.push_async_callback(house.services.redrawing.close)
        yield house


def learning_of(settings: Settings, store: Store) -> Learning:
    """What tunes teams' models on this machine. Converts the embedded model's weights first, when nobody has yet.

    Raises:
        Misconfigured: a package or the model is missing.
    """
    table = settings.learn
    try:
        from generators.client.phrasing import RecipePhrasing, instructed, taught
        from generators.engines.text import multilingual
        from generators.engines.text.embedder import Embedder
        from generators.service import weights
        from learning.bases import base_of, device_of
        from learning.tracking import tracker
        from learning.workshop import TorchWorkshop
    except ModuleNotFoundError as error:
        raise Misconfigured(
            _("Tuning needs a package that is not installed ({package}). Install it with pip install 'muselab[engine]'.").format(
                package=error.name
            )
        ) from error
    served = settings.served
    folder, name = weights.text_weights(served.model, settings.cache, lambda _doing, _done: None, taught=served.taught)
    phrasing = RecipePhrasing(instructed=instructed(name), taught=taught(name))
    vectors = settings.service.embedder
    both = vectors == weights.EMBEDDED and multilingual.available()
    embed = None if vectors == "none" else Embedder(weights.vector_weights(vectors)[0], both=both)
    return Learning(
        store=store,
        adapters=AdapterFolder(settings.adapters),
        phrasing=phrasing,
        workshop=TorchWorkshop(phrasing, embed, tracker(table.track)),
        base=base_of(folder, name),
        runs_folder=settings.home / RUNS,
        clock=clock,
        new_id=new_id,
        plan=Plan(method=table.method, path=table.path, processes=table.processes),
        device=device_of(table.device),
        embed=embed,
    )


def move_in() -> None:
    """What stands in the house now stays: garbage is looked for in what comes later only.

    Looking through everything, the chats' libraries included, holds up all else for a fifth of a second each time.
    """
    gc.collect()
    gc.freeze()


def chats(settings: Settings, names: tuple[str, ...], house: House) -> list[Chat]:
    """The chats, built, not yet connected.

    Raises:
        Misconfigured: there is no such chat, or the packages or tokens it needs are missing.
    """
    surroundings = {"health": house.generator.health, "installations": house.store, "courtesy": house.services.courtesy}
    built: list[Chat] = []
    for name in names:
        build = chat_module(name).build
        wanted = inspect.signature(build).parameters
        built.append(build(settings, **{what: value for what, value in surroundings.items() if what in wanted}))
    return built


def chat_module(name: str) -> ModuleType:
    """An adapter, imported.

    Raises:
        Misconfigured: there is none of that name, or the package it needs is not installed.
    """
    try:
        return plugins.load(adapters, name)
    except ModuleNotFoundError as error:
        raise Misconfigured(
            _("{chat} needs a package that is not installed ({package}). Install it with pip install 'muselab[{chat}]'.").format(
                chat=name, package=error.name
            )
        ) from error
