"""Bridges: two channels of two teams on two platforms whose rounds are held together, as both teams' admins agreed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from bot.domain.ideas import BrainstormId, Channel, Idea, IdeaId
from bot.domain.rounds import Round, RoundId

BridgeId = NewType("BridgeId", str)  #: 24 hex digits that sort by time

CODE_LASTS = timedelta(minutes=10)  # long enough to open the other chat, too short to be found in its history
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is read as another: no I, L, O, U, 0, 1
GROUPS, OF = 4, 4  # letters of a code: 16 of 30 are 78 bits, which nobody guesses within ten minutes
TRY_EVERY = timedelta(seconds=5)  # of a team; whoever tries many codes at once waits for each


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """One channel of a team is joined with one of another team, on another platform. A channel has one bridge at most."""

    id: BridgeId
    sides: tuple[Channel, Channel]  #: whose code it was, and who entered it
    made_at: datetime  #: aware, UTC

    def across(self, channel: Channel) -> Channel:
        """The other side."""
        return self.sides[1] if channel == self.sides[0] else self.sides[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A channel in which the round of another team is held, too."""

    round: RoundId
    brainstorm: BrainstormId  #: whose ideas are the round's
    host: Channel  #: where the round lives
    channel: Channel  #: the guest's
    bridge: BridgeId
    open: bool = True  #: False once the bridge has ended: nothing is taken from there any more
    shown: str = ""  #: what its card shows, see `mark`; empty: nothing yet
    address: str = ""  #: where its card is, in the adapter's own words
    ideas: tuple[IdeaId, ...] = ()  #: on its card, top first


LEFT = "left"  #: what is shown where a bridge has ended


def mark(round: Round) -> str:
    """What a card of a round shows: changes with every step, and at its end."""
    return f"{round.step}.{round.state}"


def new_code() -> str:
    """A code as an admin passes it on: "K7QF-9M2X-RT4H-WZ8P"."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(OF)) for _group in range(GROUPS))


def tidied(code: str) -> str:
    """A code however it was written: in small letters, without its dashes, with blanks."""
    letters = "".join(char for char in code.upper() if char in LETTERS)
    return "-".join(letters[at : at + OF] for at in range(0, len(letters), OF))


def guests_words(ideas: Sequence[Idea]) -> frozenset[IdeaId]:
    """Those of some ideas that are words of guests: what they wrote, and people's versions of that."""
    wrote = {idea.id for idea in ideas if from_guest(idea)}
    versions = {idea.id for idea in ideas if idea.author is not None and not wrote.isdisjoint(idea.parents)}
    return frozenset(wrote | versions)


def from_guest(idea: Idea) -> bool:
    """Whether an idea was written by somebody of another team, in a round that was held together.

    Bridges join different platforms, and people of a team are on its own.
    """
    return idea.author is not None and idea.author.platform != idea.channel.team.platform
