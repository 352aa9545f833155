"""The use cases of one house, built around an open store, generator and maker."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import learning.rankers
from bot import commands, plugins, signals, words
from bot.config import ADAPTERS, Settings
from bot.courtesy import Courtesy
from bot.limits import Turnstile
from bot.metrics import Meter
from bot.ports import Generator, Maker, Ranker, Store
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
from bot.services.media.drafts import Drafts
from bot.services.media.making import Making
from bot.services.media.memos import Memos
from bot.services.media.photos import Photos
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
from generators.client.scripted import ScriptedGenerator
from learning import curve
from learning.canary import balance
from learning.prospects import prospects
from storage.styles import StyleFolder
from storage.weights import AdapterFolder

RUNS = "tuning"  # folder in the data folder, one folder a tuning run: its curve and history, and what a cut-off run needs
SEED_BITS = 31  # seeds of OpenAI-compatible services are signed 32-bit in several engines


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


def new_id() -> str:
    """24 hex digits that sort by time."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}"


def new_seed() -> int:
    """A seed to note beside what came of it."""
    return secrets.randbits(SEED_BITS)


def styles_folder(settings: Settings) -> Path:
    """Where teams' image styles are kept."""
    return settings.home / "styles"


class UseCases:
    """The use cases of one house. Each is built once, when the first that works with it asks for it."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: Store,
        generator: Generator,
        maker: Maker,
        now: Callable[[], datetime],
        learns: bool,
    ) -> None:
        self.settings = settings
        self.store = store
        self.generator = generator
        self.maker = maker
        self.now = now
        self.learns = learns
        self.commands = {name: doors.command(plugins.load(commands, name)) for name in plugins.names(commands)}
        self.signals = {name: doors.signal(plugins.load(signals, name)) for name in plugins.names(signals)}
        self.courtesy = Courtesy()
        self.meter = Meter(teams=settings.monitor.teams)

    def bundle(self) -> Services:
        """All of them, as commands and signals are given them."""
        return Services(
            store=self.store,
            courtesy=self.courtesy,
            meter=self.meter,
            settings=self.settings,
            clock=self.now,
            finding=self.finding,
            brainstorming=self.brainstorming,
            announcing=self.announcing,
            answering=self.answering,
            governing=self.governing,
            cards=self.cards,
            listening=self.listening,
            leaving=self.leaving,
            moderating=Moderating(store=self.store, tasting=self.tasting, clock=self.now),
            stopping=self.brainstorming.leasing.stopping,
            boards=self.boards,
            duelling=self.duelling,
            entrance=Entrance(self.store),
            exporting=Exporting(self.boards, self.versions),
            following=self.following,
            forgetting=Forgetting(self.store, self.tasting, self.redrawing, runs=self.settings.home / RUNS),
            redrawing=self.redrawing,
            recommending=Recommending(store=self.store, generator=self.generator, tasting=self.tasting),
            tasting=self.tasting,
            versions=self.versions,
            making=self.making,
            liking=self.liking,
            prospects=prospects,
            curve=curve.png,
            memos=self.memos,
            photos=self.photos,
            drafts=self.drafts,
            ordering=Ordering(finding=self.finding, answering=self.answering, making=self.making),
        )

    # ------------------------------------------------------------------------------------------ what people like

    @cached_property
    def tasting(self) -> Tasting:
        """Each team's ranker."""
        ranker: Ranker = plugins.load(learning.rankers, self.settings.ranker.name).build()
        return Tasting(store=self.store, generator=self.generator, ranker=ranker, learns=self.learns)

    @cached_property
    def versions(self) -> Versions:
        """Versions of the model."""
        # The scripted generator has no weights, and those of a service elsewhere lie there.
        elsewhere = isinstance(self.generator, ScriptedGenerator) or self.settings.generator.adapters
        weights = None if elsewhere else AdapterFolder(self.settings.adapters)
        return Versions(store=self.store, trial=balance, clock=self.now, weights=weights)

    @cached_property
    def listening(self) -> Listening:
        """Votes."""
        return Listening(
            store=self.store,
            tasting=self.tasting,
            versions=self.versions,
            governing=self.governing,
            clock=self.now,
            new_id=new_id,
        )

    @cached_property
    def duelling(self) -> Duelling:
        """Duels."""
        chance = random.Random(new_seed())
        return Duelling(store=self.store, tasting=self.tasting, versions=self.versions, clock=self.now, chance=chance)

    # ------------------------------------------------------------------------------------------ ideas

    @cached_property
    def boards(self) -> Boards:
        """Boards."""
        return Boards(store=self.store, ranker_of=self.tasting.of, beyond=self.tasting.beyond)

    @cached_property
    def cards(self) -> Cards:
        """Cards."""
        return Cards(store=self.store, boards=self.boards, commands=self.commands, signals=self.signals)

    @cached_property
    def finding(self) -> Finding:
        """Ideas by how they are named."""
        return Finding(self.store)

    @cached_property
    def redrawing(self) -> Redrawing:
        """Messages that show what was deleted."""
        return Redrawing(store=self.store, cards=self.cards, clock=self.now)

    @cached_property
    def brainstorming(self) -> Brainstorming:
        """Brainstorms."""
        return Brainstorming(
            store=self.store,
            generator=self.generator,
            tasting=self.tasting,
            versions=self.versions,
            turnstile=Turnstile(self.settings.limits),
            settings=self.settings.generator,
            meter=self.meter,
            canary_share=self.settings.learn.canary_share,
            clock=self.now,
            new_id=new_id,
            new_seed=new_seed,
        )

    @cached_property
    def answering(self) -> Answering:
        """Answers with brainstorms and commissions."""
        return Answering(
            store=self.store,
            brainstorming=self.brainstorming,
            making=self.making,
            governing=self.governing,
            cards=self.cards,
            courtesy=self.courtesy,
            meter=self.meter,
            defaults=self.settings.defaults,
        )

    @cached_property
    def following(self) -> Following:
        """What is said of ideas."""
        return Following(store=self.store, finding=self.finding, answering=self.answering, making=self.making, clock=self.now)

    # ------------------------------------------------------------------------------------------ media

    @cached_property
    def liking(self) -> Liking:
        """What a team likes of media."""
        return Liking(self.store)

    @cached_property
    def making(self) -> Making:
        """Commissions for media."""
        styles = styles_folder(self.settings)
        return Making(
            store=self.store,
            maker=self.maker,
            liking=self.liking,
            styling=Styling(
                store=self.store,
                styles=StyleFolder(styles),
                folder=self.settings.media.styles or str(styles),
                image_model=self.settings.media.image,
            ),
            turnstile=Turnstile(self.settings.limits),
            settings=self.settings.media,
            clock=self.now,
            new_id=new_id,
            new_seed=new_seed,
        )

    @cached_property
    def drafts(self) -> Drafts:
        """What was found in files, before it is on the board."""
        return Drafts(store=self.store, listening=self.listening, clock=self.now, new_id=new_id)

    @cached_property
    def memos(self) -> Memos:
        """Voice memos."""
        return Memos(making=self.making, governing=self.governing, drafts=self.drafts)

    @cached_property
    def photos(self) -> Photos:
        """Photos of notes."""
        return Photos(making=self.making, governing=self.governing, drafts=self.drafts)

    # ------------------------------------------------------------------------------------------ a team

    @cached_property
    def governing(self) -> Governing:
        """What a team settles, and how much it may ask."""
        return Governing(store=self.store, clock=self.now, limits=self.settings.limits)

    @cached_property
    def announcing(self) -> Announcing:
        """News for a team."""
        return Announcing(
            store=self.store,
            governing=self.governing,
            versions=self.versions,
            language=self.settings.defaults.language or words.FALLBACK,
        )

    @cached_property
    def leaving(self) -> Leaving:
        """What becomes of a team that removed the bot."""
        return Leaving(
            store=self.store,
            tasting=self.tasting,
            adapters=AdapterFolder(self.settings.home / ADAPTERS),
            styles=StyleFolder(styles_folder(self.settings)),
            runs=self.settings.home / RUNS,
            clock=self.now,
            grace=timedelta(days=self.settings.store.leave_days),
        )
