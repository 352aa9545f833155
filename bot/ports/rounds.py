"""The part of the store that keeps rounds, what was written in silence, and points."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from bot.domain.feedback import Feedback
from bot.domain.ideas import Channel, IdeaId, Person, Team
from bot.domain.rounds import Decision, Note, Round, RoundId


class RoundStore(Protocol):
    """Keeps rounds. A step is left once: whoever moves a round says from where, and the second to try writes nothing."""

    async def open_round(self, round: Round) -> Round:
        """Stores a round and returns it; where its id is there already, or one runs in the channel, that one instead."""
        ...

    async def round(self, team: Team, id: RoundId) -> Round | None:
        """One round of the team."""
        ...

    async def rounds(self, channel: Channel, *, limit: int = 20) -> list[Round]:
        """The channel's rounds, newest first, planned ones among them."""
        ...

    async def move_round(self, was: Round, now: Round) -> bool:
        """Stores `now`'s step, state, closing time and address; False, and nothing, where it is not as it `was` any more.

        It is as it was while step, state and closing time are. A round that is to run moves nowhere while another runs.
        """
        ...

    async def place_round(self, round: Round, address: str) -> bool:
        """Records where the card of the round's step is; False where it has moved on."""
        ...

    async def jot(self, team: Team, note: Note) -> bool:
        """Stores what was written in silence; an id twice keeps the first. False where the round is not at that step."""
        ...

    async def notes(self, team: Team, round: RoundId) -> list[Note]:
        """What was written and is not revealed yet, in the order it came."""
        ...

    async def drop_notes(self, team: Team, round: RoundId, ids: Collection[IdeaId]) -> None:
        """Forgets notes of a round that are ideas now."""
        ...

    async def give_points(self, team: Team, round: RoundId, person: Person, opinions: Sequence[Feedback]) -> None:
        """Stores all the points of a person in a round in the place of those they gave there before, in one transaction.

        Args:
            team: whose.
            round: which.
            person: whose points.
            opinions: theirs, under the round's signal, at most one an idea.

        Raises:
            UnknownIdea: an idea, or the round, is not the team's. Nothing is stored.
        """
        ...

    async def decide(self, team: Team, round: RoundId, decision: Decision) -> Round | None:
        """Notes what is done about an idea, in the place of what was noted about it before; None: there is no such round."""
        ...
