"""The stage of a round: shows each step once, reveals what was written, and plans when the step closes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from weakref import WeakValueDictionary

import structlog

from bot.domain.errors import Elsewhere, MuselabError
from bot.domain.jobs import Job
from bot.domain.rounds import Round, RoundId
from bot.messages import Key
from bot.ports import Chat, Clock, Reply, Store
from bot.services.ideas.redrawing import Redrawing
from bot.services.rounds.aside import Silent, shown
from bot.services.rounds.guests import Guests
from bot.services.rounds.illustrating import Illustrating
from bot.services.rounds.picturing import Picturing
from bot.services.rounds.reminding import Reminding
from bot.services.rounds.showing import RoundCards
from bot.words import speaking

CLOSING = "round"  #: the kind of job that closes a step
NOWHERE = "nowhere"  #: the address of a card that nobody would have read

log = structlog.get_logger(__name__)


class Stage:
    """Puts rounds in front of people."""

    def __init__(
        self,
        *,
        store: Store,
        redrawing: Redrawing,
        silent: Silent,
        cards: RoundCards,
        picturing: Picturing,
        illustrating: Illustrating,
        reminding: Reminding,
        guests: Guests,
        chat_of: Callable[[str], Chat | None],
        clock: Clock,
    ) -> None:
        """`chat_of`: the chat of a platform, where this process serves it."""
        self.picturing = picturing
        self.illustrating = illustrating
        self.reminding = reminding
        self.guests = guests
        self.store = store
        self.redrawing = redrawing
        self.silent = silent
        self.cards = cards
        self.chat_of = chat_of
        self.clock = clock
        self._showing: WeakValueDictionary[RoundId, asyncio.Lock] = WeakValueDictionary()

    async def show(self, round: Round, reply: Reply | None) -> bool:
        """Shows a step that was not shown yet, reveals what is to be revealed by it, and plans its closing.

        Returns:
            Whether it was shown by this; False where it stood there already.
        """
        lock = self._showing.setdefault(round.id, asyncio.Lock())
        async with lock:
            round = await self.store.round(round.channel.team, round.id) or round
            new = not round.address
            if new:
                if round.state != "running" or not getattr(self.cards.phase(round), "HIDES", False):
                    await self._reveal(round)
                await self.guests.expect(round)  # before anybody reads the card, which says who takes part
                await self.store.place_round(round, await self._post(round, reply) or NOWHERE)
                if round.state == "done":
                    await self.picturing.begin(round)
                await self.illustrating.begin(round)
            if round.state == "running":
                self.silent.begin(round)
            await self.plan(round)
            await self.guests.bring(round)
        return new

    async def close(self) -> None:
        """Stops what is under way beside people; it is taken up by whoever goes on with the round. Safe to call twice."""
        await self.silent.close()
        await self.picturing.close()
        await self.illustrating.close()

    async def plan(self, round: Round) -> None:
        """Plans when the round's step closes; of one that is over nothing is to happen any more."""
        await self.reminding.plan(round)
        if round.state == "running":
            await self.store.plan_job(Job(kind=CLOSING, subject=round.id, team=round.channel.team, due=round.closes_at))
        else:
            await self.store.drop_job(round.channel.team, CLOSING, round.id)

    async def _post(self, round: Round, reply: Reply | None) -> str:
        """Shows the round's card as an answer or as a new message of the channel; its address."""
        chat = self.chat_of(round.channel.team.platform)
        if reply is None and chat is not None:
            reply = chat.to(round.channel)
        if reply is None:
            return ""
        quoting = [idea.id for idea in await self.cards.listed(round)]
        with speaking(round.locale):
            await self.redrawing.show(reply, await self.cards.card(round), round.channel, key_of(round), quoting=quoting)
        return reply.address

    async def redraw(self, round: Round) -> None:
        """Draws the round's card anew where it stands, and its guest's; where that cannot be done the next phase will tell."""
        await self.guests.bring(round)
        if await self.store.guest(round.channel.team, round.id) is not None:
            await self.guests.spoken(round)
        await self._redraw(round)

    async def _redraw(self, round: Round) -> None:
        chat = self.chat_of(round.channel.team.platform)
        if chat is None or not chat.changes or round.address in ("", NOWHERE):
            return
        reply = chat.at(round.address)
        if reply is not None:
            with speaking(round.locale):
                await reply.show(await self.cards.card(round))

    async def home(self, job: Job) -> None:
        """Draws a round's card anew, after a guest spoke where another process serves; the work of a job.

        Raises:
            Elsewhere: this process does not serve its chat.
        """
        assert job.team is not None
        round = await self.store.round(job.team, RoundId(job.subject))
        chat = self.chat_of(job.team.platform)
        if chat is None or not chat.ready:
            raise Elsewhere
        if round is None:
            return
        ideas = await self.cards.listed(round)
        for idea in ideas:
            self.redrawing.changed(idea)  # in their places, with whatever else shows them
        if not ideas:
            await self._redraw(round)

    async def retire(self, round: Round) -> None:
        """Says on the card of a step that it is over."""
        chat = self.chat_of(round.channel.team.platform)
        if chat is None or not chat.changes or round.address in ("", NOWHERE):
            return
        try:
            reply = chat.at(round.address)
            if reply is not None:
                with speaking(round.locale):
                    await reply.show(self.cards.over(round))
        except MuselabError as error:
            log.warning("the card of a phase could not be closed", why=str(error))

    async def _reveal(self, round: Round) -> None:
        """Puts what was written on the board, in an order that tells nothing; done twice it makes nothing twice."""
        team = round.channel.team
        notes = await self.store.notes(team, round.id)
        random.Random(f"{round.id}/{round.step}").shuffle(notes)
        there = await self.store.ideas_of(team, round.brainstorm)
        numbers = {idea.number: idea.id for idea in there}
        known, now = {idea.text.casefold(): idea.id for idea in there}, self.clock()
        for slot, note in enumerate(notes, start=len(there)):
            idea = shown(round, note, slot, numbers)
            if known.setdefault(idea.text.casefold(), note.id) == note.id:  # two who wrote the same wrote one idea
                await self.store.add(replace(idea, created_at=now))
        await self.store.drop_notes(team, round.id, [note.id for note in notes])


def key_of(round: Round) -> Key:
    """By which a round's card is drawn anew."""
    return Key(verb="round", target=round.id, token=f"at.{round.step}")
