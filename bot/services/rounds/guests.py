"""Rounds in another team's channel: the guest's card is shown, redrawn and taken away by whichever process serves its chat.

A guest is a row that says which step its card shows. Whoever leads the round on leaves a job that brings the card up to date, and
does it at once where the guest's chat is served here; done twice, the second finds it shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from bot.domain.bridges import LEFT, Guest, mark
from bot.domain.errors import Elsewhere
from bot.domain.ideas import Channel, IdeaId, Team
from bot.domain.jobs import Job
from bot.domain.rounds import Round, RoundId
from bot.messages import Card
from bot.ports import Chat, Clock, Reply, Store
from bot.services.lines import platform_name
from bot.services.rounds.showing import RoundCards
from bot.services.rounds.visiting import as_guest
from bot.services.team.governing import Governing
from bot.words import _, speaking

HOME = "round-host"  #: the kind of job that draws a card anew at the host, where another process than ours serves its chat
GONE = "round-gone"  #: the kind of job that takes away what a card of a guest shows of a team that is forgotten
VISIT = "round-guest"  #: the kind of job that brings a guest's card up to date
SOON = timedelta(seconds=30)  # from when a step is to be shown until a job does it, should this process not live to
RECENT = 20  # visits of a channel that are looked through: votes are given on what was shown of late
REDRAWN = 50  # guests of a team that are looked through for what was deleted, the newest: a request to a platform each

log = structlog.get_logger(__name__)


class Guests:
    """The guests of a house's rounds."""

    def __init__(
        self, *, store: Store, cards: RoundCards, governing: Governing, chat_of: Callable[[str], Chat | None], clock: Clock
    ) -> None:
        """`chat_of`: the chat of a platform, where this process serves it."""
        self.store = store
        self.cards = cards
        self.governing = governing
        self.chat_of = chat_of
        self.clock = clock
        self.changed: Callable[[Team], None] = lambda _team: None  #: wakes who looks at a team's boards; set by who knows them
        self._bringing: WeakValueDictionary[RoundId, asyncio.Lock] = WeakValueDictionary()

    # ------------------------------------------------------------------------------------------ looking

    async def running(self, channel: Channel) -> Round | None:
        """The round of another team that runs in a channel, too."""
        for guest in await self.store.visits(channel, limit=RECENT):
            round = await self.store.round(guest.host.team, guest.round) if guest.open else None
            if round is not None and round.state == "running":
                return round
        return None

    async def newest(self, channel: Channel) -> Round | None:
        """The last round of another team that is or was held in a channel, too; None where one of the channel's own is newer."""
        visit = next((one for one in await self.store.visits(channel, limit=RECENT) if one.open), None)
        theirs = None if visit is None else await self.store.round(visit.host.team, visit.round)
        mine = next((one for one in await self.store.rounds(channel) if one.state != "planned"), None)
        return theirs if theirs is not None and (mine is None or mine.opened_at < theirs.opened_at) else None

    async def card(self, round: Round, guest: Guest, **how: int) -> Card:
        """The round as its guest sees it, in the order that the guest's card has already; `how`: see `RoundCards.card`."""
        card = as_guest(await self.cards.card(round, seen_from=guest.channel.team, **how), round, guest.channel.team.platform)
        places = {id: place for place, id in enumerate(guest.ideas if guest.shown == mark(round) else ())}
        return replace(card, lines=tuple(sorted(card.lines, key=lambda line: places.get(line.idea, len(places)))))

    # ------------------------------------------------------------------------------------------ being there

    async def expect(self, round: Round) -> None:
        """Sees to it that a step is shown to the round's guest, should this process not live to: before anything is shown."""
        if round.step == 0 and round.state == "running":
            await self._invite(round)
        guest = await self.store.guest(round.channel.team, round.id)
        if guest is not None and guest.shown != LEFT:
            await self._plan(round, self.clock() + SOON)

    async def _invite(self, round: Round) -> None:
        """Has the channel across the bridge take part in a round that begins; not one in which a round of its own runs."""
        bridge = next((one for one in await self.store.bridges(round.channel.team) if round.channel in one.sides), None)
        if bridge is None or bridge.made_at > round.opened_at:
            return
        there = bridge.across(round.channel)
        if any(one.state == "running" for one in await self.store.rounds(there)):
            return
        guest = Guest(round=round.id, brainstorm=round.brainstorm, host=round.channel, channel=there, bridge=bridge.id)
        await self.store.invite(guest)

    async def bring(self, round: Round) -> None:
        """Has the guest's card show the round as it is now; where that cannot be done here, or fails, it is done by a job."""
        guest = await self.store.guest(round.channel.team, round.id)
        if guest is None or guest.shown == LEFT:
            return
        self.changed(guest.channel.team)
        if self._chat(guest) is None:
            await self._plan(round, self.clock())
            return
        try:
            await self._bring(round, guest)
        except Exception:
            log.exception("a guest of a round could not be shown it, and is later", round=round.id)
            await self._plan(round, self.clock() + SOON)

    async def voted(self, team: Team, brainstorm: str | None) -> None:
        """People have said something of a brainstorm's ideas: where those are a round's that has a guest, its card is redrawn."""
        guest = await self.store.guest_at(team, brainstorm) if brainstorm else None  # type: ignore[arg-type]
        round = None if guest is None else await self.store.round(team, guest.round)
        if round is not None:
            await self.bring(round)
            await self.spoken(round)

    async def spoken(self, round: Round) -> None:
        """Somebody spoke in a round; where another process serves its host's chat, that one draws the card there anew."""
        if self.chat_of(round.channel.team.platform) is None:
            await self.store.plan_job(Job(kind=HOME, subject=round.id, team=round.channel.team, due=self.clock()))

    async def due(self, job: Job) -> None:
        """Brings a guest's card up to date; the work of a job.

        Raises:
            Elsewhere: another process serves the guest's chat.
        """
        assert job.team is not None
        round = await self.store.round(job.team, RoundId(job.subject))
        guest = None if round is None else await self.store.guest(job.team, round.id)
        if round is None or guest is None or guest.shown == LEFT:
            return
        if self._chat(guest) is None:
            raise Elsewhere
        await self._bring(round, guest)

    async def again(self, host: Team) -> None:
        """Something of a team's was deleted: guests' cards that show it are redrawn."""
        for guest in (await self.store.guests(host))[:REDRAWN]:
            there = [await self.store.idea(host, id) for id in guest.ideas]
            round = await self.store.round(host, guest.round)
            if round is not None and (not round.topic or any(one is None or one.hidden for one in there)):
                await self._plan(round, self.clock())

    async def take_away(self, host: Team) -> None:
        """A team is forgotten: its rounds are taken off the cards of their guests, also by another process."""
        for guest in (await self.store.guests(host))[:REDRAWN]:
            if guest.address:
                job = Job(kind=GONE, subject=guest.address, team=guest.channel.team, due=self.clock())
                await self.store.plan_job(job)

    async def gone(self, job: Job) -> None:
        """Takes one such card away; the work of a job.

        Raises:
            Elsewhere: another process serves the guest's chat.
        """
        assert job.team is not None
        chat = self.chat_of(job.team.platform)
        if chat is None or not chat.ready:
            raise Elsewhere
        reply = chat.at(job.subject) if chat.changes else None
        if reply is not None:
            await reply.show(Card(text=_("What stood here was deleted by the person who wrote it.")))

    async def show_here(self, round: Round, reply: Reply) -> None:
        """Shows a round once more in its guest's channel; that message is the one that is redrawn from then on."""
        guest = await self.store.guest(round.channel.team, round.id)
        if guest is not None:
            card = await self.card(round, guest)
            await reply.show(card)
            if reply.address and guest.open:
                await self.store.place_guest(guest, mark(round), reply.address, shown_in(card))

    # ------------------------------------------------------------------------------------------ the card

    def _chat(self, guest: Guest) -> Chat | None:
        chat = self.chat_of(guest.channel.team.platform)
        return chat if chat is not None and chat.ready else None

    async def _plan(self, round: Round, due: datetime) -> None:
        await self.store.plan_job(Job(kind=VISIT, subject=round.id, team=round.channel.team, due=due))

    async def _bring(self, round: Round, guest: Guest) -> None:
        lock = self._bringing.setdefault(round.id, asyncio.Lock())
        async with lock:
            team = round.channel.team
            round, guest = await self.store.round(team, round.id) or round, await self.store.guest(team, round.id) or guest
            settings = await self.store.settings(guest.channel)
            with speaking(settings.language or round.locale):
                if not guest.open and (round.state == "running" or guest.shown != mark(round)):
                    await self._take_leave(guest)
                elif guest.shown == mark(round):
                    await self._redraw(round, guest)
                elif (later := self.governing.awake(settings)) > self.clock():  # nobody is woken by another team's round
                    await self._plan(round, later)
                    return
                else:
                    await self._post(round, guest)
            await self.store.drop_job(team, VISIT, round.id)

    async def _post(self, round: Round, guest: Guest) -> None:
        """Shows a step in a message of its own, once the card of the step before says that it is over."""
        old = self._at(guest)
        if old is not None:
            step = int(guest.shown.partition(".")[0] or 0)
            await old.show(self.cards.over(replace(round, step=step)))
        card = await self.card(round, guest)
        chat = self._chat(guest)
        reply = None if chat is None else chat.to(guest.channel)
        if reply is not None:
            await reply.show(card)
        address = "" if reply is None else reply.address  # empty: nobody would have read it
        await self.store.place_guest(guest, mark(round), address, shown_in(card))

    async def _redraw(self, round: Round, guest: Guest) -> None:
        reply = self._at(guest)
        if reply is not None:
            await reply.show(await self.card(round, guest))

    async def _take_leave(self, guest: Guest) -> None:
        reply = self._at(guest)
        if reply is not None:
            host = platform_name(guest.host.team.platform)
            text = _(
                "This channel no longer takes part: the bridge has ended. What was written here stays in the round in {host}."
            )
            await reply.show(Card(text=text.format(host=host)))
        await self.store.place_guest(guest, LEFT, guest.address, ())

    def _at(self, guest: Guest) -> Reply | None:
        chat = self._chat(guest)
        return None if chat is None or not chat.changes or not guest.address else chat.at(guest.address)


def shown_in(card: Card) -> tuple[IdeaId, ...]:
    """The ideas on a card, top first."""
    return tuple(line.idea for line in card.lines)
