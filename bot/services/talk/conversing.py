"""Answers what is said to Muselab in plain words and is no topic, as far as meanings tell; rules have had their say before.

Nothing is changed on a guess: what shows something is shown, what goes on with ideas goes on, what is asked for of one idea is
made, a plain vote for one is counted (see `acting`), and all else is answered by a sentence with the command to type. Where
nothing embeds, every line but a question about an idea is a topic.
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
from bot.services.talk import intents, pointing
from bot.services.talk.acting import SHOWING, Act, act, direction
from bot.services.talk.adding import subject_of
from bot.services.talk.answers import MODEL
from bot.services.talk.deeds import Deed
from bot.services.talk.elliptic import elliptic
from bot.services.talk.following import Before, Following
from bot.services.talk.intents import Meaning
from bot.services.talk.openings import announced, opened
from bot.services.talk.opining import Opining, Read
from bot.services.talk.replying import GOING_ON, asks_of_an_idea, goes_on, is_talk, may_be_topic, sentence, topic
from bot.words import language, speaking

Do = Callable[[Act], Awaitable[None]]

#: Intents that something is done or said for where one idea is named; of any other it is asked whether it is for the idea.
OF_ONE = frozenset(
    (
        "question",
        "why",
        "image",
        "tune",
        "speak",
        "poem",
        "edit",
        "hide",
        "pick",
        "remix",
        "more",
        "clip",
        "board",
        "undo",
        "refine",
        "export",
        "language",
    )
)
SPELLING = "letters"  # the scripted generator's vectors, which tell how a text is spelled and not what it means
PATIENCE_S = 6.0  # for one vector, which takes milliseconds; a service that is busy for longer will not delay a topic for this

log = structlog.get_logger(__name__)


class Conversing:
    """Tells talk from topics, and answers it."""

    def __init__(self, generator: Generator, following: Following, settings: Settings, read: Read) -> None:
        """`read`: what a line means that is typed by who typed a call."""
        self.generator = generator
        self.settings = settings
        self.following = following
        self.opining = Opining(following, read, self.serve)
        self._encoder = ""  #: whose classifier this is
        self._classifier: intents.Classifier | None = None
        self._fitting: asyncio.Task[None] | None = None

    async def serve(self, call: Call, reply: Reply, do: Do) -> bool:
        """Answers a line that is talk; False: it is a topic, as far as can be told.

        Args:
            call: of `/brainstorm`; `topic` is the line, `spoken` what stands in front of the person, as in `bot.typed.Source`.
            reply: where the answer goes.
            do: runs the command of an act, or counts its vote.
        """
        line, under = str(call.args.get("topic", "")), str(call.args["spoken"])
        place = 0 if under else pointing.place(line)
        if topic := self.following.answering.offered(call.channel, place, line):
            prompt = await self.following.answering.prompt(call.channel, topic)
            await self.following.answering.brainstorm(call.channel, call.person, prompt, reply)
            return True
        if place:
            raise pointing.nothing_there()
        if announced(line):
            return False
        before = await self.following.before(call.channel, under) if under and len(line) <= intents.LONGEST else None
        if before is not None and parts(line) is not None and await self.following.of_parts(call, before, line, reply):
            return True
        if before is not None and await self.opining.serve(call, before, line, reply, do):
            return True
        if before is not None and before.prompt.modality == TEXT and (how := elliptic(line)):
            await self.following.further(call, before, how, reply)
            return True
        meant = await self.meaning(opened(line) or line)
        told = meant is not None and (meant.intent in OF_ONE or (meant.intent == "vote" and bool(direction(line))))
        if before is not None and not told and await self.opining.ask(call, before, line, reply):
            return True
        if meant is None:
            return False
        further = before is not None and before.prompt.modality == TEXT and goes_on(meant, line)
        if not (further or is_talk(meant, line, goes_on=before is not None and meant.likely[0] in GOING_ON)):
            return False
        log.info("talk", intent=meant.intent or "unclear")
        with speaking("zh-CN" if HAN.search(line) and not language().startswith("zh") else language()):
            await self._answer(call, reply, do, meant, before, further=further)
        return True

    async def opinions_only(self, call: Call, reply: Reply, do: Do) -> bool:
        """Answers a line that says nothing but what somebody thinks of ideas, though it was read as a wish; False: it wishes.

        Args:
            call: of `/more`; `said` is the line, `under` what stands in front of the person.
            reply: where the answer goes.
            do: runs the command of an act, or counts its vote.
        """
        line = str(call.args["said"])
        before = await self.following.before(call.channel, str(call.args.get("under", "")))
        return before is not None and await self.opining.serve(call, before, line, reply, do, alone=True)

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

    async def _answer(self, call: Call, reply: Reply, do: Do, meant: Meaning, before: Before | None, *, further: bool) -> None:
        line = str(call.args["topic"])
        anywhere = before is not None or bool(await self.following.store.ideas(call.channel, limit=1))
        ideas, subject = (before.ideas, subject_of(before.prompt.text)) if before is not None else ((), "")
        if (done := act(meant.intent, line, ideas, subject, anywhere=anywhere)) is not None:
            await self._done(call, reply, do, done, before)
            if meant.intent in SHOWING and may_be_topic(meant, line):
                await reply.tell(Card(text=topic(line), private=True))
        elif further and before is not None:
            await self.following.further(call, before, "" if (meant.intent or meant.likely[0]) == "more" else line, reply)
        else:
            told = sentence(meant, line, ideas, anywhere=anywhere, read=self._reads(line))
            if MODEL in told:  # which is looked up where it is wanted only
                told = told.replace(MODEL, await serving(self.generator, self.settings))
            await reply.tell(Card(text=told, private=True))

    async def _done(self, call: Call, reply: Reply, do: Do, done: Act, before: Before | None) -> None:
        """Says what was understood, and does it."""
        if done.said and not done.vote:
            await reply.tell(Card(text=done.said, private=True))
        if done.of_it and before is not None:
            deed = Deed(f"/{done.command}", layout=str(done.args.get("layout", "")))
            await self.following.of_it(call, before, deed, reply)
        else:
            await do(done)
