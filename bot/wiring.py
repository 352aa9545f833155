"""Puts the house together and takes it apart: who opens, closes."""

from __future__ import annotations

import gc
import inspect
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import adapters
import learning.rankers
from bot import commands, plugins, private, signals, words
from bot.config import ADAPTERS as ADAPTERS
from bot.config import Settings
from bot.courtesy import Courtesy
from bot.desk import Desk
from bot.domain.errors import Misconfigured, StoreDown
from bot.limits import Turnstile
from bot.patience import patient
from bot.ports import Chat, Generator, Maker, Ranker, Store
from bot.services import doors
from bot.services.bundle import Services
from bot.services.cards import Cards
from bot.services.ideas.answering import Answering
from bot.services.ideas.board import Boards
from bot.services.ideas.brainstorming import Brainstorming
from bot.services.ideas.exporting import Exporting
from bot.services.ideas.finding import Finding
from bot.services.ideas.following import Following
from bot.services.ideas.recommending import Recommending
from bot.services.ideas.redrawing import Redrawing
from bot.services.media.bandit import Liking
from bot.services.media.commissioning import Ordering
from bot.services.media.making import Making
from bot.services.media.styling import Styling
from bot.services.models.versions import Versions
from bot.services.team.announcing import Announcing
from bot.services.team.entrance import Entrance
from bot.services.team.forgetting import Forgetting
from bot.services.team.governing import Governing
from bot.services.team.leaving import Leaving
from bot.services.team.moderating import Moderating
from bot.services.votes.duelling import Duelling
from bot.services.votes.listening import Listening
from bot.services.votes.refitting import Tasting
from bot.supply import generator_of, maker_of
from bot.words import _
from generators.client.scripted import ScriptedGenerator
from generators.client.scripted_media import ScriptedMaker
from learning import curve
from learning.canary import balance
from learning.loop import Learning
from learning.plan import Plan
from learning.prospects import prospects
from storage import urls
from storage.styles import StyleFolder
from storage.weights import AdapterFolder

HISTORY = "history"  # of the terminal, in the data folder
RUNS = "tuning"  # folder in the data folder, one folder a tuning run: its curve and history, and what a cut-off run needs
SEED_BITS = 31  # seeds of OpenAI-compatible services are signed 32-bit in several engines


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything, open."""

    settings: Settings
    store: Store
    generator: Generator
    services: Services
    desk: Desk


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


def new_id() -> str:
    """24 hex digits that sort by time."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}"


def new_seed() -> int:
    """A seed to note beside what came of it."""
    return secrets.randbits(SEED_BITS)


def furnish(
    settings: Settings,
    *,
    store: Store,
    generator: Generator,
    maker: Maker | None = None,
    now: Callable[[], datetime] = clock,
    learns: bool = True,
) -> House:
    """The house around an open store, generator and maker (None: scripted media); `learns`: see `Tasting`."""
    ranker: Ranker = plugins.load(learning.rankers, settings.ranker.name).build()
    known_commands = {name: doors.command(plugins.load(commands, name)) for name in plugins.names(commands)}
    known_signals = {name: doors.signal(plugins.load(signals, name)) for name in plugins.names(signals)}
    tasting = Tasting(store=store, generator=generator, ranker=ranker, learns=learns)
    # The scripted generator has no weights, and those of a service elsewhere lie there.
    elsewhere = isinstance(generator, ScriptedGenerator) or settings.generator.adapters
    versions = Versions(store=store, trial=balance, clock=now, weights=None if elsewhere else AdapterFolder(settings.adapters))
    boards = Boards(store=store, ranker_of=tasting.of)
    cards = Cards(store=store, boards=boards, commands=known_commands, signals=known_signals)
    brainstorming = Brainstorming(
        store=store,
        generator=generator,
        tasting=tasting,
        versions=versions,
        turnstile=Turnstile(settings.limits),
        settings=settings.generator,
        canary_share=settings.learn.canary_share,
        clock=now,
        new_id=new_id,
        new_seed=new_seed,
    )
    governing = Governing(store=store, clock=now, limits=settings.limits)
    announcing = Announcing(
        store=store, governing=governing, versions=versions, language=settings.defaults.language or words.FALLBACK
    )
    courtesy = Courtesy()
    liking = Liking(store)
    making = _making(settings, store, maker or ScriptedMaker(), liking, now)
    answering = Answering(
        store=store,
        brainstorming=brainstorming,
        making=making,
        governing=governing,
        cards=cards,
        courtesy=courtesy,
        defaults=settings.defaults,
    )
    finding, redrawing = Finding(store), Redrawing(store=store, cards=cards, clock=now)
    services = Services(
        store=store,
        courtesy=courtesy,
        settings=settings,
        clock=now,
        finding=finding,
        brainstorming=brainstorming,
        announcing=announcing,
        answering=answering,
        governing=governing,
        cards=cards,
        listening=Listening(store=store, tasting=tasting, versions=versions, governing=governing, clock=now, new_id=new_id),
        leaving=Leaving(
            store=store,
            tasting=tasting,
            adapters=AdapterFolder(settings.home / ADAPTERS),
            styles=StyleFolder(styles_folder(settings)),
            runs=settings.home / RUNS,
            clock=now,
            grace=timedelta(days=settings.store.leave_days),
        ),
        moderating=Moderating(store=store, tasting=tasting, clock=now),
        boards=boards,
        duelling=Duelling(store=store, tasting=tasting, versions=versions, clock=now, chance=random.Random(new_seed())),
        entrance=Entrance(store),
        exporting=Exporting(boards, versions),
        following=Following(store=store, finding=finding, answering=answering, making=making, clock=now),
        forgetting=Forgetting(store, tasting, redrawing, runs=settings.home / RUNS),
        redrawing=redrawing,
        recommending=Recommending(store=store, generator=generator, tasting=tasting),
        tasting=tasting,
        versions=versions,
        making=making,
        liking=liking,
        prospects=prospects,
        curve=curve.png,
        ordering=Ordering(finding=finding, answering=answering, making=making),
    )
    desk = Desk(services=services, commands=known_commands, signals=known_signals, new_id=new_id)
    return House(settings=settings, store=store, generator=generator, services=services, desk=desk)


def styles_folder(settings: Settings) -> Path:
    """Where teams' image styles are kept."""
    return settings.home / "styles"


def _making(settings: Settings, store: Store, maker: Maker, liking: Liking, now: Callable[[], datetime]) -> Making:
    """What runs commissions for media."""
    styles = styles_folder(settings)
    return Making(
        store=store,
        maker=maker,
        liking=liking,
        styling=Styling(
            store=store,
            styles=StyleFolder(styles),
            folder=settings.media.styles or str(styles),
            image_model=settings.media.image,
        ),
        turnstile=Turnstile(settings.limits),
        settings=settings.media,
        clock=now,
        new_id=new_id,
        new_seed=new_seed,
    )


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
    traces = () if settings.store.anew else (settings.media_folder, settings.adapters, settings.home / HISTORY)
    store = urls.build(settings.store_url, media=settings.media_folder, traces=traces, pool=settings.store.pool)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """The whole house: the database, and a generator, started as a child process unless the settings name one.

    Raises:
        Misconfigured, StoreDown: a part cannot be opened as configured.
    """
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(opened_store(settings))
        generator, child = await generator_of(settings, stack)
        maker = await maker_of(settings, child, stack)
        house = furnish(settings, store=patient(store), generator=generator, maker=maker)
        house.services.announcing.watch()
        house.services.leaving.watch()
        house.services.redrawing.watch()
        stack.push_async_callback(house.services.tasting.close)
        stack.push_async_callback(house.services.versions.close)
        stack.push_async_callback(house.services.announcing.close)
        stack.push_async_callback(house.services.redrawing.close)
        stack.push_async_callback(house.services.leaving.close)
        yield house


#: New objects before the young are looked through; how often they are before the older are; and those before all are.
GARBAGE = (10_000, 10, 100)


def learning_of(settings: Settings, store: Store) -> Learning:
    """What tunes teams' models on this machine. Converts the embedded model's weights first, when nobody has yet.

    Raises:
        Misconfigured: a package or the model is missing.
    """
    table = settings.learn
    try:
        from generators.client.phrasing import RecipePhrasing, instructed
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
    folder, name = weights.text_weights(settings.service.model, settings.cache, lambda _doing, _done: None)
    phrasing = RecipePhrasing(instructed=instructed(name))
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

    Looking through everything, the chats' libraries included, holds up all else for a fifth of a second each time. What comes
    later is looked through more seldom than Python would: a thousand open brainstorms are looked through for 50 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def chat_names(settings: Settings) -> tuple[str, ...]:
    """The chats to serve: those configured, else those whose tokens are set, else the terminal."""
    if settings.chats:
        return settings.chats
    slack = settings.slack.bot_token or settings.slack.client_id
    names = [name for name, there in (("discord", settings.discord.token), ("slack", slack)) if there]
    return tuple(names) or ("terminal",)


def chats(settings: Settings, names: tuple[str, ...], house: House) -> list[Chat]:
    """The chats, built, not yet connected.

    Raises:
        Misconfigured: there is no such chat, or the packages or tokens it needs are missing.
    """
    surroundings = {"health": house.generator.health, "installations": house.store}
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
