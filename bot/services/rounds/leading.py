"""Leads rounds: opens them, closes each phase on time or when somebody says so, and shows the next.

A round is its own checkpoint: its step and closing time are a row, and the job that closes the step is another. Whoever finds a
step whose card was never shown shows it, so that a process which dies in between leaves nothing undone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.errors import NotAllowed, Outage, Refusal
from bot.domain.ideas import BrainstormId, Channel, Idea, Person, Prompt
from bot.domain.jobs import Job
from bot.domain.rounds import LONGEST_MIN, Round, RoundId
from bot.messages import Call
from bot.ports import Reply
from bot.services.events import own_id, under_way
from bot.services.ideas.answering import Answering
from bot.services.lines import platform_name
from bot.services.rounds.aside import shown
from bot.services.rounds.belonging import brainstorms_of
from bot.services.rounds.methods import read, tongue
from bot.services.rounds.stage import Stage
from bot.words import _, language

MORE = timedelta(minutes=5)  # by which a phase is extended


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What round is wanted."""

    topic: str
    method: str
    minutes: int | None = None  #: of each step; None: the method's
    ideas: int | None = None  #: of the model's in each step that has any; None: the method's
    dots: int = 5
    named: bool = False


class Rounds:
    """The rounds of a house."""

    def __init__(
        self,
        *,
        answering: Answering,
        stage: Stage,
        new_id: Callable[[], str],
    ) -> None:
        self.store = stage.store
        self.answering = answering
        self.stage = stage
        self.silent = stage.silent
        self.cards = stage.cards
        self.clock = stage.clock
        self.new_id = new_id

    # ------------------------------------------------------------------------------------------ opening

    async def open(self, channel: Channel, opener: Person, wish: Wish, reply: Reply | None) -> Round:
        """Opens a round and shows its first phase.

        Raises:
            Refusal: one runs here already, there is no such method, or the topic cannot be used.
            TooMany: as many were asked for within the hour as are allowed.
        """
        prompt = await self.answering.prompt(channel, wish.topic)
        round = await self.laid_out(channel, opener, wish, prompt, own_id(self.new_id), own_id(self.new_id))
        await self.answering.governing.admit(opener, channel)
        return await self.begin(round, prompt, reply)

    async def laid_out(
        self, channel: Channel, opener: Person | None, wish: Wish, prompt: Prompt, id: str, brainstorm: str
    ) -> Round:
        """A round as it is to be, not stored yet."""
        method = read(wish.method)
        spoken = tongue(prompt.language)
        now = self.clock()
        steps = method.laid_out(spoken, id, minutes=wish.minutes, ideas=wish.ideas)
        return Round(
            id=RoundId(id),
            channel=channel,
            topic=prompt.text,
            opener=opener,
            brainstorm=BrainstormId(brainstorm),
            method=method.name,
            named=wish.named,
            dots=wish.dots,
            locale=language(),
            steps=steps,
            closes_at=now + timedelta(minutes=steps[0].minutes),
            opened_at=now,
        )

    async def begin(self, round: Round, prompt: Prompt, reply: Reply | None) -> Round:
        """Stores a round that is to run now, and shows its first phase; the same again goes on with it.

        Raises:
            Refusal: another runs here.
        """
        theirs = await self.stage.guests.running(round.channel)
        if theirs is not None:
            busy = _("A round from {platform} is held here, too: “{topic}”. It ends there.")
            host = platform_name(theirs.channel.team.platform)
            raise Refusal(busy.format(platform=host, topic=theirs.topic or "…"))
        stored = await self.store.open_round(round)
        if stored.id != round.id:
            busy = _("A round runs here already: “{topic}”. It goes on with /round next and ends with /round stop.")
            raise Refusal(busy.format(topic=stored.topic or "…"))
        brainstorming = self.answering.brainstorming
        header = await brainstorming.header(channel=round.channel, asker=round.opener, prompt=prompt, locale=round.locale)
        await self.store.begin(replace(header, id=round.brainstorm, state="done", finished_at=self.clock(), leased_until=None))
        await self.stage.show(stored, reply)
        return stored

    # ------------------------------------------------------------------------------------------ going on

    async def running(self, channel: Channel) -> Round | None:
        """The round that runs in a channel."""
        return next((one for one in await self.store.rounds(channel) if one.state == "running"), None)

    async def duelled(self, channel: Channel) -> tuple[BrainstormId, ...]:
        """Whose ideas are chosen between in a channel, while a round there is at its duels; empty: anybody's."""
        round = await self.running(channel)
        if round is None or not getattr(self.cards.phase(round), "DUELS", False):
            return ()
        return await brainstorms_of(self.store, round)

    async def open_to_all(self, channel: Channel) -> Round | None:
        """The round that runs in a channel, while nothing is hidden in it: what is asked for then is a part of it."""
        round = await self.running(channel)
        return None if round is None or getattr(self.cards.phase(round), "HIDES", False) else round

    async def latest(self, channel: Channel, id: str = "") -> Round:
        """The round of this id, or the one that runs here, or the last that did.

        Raises:
            Refusal: there is none.
        """
        rounds = [one for one in await self.store.rounds(channel) if one.state != "planned"]
        named = await self.store.round(channel.team, RoundId(id)) if id else None
        found = named or next((one for one in rounds if one.state == "running"), next(iter(rounds), None))
        if found is None or (id and named is None) or found.channel != channel:
            raise Refusal(_("There is no round here. Open one with /round and a topic."))
        return found

    async def due(self, job: Job) -> None:
        """Closes the step whose time is over, and shows what was never shown; the work of a job.

        Raises:
            Outage: another process serves the round's chat, or nothing can be shown there now.
        """
        assert job.team is not None
        round = await self.store.round(job.team, RoundId(job.subject))
        if round is None or round.state == "planned":
            return
        chat = self.stage.chat_of(round.channel.team.platform)
        if chat is None or not chat.ready:
            raise Outage(_("The chat of a round is not connected here."))
        if round.state == "running" and round.closes_at <= self.clock():
            settings = await self.store.settings(round.channel)
            if (later := self.answering.governing.awake(settings)) > self.clock():  # nobody is woken: it closes in the morning
                await self._close_at(round, later)
                return
            round = await self._left(round)
        await self.stage.show(round, None)

    async def next(self, call: Call, round: Round, step: int | None, reply: Reply) -> None:
        """Closes the step before its time.

        Raises:
            NotAllowed: the person does not lead the round.
            Refusal: it is over already.
        """
        await self.lead(call, round)
        event = under_way()
        again = step is None and event is not None and event.again  # typed: whether it was heard before is not known
        if round.state == "running" and step in (None, round.step) and not again:
            round = await self._left(round)
        if not await self.stage.show(round, reply):
            raise Refusal(_("That phase is over already."))

    async def extend(self, call: Call, round: Round, step: int | None) -> Round:
        """Gives the step five minutes more, from now or from its closing time.

        Raises:
            NotAllowed, Refusal: as of `next`; or it has been extended to the longest a phase may last.
        """
        await self.lead(call, round)
        if round.state != "running" or step not in (None, round.step):
            raise Refusal(_("That phase is over already."))
        later = max(round.closes_at, self.clock()) + MORE
        if later > self.clock() + timedelta(minutes=LONGEST_MIN):
            raise Refusal(_("A phase lasts a week at most."))
        return await self._close_at(round, later)

    async def stop(self, call: Call, round: Round, reply: Reply) -> None:
        """Ends a round; what was written is revealed, so that nothing is lost.

        Raises:
            NotAllowed, Refusal: as of `next`.
        """
        await self.lead(call, round)
        stopped = replace(round, state="stopped", address="")
        if round.state == "running" and await self.store.move_round(round, stopped):
            await self.stage.retire(round)
        if not await self.stage.show(stopped, reply):
            raise Refusal(_("That round is over already."))

    async def lead(self, call: Call, round: Round) -> None:
        """Lets whoever opened a round go on, and admins.

        Raises:
            NotAllowed: the person is neither.
        """
        if not call.admin and call.person != round.opener:
            raise NotAllowed(_("Only whoever opened the round, or an admin, may do that."))

    async def _left(self, round: Round) -> Round:
        """The round one step on, or at its end; as it stands now where somebody else was first."""
        await self.silent.ended(round)
        step = await self._following(round)
        if step < len(round.steps):
            closes_at = self.clock() + timedelta(minutes=round.steps[step].minutes)
            new = replace(round, step=step, closes_at=closes_at, address="")
        else:
            new = replace(round, state="done", address="")
        if await self.store.move_round(round, new):
            await self.stage.retire(round)
        return await self.store.round(round.channel.team, round.id) or new

    async def _following(self, round: Round) -> int:
        """The step after this one; a phase for merging is passed over where no two ideas say the same."""
        for step in range(round.step + 1, len(round.steps)):
            there = replace(round, step=step)
            if not getattr(self.cards.phase(there), "PAIRS", False):
                return step
            if await self.cards.likeness.pairs(await self._revealed(round), round.topic):
                return step
        return len(round.steps)

    async def _revealed(self, round: Round) -> list[Idea]:
        """The round's ideas as they will be once what was written is shown."""
        notes, there = await self.store.notes(round.channel.team, round.id), await self.cards.ideas(round)
        numbers = {idea.number: idea.id for idea in there}
        written = [shown(round, note, 0, numbers) for note in notes]
        distinct = {idea.text.casefold(): idea for idea in [*there, *written]}
        return list(distinct.values())

    async def _close_at(self, round: Round, moment: datetime) -> Round:
        moved = replace(round, closes_at=moment)
        if await self.store.move_round(round, moved):
            await self.stage.plan(moved)
            await self.stage.redraw(moved)
            return moved
        return await self.store.round(round.channel.team, round.id) or round
