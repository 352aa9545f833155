"""The use cases of one house, built around an open store, generator and maker."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import learning.rankers
from bot import board_room, commands, media_room, plugins, signals, typed, words
from bot.config import ADAPTERS, Settings
from bot.courtesy import Courtesy
from bot.givens import new_id, new_seed, styles_folder
from bot.limits import Turnstile
from bot.metrics import Meter
from bot.ports import Generator, Maker, Ranker, Store
from bot.services import doors
from bot.services.bundle import Services
from bot.services.cards import Cards
from bot.services.ideas.answering import Answering
from bot.services.ideas.board import Boards
from bot.services.ideas.brainstorming import Brainstorming
from bot.services.ideas.finding import Finding
from bot.services.ideas.marks import Marks
from bot.services.ideas.recommending import Recommending
from bot.services.ideas.redrawing import Redrawing
from bot.services.media.altering import Altering
from bot.services.media.commissioning import Ordering
from bot.services.models.versions import Versions
from bot.services.talk.conversing import Conversing
from bot.services.talk.following import Following
from bot.services.team.abroad import Abroad
from bot.services.team.announcing import Announcing
from bot.services.team.entrance import Entrance
from bot.services.team.forgetting import Forgetting
from bot.services.team.governing import Governing
from bot.services.team.leaving import Leaving
from bot.services.votes.duelling import Duelling
from bot.services.votes.listening import Listening
from bot.services.votes.refitting import Tasting
from bot.workshop import Workshop, furnished
from generators.client.scripted import ScriptedGenerator
from generators.client.taught import Shipped
from learning import curve
from learning.canary import balance
from learning.prospects import prospects
from storage.styles import StyleFolder
from storage.weights import AdapterFolder

RUNS = "tuning"  # folder in the data folder, one folder a tuning run: its curve and history, and what a cut-off run needs


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
        self.turnstile = Turnstile(settings.limits, behind=lambda: self.courtesy.behind)
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
            stopping=self.brainstorming.leasing.stopping,
            conversing=Conversing(
                self.generator, self.following, self.settings, lambda line, call: typed.parse(line, typed.Source.of(call))
            ),
            duelling=self.duelling,
            entrance=Entrance(self.store),
            **self._of_boards(),
            following=self.following,
            forgetting=self.forgetting,
            redrawing=self.redrawing,
            **self.workshop.named(),
            recommending=Recommending(store=self.store, generator=self.generator, tasting=self.tasting),
            tasting=self.tasting,
            versions=self.versions,
            making=self.media.making,
            liking=self.media.liking,
            prospects=prospects,
            curve=curve.png,
            memos=self.media.memos,
            photos=self.media.photos,
            drafts=self.media.drafts,
            ordering=Ordering(finding=self.finding, answering=self.answering, making=self.media.making),
        )

    def _of_boards(self) -> dict[str, Any]:
        """Those that look at boards and shape them, by name."""
        return board_room.furnished(
            boards=self.boards,
            generator=self.generator,
            turnstile=self.turnstile,
            governing=self.governing,
            listening=self.listening,
            versions=self.versions,
            following=self.following,
            redrawing=self.redrawing,
            clock=self.now,
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
        marks = Marks(Shipped())
        return Cards(store=self.store, boards=self.boards, commands=self.commands, signals=self.signals, marks=marks)

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
        return self._brainstorming_over(self.store)

    def _brainstorming_over(self, store: Store) -> Brainstorming:
        return Brainstorming(
            store=store,
            generator=self.generator,
            tasting=self.tasting,
            versions=self.versions,
            turnstile=self.turnstile,
            settings=self.settings.generator,
            meter=self.meter,
            canary_share=self.settings.learn.canary_share,
            clock=self.now,
            new_id=new_id,
            new_seed=new_seed,
        )

    @cached_property
    def workshop(self) -> Workshop:
        """Rounds."""
        return furnished(
            answering=self.answering,
            redrawing=self.redrawing,
            listening=self.listening,
            brainstorming=self._brainstorming_over,
            generator=self.generator,
            maker=self.maker,
            make_room=self.media.making.make_room,
            chat_of=lambda platform: self.announcing.chat_of(platform),
        )

    @cached_property
    def answering(self) -> Answering:
        """Answers with brainstorms and commissions."""
        return Answering(
            store=self.store,
            brainstorming=self.brainstorming,
            making=self.media.making,
            governing=self.governing,
            cards=self.cards,
            courtesy=self.courtesy,
            meter=self.meter,
            defaults=self.settings.defaults,
        )

    @cached_property
    def following(self) -> Following:
        """What is said of ideas."""
        altering = Altering(answering=self.answering, making=self.media.making)
        return Following(store=self.store, finding=self.finding, answering=self.answering, altering=altering, clock=self.now)

    # ------------------------------------------------------------------------------------------ media

    @cached_property
    def media(self) -> media_room.MediaRoom:
        """Pictures, tunes, speech; what is read out of files."""
        return media_room.furnished(
            settings=self.settings,
            store=self.store,
            maker=self.maker,
            governing=self.governing,
            listening=self.listening,
            clock=self.now,
        )

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
    def abroad(self) -> Abroad:
        """What people wrote in rounds of other teams."""
        return Abroad(store=self.store, guests=self.workshop.rounds.stage.guests, tasting=self.tasting)

    @cached_property
    def forgetting(self) -> Forgetting:
        """What is kept about a person."""
        return Forgetting(self.store, self.tasting, self.redrawing, abroad=self.abroad, runs=self.settings.home / RUNS)

    @cached_property
    def leaving(self) -> Leaving:
        """What becomes of a team that removed the bot."""
        return Leaving(
            store=self.store,
            tasting=self.tasting,
            abroad=self.abroad,
            adapters=AdapterFolder(self.settings.home / ADAPTERS),
            styles=StyleFolder(styles_folder(self.settings)),
            runs=self.settings.home / RUNS,
            clock=self.now,
            grace=timedelta(days=self.settings.store.leave_days),
        )
