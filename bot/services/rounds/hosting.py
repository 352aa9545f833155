"""Serves at the host what a guest's people do: an event of a shared round is moved to the channel in which the round lives.

What goes over a bridge is a closed list of verbs, about rounds whose guest the channel is, and about ideas of those rounds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from bot.domain.bridges import Guest
from bot.domain.errors import NotAllowed, Refusal, UnknownIdea
from bot.domain.ideas import Channel, Idea, IdeaId
from bot.domain.rounds import Round
from bot.messages import Call, Press, Value
from bot.services.ideas.finding import Finding
from bot.services.lines import platform_name
from bot.services.rounds.belonging import brainstorms_of
from bot.services.rounds.guests import RECENT
from bot.services.rounds.leading import Rounds
from bot.services.rounds.visiting import SHARED
from bot.words import _

LEADING = frozenset({"next", "extend", "stop"})
WITHIN = "of"  #: the argument of /duel that keeps it within the ideas of one brainstorm
OF_ROUND = frozenset({"jot", "points"})  # verbs whose controls name their round

Event = TypeVar("Event", Call, Press)


class Hosting:
    """Moves events."""

    def __init__(self, rounds: Rounds) -> None:
        self.rounds = rounds
        self.store = rounds.store
        self.finding = Finding(rounds.store)

    async def hosted(self, event: Event) -> Event:
        """The event as it is served: in the host's channel where it belongs to a round that is held in two; else as it came.

        At the host nobody of the guest has the rights of an admin, or any role.

        Raises:
            NotAllowed: it leads a round, which is the host's to lead.
            Refusal: it belongs to a round in which the channel takes part no longer.
        """
        if isinstance(event, Press):
            return await self._pressed(event)
        return await self._called(event)

    async def _pressed(self, press: Press) -> Press:
        verb, target = press.key.verb, press.key.target
        if verb not in SHARED:
            return press
        visits = await self.store.visits(press.channel, limit=RECENT)
        if not visits:
            return press
        if verb in OF_ROUND:
            guest = next((one for one in visits if one.round == target), None)
            return press if guest is None else moved(press, taking(guest))
        if verb == "duel":
            return await self._duelled(press, visits)
        found = await self._idea(press.channel, target, visits)
        if found is None:
            return press
        guest, idea = found
        return replace(moved(press, taking(guest)), key=replace(press.key, target=idea.id))

    async def _duelled(self, press: Press, visits: list[Guest]) -> Press:
        """A duel's answer is about two ideas of one round; a new duel is of the round that runs."""
        if not press.key.target:
            round = await self._dueling(press.channel)
            return press if round is None else self._within(press, round)
        pair = [await self._idea(press.channel, id, visits) for id in press.key.target.split("-")]
        known = [one for one in pair if one is not None]
        if len(known) != 2 or known[0][0].round != known[1][0].round:
            return press
        guest = taking(known[0][0])
        round = await self.store.round(guest.host.team, guest.round)
        return press if round is None else self._within(press, round)

    @staticmethod
    def _within(press: Press, round: Round) -> Press:
        return replace(moved(press, round.channel), values={WITHIN: round.brainstorm})

    async def _called(self, call: Call) -> Call:
        leads = call.command == "decide" or (call.command == "round" and str(call.args.get("do", "")) in LEADING)
        if not leads and call.command not in SHARED:
            return call
        round = await self.rounds.stage.guests.running(call.channel)
        if round is None or await self.rounds.running(call.channel) is not None:
            return call
        if leads:
            host = platform_name(round.channel.team.platform)
            raise NotAllowed(_("This round is led in {platform}, where it was opened.").format(platform=host))
        if call.command != "duel":
            return self._about(call, round, {"round": round.id})
        round = await self._dueling(call.channel) or round
        if not getattr(self.rounds.cards.phase(round), "DUELS", False):
            return call
        return self._about(call, round, {WITHIN: round.brainstorm})

    @staticmethod
    def _about(call: Call, round: Round, more: dict[str, Value]) -> Call:
        return replace(moved(call, round.channel), args={**call.args, **more})

    async def _dueling(self, channel: Channel) -> Round | None:
        """The round of another team that is at its duels in a channel, too."""
        round = await self.rounds.stage.guests.running(channel)
        return round if round is not None and getattr(self.rounds.cards.phase(round), "DUELS", False) else None

    async def _idea(self, channel: Channel, id: str, visits: list[Guest]) -> tuple[Guest, Idea] | None:
        """An idea of one of these rounds, or what it is merged into, and the round's guest; None where it is no such idea."""
        if await self.store.idea(channel.team, IdeaId(id)) is not None:
            return None  # one of the team's own
        for host in {one.host for one in visits}:
            if await self.store.idea(host.team, IdeaId(id)) is None:
                continue  # a number, or nothing of this host's
            try:
                idea = await self.finding.idea(host, id)
            except UnknownIdea:
                return None  # it is hidden
            for guest in (one for one in visits if one.host == host):
                if await self._holds(guest, idea):
                    return guest, idea
            return None
        return None

    async def _holds(self, guest: Guest, idea: Idea) -> bool:
        """Whether an idea of the host's is one of the round's."""
        if guest.brainstorm == idea.brainstorm:
            return True
        round = await self.store.round(guest.host.team, guest.round)
        return round is not None and idea.brainstorm in await brainstorms_of(self.store, round)


def moved(event: Event, host: Guest | Channel) -> Event:
    """An event in the channel of its host."""
    channel = host.host if isinstance(host, Guest) else host
    return replace(event, channel=channel, admin=False, roles=(), outsider=False)


def taking(guest: Guest) -> Guest:
    """The guest, if anything is still taken from there.

    Raises:
        Refusal: nothing is.
    """
    if not guest.open:
        raise Refusal(_("This channel no longer takes part in that round: the bridge has ended."))
    return guest
