"""Answers what is said to Muselab in plain words and is no topic, as far as meanings tell; rules have had their say before.

Nothing is changed on a guess: what shows something is shown, what goes on with ideas goes on, and all else is answered by a
sentence with the command to type. Where nothing embeds, every line but a question about an idea is a topic.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import structlog

from bot.config import Settings
from bot.domain.errors import MuselabError
from bot.domain.modalities import TEXT
from bot.messages import Call, Card
from bot.ports import Generator, Reply
from bot.services.chinese import HAN
from bot.services.ideas.quoting import AT_ONCE
from bot.services.media.depicted import parts
from bot.services.models.serving import serving
from bot.services.talk import intents
from bot.services.talk.answers import MODEL
from bot.services.talk.following import Before, Following
from bot.services.talk.intents import Meaning
from bot.services.talk.replying import asks_of_an_idea, may_be_topic, sentence, topic
from bot.words import language, speaking

Show = Callable[[str], Awaitable[None]]

SHOWING = ("board", "themes")  #: commands that only show something
GOING_ON = ("more", "refine")  #: further ideas, which lose nothing where they were not wanted
SPELLING = "letters"  # the scripted generator's vectors, which tell how a text is spelled and not what it means
PATIENCE_S = 6.0  # for one vector, which takes milliseconds; a service that is busy for longer will not delay a topic for this

log = structlog.get_logger(__name__)


class Conversing:
    """Tells talk from topics, and answers it."""

    def __init__(self, generator: Generator, following: Following, settings: Settings) -> None:
        self.generator = generator
        self.settings = settings
        self.following = following
        self._encoder = ""  #: whose classifier this is
        self._classifier: intents.Classifier | None = None
        self._fitting: asyncio.Task[None] | None = None

    async def serve(self, call: Call, reply: Reply, show: Show) -> bool:
        """Answers a line that is talk; False: it is a topic, as far as can be told.

        Args:
            call: of `/brainstorm`; `topic` is the line, `spoken` what stands in front of the person, as in `bot.typed.Source`.
            reply: where the answer goes.
            show: answers with the command of a name, one of `SHOWING`.
        """
        line = str(call.args.get("topic", ""))
        shown = await self.following.before(call.channel, str(call.args["spoken"])) if parts(line) is not None else None
        if shown is not None and await self.following.of_parts(call, shown, line, reply):
            return True
        meant = await self.meaning(line)
        if meant is None or meant.talk < intents.TALK:
            return False
        under = str(call.args["spoken"])
        before = await self.following.before(call.channel, under) if under else None
        goes_on = before is not None and meant.likely[0] in GOING_ON
        if not meant.intent and not goes_on and meant.talk < intents.UNCLEAR:
            return False
        log.info("talk", intent=meant.intent or "unclear")
        with speaking("zh-CN" if HAN.search(line) and not language().startswith("zh") else language()):
            await self._answer(call, reply, show, meant, before)
        return True

    async def meaning(self, line: str) -> intents.Meaning | None:
        """What a line means; None where that cannot be told now."""
        if len(line) > intents.LONGEST:
            return None
        if asks_of_an_idea(line):
            return Meaning(1.0, "question", ("question",), (1.0,))
        try:
            async with asyncio.timeout(PATIENCE_S):
                vectors = await self.generator.embed([line])
        except (MuselabError, TimeoutError) as error:
            log.info("a line's meaning cannot be told now", why=str(error))
            return None
        encoder = self.generator.encoder
        if vectors is None or encoder == SPELLING:
            return None
        if encoder != self._encoder:
            self._encoder, self._classifier = encoder, await asyncio.to_thread(intents.kept, encoder)
            if self._classifier is None:
                self._fitting = asyncio.create_task(self._fit(encoder))
        return None if self._classifier is None else self._classifier(line, vectors[0])

    def _reads(self, line: str) -> bool:
        """Whether the model that makes the ideas reads the language of a line."""
        return not (self.settings.included and HAN.search(line))

    async def _fit(self, encoder: str) -> None:
        """Fits the examples for an encoder that none was kept for, behind what people do; until then lines are topics."""
        lines = [line for _intent, line in intents.examples()]
        rows = []
        try:
            for start in range(0, len(lines), AT_ONCE):
                vectors = await self.generator.embed(lines[start : start + AT_ONCE])
                if vectors is None or self.generator.encoder != encoder:
                    return
                rows.append(vectors)
        except MuselabError as error:
            log.info("talk is not told from topics until the next try", why=str(error))
            self._encoder = ""
            return
        self._classifier = await asyncio.to_thread(intents.fitted, np.concatenate(rows))

    async def _answer(self, call: Call, reply: Reply, show: Show, meant: Meaning, before: Before | None) -> None:
        intent, line = meant.intent, str(call.args["topic"])
        anywhere = before is not None or bool(await self.following.store.ideas(call.channel, limit=1))
        if intent in SHOWING and anywhere:
            await show(intent)
            if self._reads(line) and may_be_topic(meant, line):
                await reply.tell(Card(text=topic(line), private=True))
        elif (likely := intent or meant.likely[0]) in GOING_ON and before is not None and before.prompt.modality == TEXT:
            await self.following.further(call, before, line if likely == "refine" else "", reply)
        else:
            ideas = before.ideas if before is not None else ()
            told = sentence(meant, line, ideas, anywhere=anywhere, read=self._reads(line))
            if MODEL in told:  # which is looked up where it is wanted only
                told = told.replace(MODEL, await serving(self.generator, self.settings))
            await reply.tell(Card(text=told, private=True))
