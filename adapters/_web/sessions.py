"""The round of a channel as the page shows it: for everybody the same, and beside that what is one person's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters._web import templating
from adapters._web.boards import Board, digest
from adapters._web.guard import Visitor
from bot.domain.bridges import Guest
from bot.domain.ideas import Channel, IdeaId
from bot.domain.rounds import POINTS, Round
from bot.messages import Card, Control
from bot.ports import Medium
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.rounds.belonging import brainstorms_of
from bot.services.rounds.ranking import counted
from bot.services.rounds.showing import decision_line
from bot.words import _

ALL = 1000  # ideas of a round on the page: more than people write in one
RECENT = 20  # rounds that are looked through for the one that runs
VERB = "round"  #: of the controls that lead a round on


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A round as it stands."""

    round: Round
    guest: Guest | None = None  #: the channel's part in a round of another team; None: the round is its own
    version: str  #: changes whenever what everybody sees of it does
    pictures: Mapping[IdeaId, Medium] = field(default_factory=dict)  #: of its ideas, where there are any

    @property
    def at(self) -> str:
        """Changes whenever something else is to be done by people."""
        return f"{self.round.id}.{self.round.step}.{self.round.state}"

    def left(self, now: datetime) -> int:
        """Seconds until its phase closes."""
        if self.round.state != "running":
            return 0
        return max(0, round((self.round.closes_at - now).total_seconds()))


async def session_of(services: Services, channel: Channel, board: Board) -> Session | None:
    """The round that runs in a channel, or the last that did; None where there was none.

    `board`: the channel's, on which the round's ideas are.
    """
    theirs = await services.rounds.stage.guests.newest(channel)
    if theirs is not None:
        return await _visited(services, theirs)
    rounds = [one for one in await services.store.rounds(channel, limit=RECENT) if one.state != "planned"]
    found = next((one for one in rounds if one.state == "running"), next(iter(rounds), None))
    if found is None:
        return None
    mine = {*await brainstorms_of(services.store, found)}
    ideas = [(id, one.version) for id, one in board.shown.items() if one.idea.brainstorm in mine]
    pictures = {id: one.media[0] for id, one in board.shown.items() if one.idea.modality == "text" and one.media}
    return Session(round=found, version=await _version(services, found, ideas), pictures=pictures)


def readable(session: Session | None, *, writes: bool) -> Session | None:
    """A round as somebody may see it: one of another team is shown to people of the channel, and to nobody by a readers' link."""
    return None if session is not None and session.guest is not None and not writes else session


async def _visited(services: Services, round: Round) -> Session | None:
    """A round of another team that is held here, too: none of its ideas is on this channel's board."""
    guest = await services.store.guest(round.channel.team, round.id)
    if guest is None:
        return None
    card = await services.rounds.stage.guests.card(round, guest, room=ALL)
    ideas = [(line.idea, line.text, line.note, line.tally) for line in card.lines]
    return Session(round=round, guest=guest, version=await _version(services, round, ideas))


async def _version(services: Services, round: Round, ideas: Sequence[object]) -> str:
    """What changes whenever what everybody sees of a round does; `ideas`: what changes with its ideas."""
    people = 0
    if round.state == "running" and getattr(services.rounds.cards.phase(round), "TAKES", False):
        notes = await services.store.notes(round.channel.team, round.id)
        people = len({note.author for note in notes if note.author is not None and note.step == round.step})
    return digest(repr((round.id, round.step, round.state, round.closes_at, round.topic, round.decisions, people, ideas)))


async def _card(services: Services, session: Session) -> Card:
    if session.guest is not None:
        return await services.rounds.stage.guests.card(session.round, session.guest, room=ALL)
    return await services.rounds.cards.card(session.round, room=ALL)


async def part(services: Services, session: Session, *, writes: bool) -> str:
    """What everybody sees of a round, in the language being spoken; see `round_part.html`."""
    round = session.round
    card = await _card(services, session)
    acts = [control for control in card.controls if control.key.verb != VERB]
    return templating.part(
        "round_part",
        at=session.at,
        left=session.left(services.clock()),
        running=round.state == "running",
        label=label_of(services, round),
        place=services.rounds.cards.place(round),
        topic=shortened(round.topic, 200) or "…",
        said=[paragraph for paragraph in card.text.split("\n\n") if paragraph],
        decided=await decided(services, round),
        lines=card.lines,
        pictures=session.pictures,
        acts=acts if round.state == "running" else [],
        pointing=any(control.key.verb == POINTS for control in acts) and round.state == "running",
        leading=leading(card) if round.state == "running" else (),
        round=round,
        writes=writes,
        methods=methods(services),
    )


def leading(card: Card) -> Sequence[Control]:
    """What whoever leads the round can press."""
    return [control for control in card.controls if control.key.verb == VERB]


def label_of(services: Services, round: Round) -> str:
    """What is being done, in a word or two."""
    if round.state == "running":
        return _(services.rounds.cards.phase(round).LABEL)
    return _("Result") if round.state == "done" else _("Stopped")


async def decided(services: Services, round: Round) -> list[str]:
    """What was decided so far, a line each."""
    if round.state != "running" or not round.decisions:
        return []  # afterwards the card says it
    ideas = {idea.id: idea for idea in await services.rounds.cards.ideas(round)}
    return [decision_line(ideas[one.idea], one) for one in round.decisions if one.idea in ideas]


def methods(services: Services) -> list[tuple[str, str]]:
    """How a round can be led, in words."""
    param = next(param for param in services.cards.commands[VERB].PARAMS if param.name == "method")
    return [(value, _(label)) for value, label in param.choices]


def opening(services: Services, *, writes: bool) -> str:
    """What stands there while no round was ever held."""
    return templating.part("round_open", writes=writes, methods=methods(services))


def banner(services: Services, session: Session | None) -> str:
    """That a round runs, on every other page; empty while none does."""
    if session is None or session.round.state != "running":
        return ""
    return templating.part(
        "banner",
        topic=shortened(session.round.topic, 80) or "…",
        label=label_of(services, session.round),
        left=session.left(services.clock()),
    )


async def own(services: Services, visitor: Visitor, session: Session | None) -> dict[str, Any]:
    """What is this person's own in a round: what they wrote, their points and votes, and whether they lead it."""
    if session is None or not visitor.writes:
        return {"at": "", "notes": [], "points": {}, "pressed": [], "leads": False}
    round, person, team = session.round, visitor.entry.person, session.round.channel.team
    notes = await services.store.notes(team, round.id)
    ideas = {idea.id: idea for idea in await services.rounds.cards.ideas(round)}
    votes = [vote for vote in await services.store.feedback(team, list(ideas)) if vote.person == person]
    admin = session.guest is None and await services.governing.administers(person, (), visitor.entry.channel)
    return {
        "at": session.at,
        "notes": [note.text for note in notes if note.author == person and note.step == round.step],
        "points": {ideas[id].number: some for id, some in counted(votes, round).items()},
        "pressed": [f"{vote.signal}:{vote.idea}:{vote.token}" for vote in votes],
        "leads": admin or person == round.opener,
    }
