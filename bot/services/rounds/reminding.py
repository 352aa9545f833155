"""Reminds people who have not spoken in a phase of a round: in private, once in a round, and nobody who wants none.

A chat does not tell who could take part, and nobody's presence is looked for. So those are reminded who took part in this round
or in one of the channel's last ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import Outage
from bot.domain.feedback import Feedback, rival
from bot.domain.ideas import Channel, Person
from bot.domain.jobs import Job
from bot.domain.models import ChannelSettings
from bot.domain.rounds import POINTS, Round, RoundId, signal
from bot.messages import Card, Control, Key
from bot.ports import Chat, Clock, Reply, Store
from bot.services.rounds.showing import RoundCards
from bot.services.team.governing import Governing, whole
from bot.words import _, speaking

REMINDING = "round-reminder"  #: the kind of job that reminds
SHORTEST_MIN = 3  # minutes of a phase in which anybody is reminded; in a shorter one they are reading the card
SHARE = 0.25  # of a phase that is left when people are reminded
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=12)  # before its end: time to write, and not a day ahead
LOOKED_BACK = 6  # rounds of a channel whose people are reminded
MOST = 30  # people at once; a larger crowd does without

log = structlog.get_logger(__name__)


class Reminding:
    """Reminds people."""

    def __init__(
        self, *, store: Store, cards: RoundCards, governing: Governing, chat_of: Callable[[str], Chat | None], clock: Clock
    ) -> None:
        """`chat_of`: the chat of a platform, where this process serves it."""
        self.store = store
        self.cards = cards
        self.governing = governing
        self.chat_of = chat_of
        self.clock = clock

    async def plan(self, round: Round) -> None:
        """Plans when people are reminded in a round's step; of one in which nobody is, nothing is planned."""
        at = moment(round) if self._asks(round) else None
        if at is None:
            await self.store.drop_job(round.channel.team, REMINDING, round.id)
        else:
            await self.store.plan_job(Job(kind=REMINDING, subject=round.id, team=round.channel.team, due=at))

    def _asks(self, round: Round) -> bool:
        """Whether the round is at a phase in which everybody is to say something."""
        phase = self.cards.phase(round)
        asks = any(getattr(phase, name, False) for name in ("TAKES", "DUELS")) or round.now.phase == POINTS
        return round.state == "running" and asks

    async def due(self, job: Job) -> None:
        """Reminds those who have not spoken; the work of a job.

        Raises:
            Outage: another process serves the round's chat.
        """
        assert job.team is not None
        round = await self.store.round(job.team, RoundId(job.subject))
        if round is None or not self._asks(round) or round.closes_at <= self.clock():
            return
        chat = self.chat_of(round.channel.team.platform)
        if chat is None or not chat.ready:
            raise Outage(_("The chat of a round is not connected here."))
        silent = await self.took_part(round.channel) - await self.spoke(round)
        await self._remind_in(round.channel, chat, round, silent)
        guest = await self.store.guest(round.channel.team, round.id)
        there = None if guest is None or not guest.open else self.chat_of(guest.channel.team.platform)
        if guest is not None and there is not None and there.ready:
            await self._remind_in(guest.channel, there, round, silent)

    async def _remind_in(self, channel: Channel, chat: Chat, round: Round, silent: Collection[Person]) -> None:
        """Reminds those of a channel's own platform, as far as the channel wants it."""
        settings = await self.store.settings(channel)
        if not settings.reminders or self.governing.quiet(settings):
            return
        unwilling = {*settings.unreminded, *(await self.store.settings(whole(channel.team))).blocked}
        mine = sorted(one for one in silent if one.platform == channel.team.platform and one.id not in unwilling)
        for person in mine[:MOST]:
            if await self.store.first_time(token(round, person), self.clock()):
                await self._remind(chat, channel, round, person)

    async def _remind(self, chat: Chat, channel: Channel, round: Round, person: Person) -> None:
        whisper: Callable[[Channel, Person], Reply | None] = getattr(chat, "whisper", lambda _channel, _person: None)
        reply = whisper(channel, person)
        if reply is not None:
            with speaking(round.locale):
                await reply.show(self.card(round))

    def card(self, round: Round) -> Card:
        """What one person reads."""
        phase = self.cards.phase(round)
        offer = getattr(phase, "controls", None)
        mute = Control(
            key=Key(verb="round", target=round.id, token=f"mute.{round.step}"), label=_("Do not remind me"), emoji="🔕"
        )
        return Card(
            title=_("The round “{topic}” has not heard from you yet").format(topic=round.topic or "…"),
            text="\n\n".join([_(phase.LABEL), _(phase.SAYS)]),
            footer=_("No more of these: /round --do mute."),
            until=round.closes_at,
            controls=(*(() if offer is None else offer(round)), mute),
            private=True,
        )

    async def took_part(self, channel: Channel) -> set[Person]:
        """Who wrote, voted or opened a round in the channel's last ones."""
        people: set[Person] = set()
        for round in await self.store.rounds(channel, limit=LOOKED_BACK):
            people |= {round.opener} if round.opener is not None and round.state != "planned" else set()
            people |= {note.author for note in await self.store.notes(channel.team, round.id) if note.author is not None}
            people |= {idea.author for idea in await self.cards.ideas(round) if idea.author is not None}
            people |= {vote.person for vote in await self._votes(round)}
        return people

    async def spoke(self, round: Round) -> set[Person]:
        """Who has said something in the round's step."""
        if getattr(self.cards.phase(round), "TAKES", False):
            notes = await self.store.notes(round.channel.team, round.id)
            return {note.author for note in notes if note.author is not None and note.step == round.step}
        votes = await self._votes(round)
        if round.now.phase == POINTS:
            return {vote.person for vote in votes if vote.signal == signal(round.id)}
        return {vote.person for vote in votes if rival(vote) is not None}

    async def _votes(self, round: Round) -> list[Feedback]:
        return await self.store.feedback(round.channel.team, [idea.id for idea in await self.cards.ideas(round)])

    async def mute(self, channel: Channel, person: Person, *, silent: bool) -> None:
        """Notes that a person wants no reminders in a channel, or wants them again."""

        def without_or_with(settings: ChannelSettings) -> ChannelSettings:
            others = tuple(one for one in settings.unreminded if one != person.id)
            return replace(settings, unreminded=(*others, person.id) if silent else others)

        await self.store.amend(channel, without_or_with)


def moment(round: Round) -> datetime | None:
    """When people are reminded in a round's step; None in one that is too short."""
    lasts = timedelta(minutes=round.now.minutes)
    if lasts < timedelta(minutes=SHORTEST_MIN):
        return None
    return round.closes_at - min(max(lasts * SHARE, SOONEST), LATEST)


def token(round: Round, person: Person) -> str:
    """By which it is known that a person was reminded in a round; it tells nobody who that is."""
    return "reminded:" + hashlib.blake2b(f"{round.id}:{person.platform}:{person.id}".encode(), digest_size=12).hexdigest()
