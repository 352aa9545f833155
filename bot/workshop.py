"""The use cases of rounds, built around those of ideas and votes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Any

from bot import phases, plugins
from bot.domain.ideas import Team
from bot.givens import new_id
from bot.jobs import next_time
from bot.ports import Chat, Generator, Maker, Store
from bot.services import doors
from bot.services.ideas.answering import Answering
from bot.services.ideas.brainstorming import Brainstorming
from bot.services.ideas.redrawing import Redrawing
from bot.services.rounds.aside import Silent
from bot.services.rounds.contributing import Contributing
from bot.services.rounds.filling import Filling
from bot.services.rounds.guests import Guests
from bot.services.rounds.hosting import Hosting
from bot.services.rounds.illustrating import Illustrating
from bot.services.rounds.leading import Rounds
from bot.services.rounds.likeness import Likeness
from bot.services.rounds.picturing import Picturing
from bot.services.rounds.planning import Planning
from bot.services.rounds.reminding import Reminding
from bot.services.rounds.showing import RoundCards
from bot.services.rounds.stage import Stage
from bot.services.team.bridging import Bridging
from bot.services.votes.listening import Listening


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """The use cases of rounds."""

    rounds: Rounds
    contributing: Contributing
    filling: Filling
    planning: Planning
    hosting: Hosting
    bridging: Bridging

    def named(self) -> dict[str, Any]:
        """Those use cases, by their names in the bundle."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def furnished(
    *,
    answering: Answering,
    redrawing: Redrawing,
    listening: Listening,
    brainstorming: Callable[[Store], Brainstorming],
    generator: Generator,
    maker: Maker,
    make_room: Callable[[Team], Awaitable[None]],
    chat_of: Callable[[str], Chat | None],
) -> Workshop:
    """The use cases of rounds; `brainstorming`: a house's brainstorms over another store."""
    store, clock = redrawing.store, redrawing.clock
    doors_of = {name: doors.phase(plugins.load(phases, name)) for name in plugins.names(phases)}
    cards = RoundCards(store=store, cards=redrawing.cards, phases=doors_of, likeness=Likeness(generator))
    places: dict[str, Any] = {"store": store, "redrawing": redrawing, "cards": cards, "chat_of": chat_of, "clock": clock}
    guests = Guests(store=store, cards=cards, governing=answering.governing, chat_of=chat_of, clock=clock)
    stage = Stage(
        guests=guests,
        silent=Silent(store, brainstorming),
        picturing=Picturing(maker=maker, **places),
        illustrating=Illustrating(maker=maker, make_room=make_room, **places),
        reminding=Reminding(store=store, cards=cards, governing=answering.governing, chat_of=chat_of, clock=clock),
        **places,
    )
    rounds = Rounds(answering=answering, stage=stage, new_id=new_id)
    return Workshop(
        rounds=rounds,
        contributing=Contributing(rounds=rounds, listening=listening, new_id=new_id),
        filling=Filling(answering=answering, boards=redrawing.cards.boards, rounds=rounds),
        planning=Planning(rounds, next_time),
        hosting=Hosting(rounds),
        bridging=Bridging(store=store, stage=stage, chat_of=chat_of, clock=clock, new_id=new_id),
    )
