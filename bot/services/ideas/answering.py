"""Answers with a brainstorm: begins it, shows its card, and lets the card grow while ideas come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot import tracing
from bot.config import DefaultsTable
from bot.courtesy import Courtesy
from bot.domain.errors import (
    GeneratorDown,
    MuselabError,
    NothingCame,
    Outage,
    Refusal,
    Stopped,
    StoreDown,
    TakenOver,
    TookTooLong,
    WrongLanguage,
)
from bot.domain.ideas import Brainstorm, Channel, IdeaId, Operation, Person, Prompt
from bot.messages import File
from bot.metrics import Meter
from bot.ports import Reply, Store
from bot.services import chinese
from bot.services.cards import Cards
from bot.services.ideas.brainstorming import Brainstorming
from bot.services.ideas.growing import Growing
from bot.services.ideas.timing import Timing
from bot.services.media.making import Making
from bot.services.team.governing import Governing
from bot.services.team.personas import voice_of
from bot.words import _, language

log = structlog.get_logger(__name__)

SAID_FOR = timedelta(hours=1)  # after that nobody remembers how it was put
OF_ONE = ("round",)  # options of one brainstorm that what starts from its ideas does not share


class Answering:
    """Puts brainstorms in front of people."""

    def __init__(
        self,
        *,
        store: Store,
        brainstorming: Brainstorming,
        making: Making,
        governing: Governing,
        cards: Cards,
        courtesy: Courtesy,
        meter: Meter,
        defaults: DefaultsTable,
    ) -> None:
        self.store = store
        self.making = making
        self.governing = governing
        self.brainstorming = brainstorming
        self.cards = cards
        self.courtesy = courtesy
        self.meter = meter
        self.defaults = defaults
        self._offered: dict[Channel, tuple[datetime, tuple[str, ...]]] = {}  #: topics that were named last in place of one
        self._told: dict[Channel, datetime] = {}  #: rooms that were told of late which language the model does not know

    async def prompt(
        self,
        channel: Channel,
        topic: str,
        *,
        count: int | None = None,
        style: str | None = None,
        operation: Operation = "fresh",
        about: tuple[str, ...] = (),
        kind: str = "",
        tone: str | None = None,
        options: Mapping[str, str] | None = None,
        language: str = "",
    ) -> Prompt:
        """A prompt with what the channel and the host have settled where the person said nothing; a persona's name is its voice.

        Raises:
            InvalidPrompt: see `Prompt`.
        """
        settings = await self.store.settings(channel)
        wanted = style if style is not None else (settings.style or self.defaults.style)
        return Prompt(
            text=topic,
            count=count if count is not None else (settings.count or self.defaults.count),
            style=await voice_of(self.store, channel, wanted),
            language=language or self._language(topic, settings.language),
            operation=operation,
            about=about,
            kind=kind,
            tone=tone or "",
            options=tuple((options or {}).items()),
        )

    async def like(self, prompt: Prompt, channel: Channel, **changed: Any) -> Prompt:
        """A prompt for the same task as another, for what starts from its ideas; `changed` as for `prompt`."""
        fields = {"style": prompt.style, "tone": prompt.tone, "kind": prompt.kind}
        options = {name: text for name, text in prompt.options if name not in OF_ONE} | changed.pop("options", {})
        return await self.prompt(channel, prompt.text, options=options, **{**fields, **changed})

    def _language(self, topic: str, settled: str | None) -> str:
        """Of the ideas: Chinese for a topic in Chinese, else what was settled, else English.

        A name in Chinese makes no English sentence Chinese. Kana make it Japanese, which no recipes are written in: it is asked
        for in English, and a model that knows Japanese answers in it. Han alone may be either; nobody can tell from four
        characters, and here they are Chinese.
        """
        if chinese.HAN.search(topic) and chinese.KANA.search(topic):
            return "en"
        if chinese.locale(topic):
            return "zh"
        return "zh" if (settled or self.defaults.language) == "zh" else "en"

    async def brainstorm(
        self, channel: Channel, person: Person, prompt: Prompt, reply: Reply, *, parents: tuple[IdeaId, ...] = ()
    ) -> Brainstorm:
        """Begins a brainstorm and shows it to the end; gives it as it was begun. What goes wrong on the way is said on its card.

        Raises:
            TooMany: too many were asked for within the hour.
            StoreDown: it could not even be begun.
        """
        await self.governing.admit(person, channel)
        brainstorm = await self.brainstorming.begin(
            channel=channel,
            asker=person,
            prompt=prompt,
            parents=parents,
            locale=language(),
            back=reply.back,
            address=reply.address,
        )
        self.meter.team_brainstorms.labels(self.meter.name(channel.team)).inc()
        await self.go_on(brainstorm, reply)
        return brainstorm

    async def make(
        self,
        channel: Channel,
        person: Person,
        prompt: Prompt,
        reply: Reply,
        *,
        parents: tuple[IdeaId, ...] = (),
        files: Sequence[File] = (),
    ) -> None:
        """Begins a commission for media and shows it to the end, as `brainstorm` does for words.

        Raises:
            TooMany, StoreDown: as above.
            Refusal: the team has no room for more files.
        """
        await self.governing.admit(person, channel)
        begun = await self.making.begin(
            channel=channel,
            asker=person,
            prompt=prompt,
            parents=parents,
            files=files,
            locale=language(),
            back=reply.back,
            address=reply.address,
        )
        self.meter.team_brainstorms.labels(self.meter.name(channel.team)).inc()
        await self.go_on(begun, reply)

    async def go_on(self, brainstorm: Brainstorm, reply: Reply, *, unseen: bool = False) -> None:
        """Shows a begun brainstorm or commission and what is still missing of it; see `brainstorm` and `make`.

        It is over once its last card is shown. `unseen`: nobody is shown anything now, so that it is not over with that.
        """
        growing = Growing(brainstorm, reply, store=self.store, cards=self.cards, courtesy=self.courtesy)
        timing = Timing(brainstorm, self.meter, self.brainstorming.clock)
        await growing.begin()

        async def ended(error: MuselabError | None) -> bool:
            if unseen:
                return False
            refused = isinstance(error, Refusal) and not isinstance(error, Stopped)
            shown = await growing.end("" if error is None else await self._failure(brainstorm, error), refused=refused)
            if shown:
                timing.end("done" if error is None else "failed")
            return shown

        try:
            with tracing.working_on(brainstorm.id, modality=timing.modality, locale=brainstorm.locale):
                await (self.making.work if growing.media else self.brainstorming.work)(brainstorm, timing.of(growing.step), ended)
        except TakenOver:
            log.info("another process goes on with a brainstorm", brainstorm=brainstorm.id)
        except MuselabError as error:
            log.warning("a brainstorm ended early", brainstorm=brainstorm.id, why=type(error).__name__)
        finally:
            await growing.close()

    async def close(self, brainstorm: Brainstorm, reply: Reply) -> None:
        """Ends a brainstorm that nobody waits for any more, with the ideas there are.

        Raises:
            StoreDown: it could not be ended.
        """
        failure = await self._failure(brainstorm, Outage(_("This was interrupted, and took too long to go on with.")))
        await reply.show(await self.cards.brainstorm(brainstorm, failure=failure))
        if await reply.settle():
            await self.store.finish(brainstorm, "failed", self.brainstorming.clock())

    def offered(self, channel: Channel, place: int, text: str = "") -> str:
        """The topic that was named here of late in place of another: that at a place, or the one with this text; else empty.

        Args:
            channel: where.
            place: 1 = the first, -1 = the last; 0: none is named by its place.
            text: as typed; a topic's own words mean it, whatever else stands there.
        """
        when, topics = self._offered.get(channel, (None, ()))
        if when is None or self.brainstorming.clock() - when > SAID_FOR:
            return ""
        if place:
            at = len(topics) if place == -1 else place
            return topics[at - 1] if at <= len(topics) else ""
        return next((topic for topic in topics if topic == text.strip(' “”"「」。.!！')), "")

    def _at_length(self, channel: Channel, error: WrongLanguage) -> str:
        """What does not work and what does; in short where it was said in this room within `SAID_FOR`."""
        now = self.brainstorming.clock()
        self._told = {one: when for one, when in self._told.items() if now - when < SAID_FOR}
        said = (error.again if channel in self._told else "") or str(error)
        self._told[channel] = now
        return said

    async def _failure(self, brainstorm: Brainstorm, error: MuselabError) -> str:
        """What went wrong, for everybody to read: in our words, as those of services and databases name hosts, and anything."""
        failure = self._at_length(brainstorm.channel, error) if isinstance(error, WrongLanguage) else str(error)
        if isinstance(error, WrongLanguage) and error.topics:
            now = self.brainstorming.clock()
            self._offered = {one: kept for one, kept in self._offered.items() if now - kept[0] < SAID_FOR}
            self._offered[brainstorm.channel] = (now, error.topics)
        if isinstance(error, StoreDown):
            failure = str(StoreDown())
        elif isinstance(error, GeneratorDown) and not isinstance(error, TookTooLong | NothingCame):
            failure = str(GeneratorDown())
        if isinstance(error, Outage) and await self.store.ideas_of(brainstorm.channel.team, brainstorm.id):
            return _("{failure} The ideas so far are kept.").format(failure=failure)
        return failure
