"""What people think of ideas."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

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
    signal: str  #: module name in `bot.signals`; or "duel:" and another idea's id, see `duel`
    token: str  #: what was said, in the signal's own words ("up", "4", "🔥")
    value: float  #: -1 (worst) .. +1 (best); 0 withdraws
    at: datetime  #: aware, UTC

    def __post_init__(self) -> None:
        if not -1.0 <= self.value <= 1.0:
            raise InvalidFeedback


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the people together said of one idea. Each person counts once, by the sum of what they said."""

    ups: int = 0
    downs: int = 0
    stars: float | None = None  #: mean of the star ratings, 1..5; None without any
    raters: int = 0  #: people who gave stars
    picked: bool = False
    points: int = 0  #: given in rounds; they are no votes, and shown apart

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


#: What changes only how an emoji looks: skin tones, the sign that asks for colour, and the joined signs of gender.
_LOOKS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]|\u200d[\u2640\u2642]")


def plain_emoji(emoji: str) -> str:
    """An emoji without what changes only how it looks: 👍🏽 says what 👍 says. Of joined ones (❤️‍🔥) the first says it."""
    return _LOOKS.sub("", emoji).partition("\u200d")[0]


PICK, STARS = "pick", "stars"  # signals that a tally shows apart
EDIT = "edit"  #: the signal of who wrote a version of their own, which is no vote and counts nowhere that votes do
POINTS = "points"  #: begins the signal under which a round's points are heard, see `bot.domain.rounds`; its token is how many
STARS_OF = {-1.0: 1, -0.5: 2, 0.1: 3, 0.55: 4, 1.0: 5}  #: the number of stars behind a value, see `bot.signals.stars`


DUEL = "duel"
PREFERRED = 0.5  #: what a duel says of either idea: less than a vote, as the better of two may be no good


def duel(winner: IdeaId, loser: IdeaId, person: Person, at: datetime) -> tuple[Feedback, Feedback]:
    """One person's answer to "this or that?": an opinion of either idea that names the other.

    Being feedback it is kept, taken back, forgotten, exported and learned from like all other feedback.
    """
    return (
        Feedback(idea=winner, person=person, signal=f"{DUEL}:{loser}", token="won", value=PREFERRED, at=at),
        Feedback(idea=loser, person=person, signal=f"{DUEL}:{winner}", token="lost", value=-PREFERRED, at=at),
    )


def both_bad(one: IdeaId, other: IdeaId, person: Person, at: datetime) -> tuple[Feedback, Feedback]:
    """The answer "neither": no comparison, and a faint no to both."""
    return (
        Feedback(idea=one, person=person, signal=f"{DUEL}:{other}", token="neither", value=-PREFERRED, at=at),
        Feedback(idea=other, person=person, signal=f"{DUEL}:{one}", token="neither", value=-PREFERRED, at=at),
    )


def rival(vote: Feedback) -> IdeaId | None:
    """The idea that another was held against; None when the opinion is of one idea alone."""
    signal, _colon, other = vote.signal.partition(":")
    return IdeaId(other) if signal == DUEL and other else None


def tallies(feedback: Iterable[Feedback]) -> Mapping[IdeaId, Tally]:
    """A tally for every idea that anybody said anything about; duels are blind, and stay out of it.

    Points count apart, and a version of one's own is no vote for what it replaces.
    """
    opinions: defaultdict[IdeaId, defaultdict[Person, float]] = defaultdict(lambda: defaultdict(float))
    stars: defaultdict[IdeaId, list[int]] = defaultdict(list)
    points: defaultdict[IdeaId, int] = defaultdict(int)
    picked: set[IdeaId] = set()
    for vote in feedback:
        if rival(vote) is not None or vote.signal == EDIT:
            continue
        if vote.signal.startswith(f"{POINTS}:"):
            points[vote.idea] += int(vote.token) if vote.token.isdecimal() else 0
            opinions[vote.idea][vote.person] += 0.0
            continue
        opinions[vote.idea][vote.person] += vote.value
        if vote.signal == PICK and vote.value > 0:
            picked.add(vote.idea)
        if vote.signal == STARS and vote.value in STARS_OF:
            stars[vote.idea].append(STARS_OF[vote.value])
    return {
        idea: Tally(
            ups=sum(value > 0 for value in by_person.values()),
            downs=sum(value < 0 for value in by_person.values()),
            stars=fmean(stars[idea]) if stars[idea] else None,
            raters=len(stars[idea]),
            picked=idea in picked,
            points=points[idea],
        )
        for idea, by_person in opinions.items()
    }
