"""What people think of ideas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import InvalidFeedback
from bot.domain.ideas import IdeaId, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One person's current opinion of one idea through one signal.

    The key is (idea, person, signal): saying it again replaces it, so redelivered platform events are harmless.

    Raises:
        InvalidFeedback: the value is outside -1 .. +1.
    """

    idea: IdeaId
    person: Person
    signal: str  #: module name in `bot.signals`
    token: str  #: what was said, in the signal's own words ("up", "4", "🔥")
    value: float  #: -1 (worst) .. +1 (best); 0 withdraws
    at: datetime  #: aware, UTC

    def __post_init__(self) -> None:
        if not -1.0 <= self.value <= 1.0:
            raise InvalidFeedback


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the people together said of one idea. Each person counts once, by their latest opinion that is not a pick."""

    ups: int = 0
    downs: int = 0
    stars: float | None = None  #: mean of the star ratings, 1..5; None without any
    raters: int = 0  #: people who gave stars
    picked: bool = False

    @property
    def voters(self) -> int:
        """People who said anything with a direction."""
        return self.ups + self.downs


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How good a ranker believes an idea to be, on the scale of feedback."""

    mean: float  #: posterior mean, -1..+1
    deviation: float  #: posterior standard deviation, >= 0
    votes: float = 0.0  #: people behind it
