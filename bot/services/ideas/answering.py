"""Answers with a brainstorm: begins it, shows its card, and lets the card grow while ideas come."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bot.config import DefaultsTable
from bot.courtesy import Courtesy
from bot.domain.errors import MuselabError, Outage, StoreDown
from bot.domain.ideas import Brainstorm, Channel, Idea, IdeaId, Operation, Person, Prompt
from bot.messages import Card, File, Progress
from bot.ports import Reply, Store
from bot.services.cards import Cards
from bot.services.ideas.brainstorming import Brainstorming
from bot.services.media.making import Making
from bot.services.team.governing import Governing
from bot.words import _, language

log = structlog.get_logger(__name__)

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


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
        defaults: DefaultsTable,
    ) -> None:
        self.store = store
        self.making = making
        self.governing = governing
        self.brainstorming = brainstorming
        self.cards = cards
        self.courtesy = courtesy
        self.defaults = defaults

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
    ) -> Prompt:
        """A prompt with what the channel and the host have settled where the person said nothing.

        Raises:
            InvalidPrompt: see `Prompt`.
        """
        settings = await self.store.settings(channel)
        return Prompt(
            text=topic,
            count=count if count is not None else (settings.count or self.defaults.count),
            style=style if style is not None else (settings.style or self.defaults.style),
            language=self._language(topic, settings.language),
            operation=operation,
            about=about,
            kind=kind,
            tone=tone or "",
            options=tuple((options or {}).items()),
        )

    async def like(self, prompt: Prompt, channel: Channel, **changed: Any) -> Prompt:
        """A prompt for the same task as another, for what starts from its ideas; `changed` as for `prompt`."""
        kept = {"style": prompt.style, "tone": prompt.tone, "kind": prompt.kind}
        options = dict(prompt.options) | changed.pop("options", {})
        return await self.prompt(channel, prompt.text, options=options, **{**kept, **changed})

    def _language(self, topic: str, settled: str | None) -> str:
        """Of the ideas: Chinese for a topic in Chinese, else what was settled, else English."""
        if HAN.search(topic):
            return "zh"
        return "zh" if (settled or self.defaults.language) == "zh" else "en"

    async def brainstorm(
        self, channel: Channel, person: Person, prompt: Prompt, reply: Reply, *, parents: tuple[IdeaId, ...] = ()
    ) -> None:
        """Begins a brainstorm and shows it to the end. What goes wrong on the way is said on its card.

        Raises:
            TooMany: too many were asked for within the hour.
            StoreDown: it could not even be begun.
        """
        await self.governing.admit(person, channel)
        brainstorm = await self.brainstorming.begin(
            channel=channel, asker=person, prompt=prompt, parents=parents, locale=language()
        )
        await self.go_on(brainstorm, reply)

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
            channel=channel, asker=person, prompt=prompt, parents=parents, files=files, locale=language()
        )
        await self.go_on(begun, reply)

    async def go_on(self, brainstorm: Brainstorm, reply: Reply) -> None:
        """Shows a begun brainstorm or commission and what is still missing of it; see `brainstorm` and `make`."""
        placed = brainstorm.address
        media = brainstorm.prompt is not None and brainstorm.prompt.modality != "text"
        # What an interrupted commission had made already may never have reached the chat: it is sent once more.
        fresh = {idea.id for idea in await self.store.ideas_of(brainstorm.channel.team, brainstorm.id)} if media else set()
        now = Progress(doing=_("Thinking"), total=brainstorm.prompt.count if brainstorm.prompt else 0)

        async def show(card: Card) -> None:
            nonlocal placed
            await reply.show(card)
            if reply.address and reply.address != placed:
                placed = reply.address
                await self.store.place(brainstorm.id, placed)

        async def step(news: Progress | Idea) -> None:
            nonlocal now
            if isinstance(news, Progress):
                if news == now and placed:
                    return
                now = news
            else:
                now = Progress(doing=now.doing, done=now.done + 1, total=now.total)
                if media:
                    fresh.add(news.id)
            await self.courtesy.after_you()
            await show(await self.cards.brainstorm(brainstorm, progress=now, fresh=fresh))

        try:
            await (self.making.work if media else self.brainstorming.work)(brainstorm, step)
        except MuselabError as error:
            failure = str(StoreDown() if isinstance(error, StoreDown) else error)
            if isinstance(error, Outage) and await self.store.ideas_of(brainstorm.channel.team, brainstorm.id):
                failure = _("{failure} The ideas so far are kept.").format(failure=failure)
            await show(await self.cards.brainstorm(brainstorm, failure=failure, fresh=fresh))
            log.warning("a brainstorm ended early", brainstorm=brainstorm.id, why=type(error).__name__)
            return
        await show(await self.cards.brainstorm(brainstorm, fresh=fresh))
