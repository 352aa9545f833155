"""The model writes in silence, too: a brainstorm whose ideas are kept aside as notes until the reveal."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

import structlog

from bot.domain.errors import InvalidPrompt, MuselabError, Stopped
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Idea, IdeaId, Prompt, Team
from bot.domain.rounds import Note, Round
from bot.ports import Store
from bot.services.ideas.brainstorming import Brainstorming
from bot.services.rounds.linking import base, linked

log = structlog.get_logger(__name__)

LAST_CALL_S = 30.0  # for the model's ideas, once people are done; what comes later is not waited for
SEEDS = 1000  # between two steps' seeds: a brainstorm's own orders use a few


class Aside:
    """A store in which a brainstorm's ideas become notes of a round; everything else is the store's own."""

    def __init__(self, store: Store, round: Round, start: Idea | None = None) -> None:
        """`start`: the idea that all of them go on from."""
        self._store = store
        self._round = round
        self._start = start

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def lease(self, brainstorm: Brainstorm, until: object) -> bool:
        """Its header says that it is over, so that nobody takes it up: it is made again where its step ends without it."""
        return True

    async def finish(self, brainstorm: Brainstorm, state: object, at: object) -> bool:
        """It is over already, see `lease`."""
        return True

    async def add(self, idea: Idea, *, held: Brainstorm | None = None) -> Idea:
        """Keeps an idea aside.

        Raises:
            Stopped: the step is over.
        """
        name = f"{self._round.id}:{self._round.step}:{idea.slot}"
        id = IdeaId(hashlib.blake2b(name.encode(), digest_size=12).hexdigest())
        link = f"#{self._start.number} " if self._start is not None else ""
        text, at = link + idea.text, idea.created_at
        note = Note(id=id, round=self._round.id, step=self._round.step, author=None, text=text, model=idea.model, at=at)
        if not await self._store.jot(idea.channel.team, note):
            raise Stopped
        return replace(idea, id=id)

    async def ideas(self, channel: Channel, **how: Any) -> list[Idea]:
        """What is on the board, and before it what the model has written in the round: nothing is written twice."""
        notes = await self._store.notes(channel.team, self._round.id)
        mine = [shown(self._round, note, 0) for note in notes if note.author is None]
        return [*mine, *await self._store.ideas(channel, **how)]

    async def ideas_of(self, team: Team, brainstorm: BrainstormId) -> list[Idea]:
        """What the model has written in this step."""
        notes = await self._store.notes(team, self._round.id)
        mine = [note for note in notes if note.author is None and note.step == self._round.step]
        return [shown(self._round, note, slot) for slot, note in enumerate(mine)]


def shown(round: Round, note: Note, slot: int, numbers: Mapping[int, IdeaId] | None = None) -> Idea:
    """The idea that a note is from the reveal on. Its number is given when it is stored.

    `numbers`: of the round's ideas that it may say to go on from.
    """
    text, parents = linked(note.text, numbers or {})
    origin = "unsigned" if not round.named else "fresh" if note.author is None else "human"
    return Idea(
        id=note.id,
        brainstorm=round.brainstorm,
        channel=round.channel,
        number=0,
        text=text,
        parents=parents,
        origin=origin,  # type: ignore[arg-type]
        author=note.author,
        asker=round.opener,
        model=note.model,
        slot=slot,
        created_at=note.at,
    )


class Silent:
    """Has the model write, beside people, in the steps in which it has ideas of its own."""

    def __init__(self, store: Store, brainstorming: Callable[[Store], Brainstorming]) -> None:
        """`brainstorming`: the brainstorms of a house, over another store."""
        self.store = store
        self._brainstorming = brainstorming
        self._writing: dict[tuple[str, int], asyncio.Task[None]] = {}

    def begin(self, round: Round) -> None:
        """Has the model write for the round's step, unless it does already."""
        if round.now.ideas and (round.id, round.step) not in self._writing:
            task = self._writing[round.id, round.step] = asyncio.create_task(self._write(round))
            task.add_done_callback(lambda _done: self._writing.pop((round.id, round.step), None))

    async def ended(self, round: Round) -> None:
        """Returns once the model has written what it will in the round's step; also where another process let it begin."""
        self.begin(round)
        task = self._writing.get((round.id, round.step))
        if task is not None:
            _done, late = await asyncio.wait([task], timeout=LAST_CALL_S)
            for one in late:
                one.cancel()
                log.warning("the model was too late for a round", round=round.id)

    async def _write(self, round: Round) -> None:
        try:
            header = await self.store.brainstorm(round.channel.team, round.brainstorm)
            if header is None or header.prompt is None:
                return  # its opener had it deleted
            start = base(round, await self.store.ideas_of(round.channel.team, round.brainstorm)) if round.now.links else None
            question = " ".join(filter(None, [start.text.rstrip(".") + "." if start is not None else "", round.now.ask]))
            prompt = replace(header.prompt, count=round.now.ideas, text=self._asked(header.prompt, question))
            brainstorm = replace(header, prompt=prompt, seed=header.seed + SEEDS * round.step, state="running")
            await self._brainstorming(cast("Store", Aside(self.store, round, start))).work(brainstorm, _unseen)
        except Stopped:
            log.info("a step of a round was over before the model was", round=round.id)
        except MuselabError as error:
            log.warning("the model wrote nothing in a round", round=round.id, why=str(error))
        except Exception:
            log.exception("writing for a round broke", round=round.id)

    @staticmethod
    def _asked(prompt: Prompt, question: str) -> str:
        """The topic and the step's question, as far as both fit."""
        try:
            return replace(prompt, text=f"{prompt.text}. {question}").text if question else prompt.text
        except InvalidPrompt:
            return prompt.text

    async def close(self) -> None:
        """Stops; who ends the step has the model write what is missing. Safe to call twice."""
        tasks = list(self._writing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _unseen(_step: object) -> None:
    """Nobody is shown how far it is."""
