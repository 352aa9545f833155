"""Rounds: people and the model write in silence, see everything at once, weigh it and decide, each for so long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NewType

from bot.domain.feedback import POINTS as POINTS
from bot.domain.feedback import Feedback
from bot.domain.ideas import BrainstormId, Channel, IdeaId, Person

RoundId = NewType("RoundId", str)  #: 24 hex digits that sort by time

LONGEST_MIN = 7 * 24 * 60  # minutes of a phase: a week, for rounds among people in many time zones
MOST_DOTS = 20  # points of one person; whoever gives more does not weigh any more
LEAST_WORTH = 0.5  # what a single point says at least: less than a pick, more than nothing, as each could have gone elsewhere

RoundState = Literal["planned", "running", "done", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One phase of a round, and what it is about."""

    phase: str  #: a plugin in `bot.phases`
    minutes: int  #: until it closes by itself
    prompt: str = ""  #: said to people, in the round's language; of the method, never of a person
    ideas: int = 0  #: of the model's own, where the phase takes ideas
    ask: str = ""  #: said to the model beside the topic
    links: bool = False  #: the model's ideas go on from one of those before


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An idea that was taken, what is done about it and by whom."""

    idea: IdeaId
    action: str = ""
    owner: str = ""  #: a name in people's own words
    by: Person | None = None  #: who noted it; None after that person's data were deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One facilitated session in a channel. A channel has one that runs at a time."""

    id: RoundId
    channel: Channel
    topic: str  #: empty after its opener's data were deleted
    opener: Person | None
    brainstorm: BrainstormId  #: whose ideas are the round's
    method: str  #: one of `bot/methods`
    named: bool = False  #: whose idea is whose is told
    dots: int = 5  #: points of one person
    locale: str = "en"  #: the language it speaks
    steps: tuple[Step, ...]
    step: int = 0  #: where it is
    closes_at: datetime  #: of the step, aware, UTC; of a planned round, when it was planned
    state: RoundState = "running"
    address: str = ""  #: where the card of the step is, in the adapter's own words; empty until shown
    decisions: tuple[Decision, ...] = ()
    opened_at: datetime  #: aware, UTC

    @property
    def now(self) -> Step:
        """The step it is at."""
        return self.steps[min(self.step, len(self.steps) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An idea that nobody sees before the reveal."""

    id: IdeaId  #: the idea's, from the reveal on
    round: RoundId
    step: int  #: when it was written
    author: Person | None  #: None: the model
    text: str
    model: str = ""  #: version that made it
    at: datetime  #: aware, UTC


def signal(round: RoundId) -> str:
    """Under which points given in a round are heard."""
    return f"{POINTS}:{round}"


def worth(dots: int, of: int) -> float:
    """What some of a person's points say of an idea, on the scale of feedback: 1 for all of them, 0 for none."""
    return 0.0 if dots <= 0 else LEAST_WORTH + (1 - LEAST_WORTH) * min(dots, of) / of


def together(one: Feedback, other: Feedback) -> Feedback:
    """A person's points, given in one round to two ideas that are one now: all of them, worth what as many are worth."""
    dots = sum(int(vote.token) for vote in (one, other))
    value = min(1.0, one.value + other.value - LEAST_WORTH)
    return replace(max(one, other, key=lambda vote: vote.at), token=str(dots), value=value)
