"""Plans rounds: once at a moment, or again and again; each time a round of its own begins, and nobody is woken by it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import Outage, Refusal
from bot.domain.ideas import BrainstormId, Channel
from bot.domain.jobs import Job
from bot.domain.rounds import Round, RoundId
from bot.messages import Call, Card
from bot.services.events import own_id
from bot.services.rounds import times
from bot.services.rounds.leading import Rounds, Wish
from bot.services.rounds.methods import read, tongue
from bot.words import _, speaking

OPENING = "round-plan"  #: the kind of job that opens a planned round
LATE = "round-late"  #: the same, put off until the quiet hours are over
MOST_PLANS = 10  # of a channel; more would be a timetable

log = structlog.get_logger(__name__)

#: The first moment after another that a cron expression names in a zone; see `bot.jobs.next_time`.
NextTime = Callable[[str, str, datetime], datetime]


class Planning:
    """The planned rounds of a house."""

    def __init__(self, rounds: Rounds, next_time: NextTime) -> None:
        self.rounds = rounds
        self.store = rounds.store
        self.clock = rounds.clock
        self._next_time = next_time

    async def plan(self, call: Call, wish: Wish, when: str, zone: str) -> tuple[Round, Job]:
        """Plans a round in a channel.

        Raises:
            InvalidTimes: `when` names no time that is still to come, or there is no such zone.
            Refusal: there are as many plans as a channel may have, no such method, or the topic cannot be used.
        """
        meant, now = times.read(when, zone), self.clock()
        due = meant.once or self._next_time(meant.repeats, zone, now)
        if due <= now:
            raise Refusal(_("That moment has passed. Write one that is still to come."))
        id, brainstorm = own_id(self.rounds.new_id), own_id(self.rounds.new_id)
        others = [round for round, _job in await self.plans(call.channel) if round.id != id]
        if len(others) >= MOST_PLANS:
            raise Refusal(_("A channel has at most {most} planned rounds. Take one back first.").format(most=MOST_PLANS))
        prompt = await self.rounds.answering.prompt(call.channel, wish.topic)
        round = await self.rounds.laid_out(call.channel, call.person, wish, prompt, id, brainstorm)
        stored = await self.store.open_round(replace(round, state="planned"))
        job = Job(kind=OPENING, subject=id, team=call.channel.team, due=due, repeats=meant.repeats, zone=zone)
        await self.store.plan_job(job)
        return stored, job

    async def plans(self, channel: Channel) -> list[tuple[Round, Job]]:
        """What is planned in a channel, the next first."""
        found = [
            (await self.store.round(channel.team, RoundId(job.subject)), job)
            for job in await self.store.jobs(channel.team, OPENING)
        ]
        return [
            (round, job) for round, job in found if round is not None and round.channel == channel and round.state == "planned"
        ]

    async def drop(self, call: Call, id: str) -> Round:
        """Takes a plan back.

        Raises:
            NotAllowed: the person neither made it nor is an admin.
            Refusal: there is no such plan here.
        """
        round = next((round for round, _job in await self.plans(call.channel) if round.id == id), None)
        if round is None:
            raise Refusal(_("There is no such plan here any more."))
        await self.rounds.lead(call, round)
        await self._forget(round)
        return round

    async def _forget(self, round: Round) -> None:
        for kind in (OPENING, LATE):
            await self.store.drop_job(round.channel.team, kind, round.id)
        await self.store.move_round(round, replace(round, state="stopped"))

    async def due(self, job: Job) -> None:
        """Opens a planned round, when the channel is awake; the work of a job.

        Raises:
            Outage: another process serves the channel's chat.
        """
        assert job.team is not None
        plan = await self.store.round(job.team, RoundId(job.subject))
        if plan is None or plan.state != "planned":
            return
        if not plan.topic:  # whoever planned it had their data deleted
            await self._forget(plan)
            return
        chat = self.rounds.stage.chat_of(job.team.platform)
        if chat is None or not chat.ready:
            raise Outage(_("The chat of a round is not connected here."))
        later = self.rounds.answering.governing.awake(await self.store.settings(plan.channel))
        if later > self.clock():
            await self.store.plan_job(replace(job, kind=LATE, due=later, repeats=""))
            return
        with speaking(plan.locale):
            try:
                await self._open(plan, job)
            except Refusal as refusal:
                log.info("a planned round did not begin", round=plan.id, why=type(refusal).__name__)
                reply = chat.to(plan.channel)
                if reply is not None:
                    told = _("The planned round “{topic}” did not begin. {why}")
                    await reply.show(Card(text=told.format(topic=plan.topic, why=refusal)))

    async def _open(self, plan: Round, job: Job) -> None:
        """Opens the round that is meant by a plan's moment; done twice, it is one round."""
        rounds = self.rounds
        prompt = await rounds.answering.prompt(plan.channel, plan.topic)
        if plan.opener is not None:
            await rounds.answering.governing.admit(plan.opener, plan.channel)
        id, now = of_moment(plan, job.due, "round"), self.clock()
        anew = read(plan.method).laid_out(tongue(prompt.language), id)
        steps = plan.steps
        if [step.phase for step in steps] == [new.phase for new in anew]:  # else the method has changed since it was planned
            steps = tuple(replace(step, prompt=new.prompt, ask=new.ask) for step, new in zip(steps, anew, strict=True))
        round = replace(
            plan,
            id=RoundId(id),
            brainstorm=BrainstormId(of_moment(plan, job.due, "ideas")),
            steps=steps,
            state="running",
            closes_at=now + timedelta(minutes=steps[0].minutes),
            opened_at=now,
        )
        await rounds.begin(round, prompt, None)


def of_moment(plan: Round, due: datetime, what: str) -> str:
    """The id of what a plan makes at a moment: 24 hex digits that sort by time."""
    digest = hashlib.blake2b(f"{plan.id}:{due.isoformat()}:{what}".encode(), digest_size=6).hexdigest()
    return f"{int(due.timestamp() * 1000):012x}{digest}"
