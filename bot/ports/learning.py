"""What learns from votes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bot.domain.feedback import Feedback, Score
from bot.domain.ideas import (
    Idea,
    IdeaId,
    Person,
    Prompt,
    Team,
)
from bot.ports.storage import Store

if TYPE_CHECKING:  # the generation service is started before numpy is imported
    import numpy as np
    from numpy.typing import NDArray


class Ranker(Protocol):
    """Scores ideas by what people said of them."""

    def score(self, ideas: Sequence[IdeaId], feedback: Sequence[Feedback]) -> Mapping[IdeaId, Score]:
        """A score for every idea, those without feedback included.

        One more positive opinion never lowers an idea, one more negative never raises it; the order of `feedback` is irrelevant.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An idea in the log that taste is learned from, and what it answers."""

    idea: Idea
    prompt: Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What one team was shown, and what the generator's embedder makes of it."""

    entries: tuple[Entry, ...]
    #: Of the texts, unit length, shape (len(entries), dimensions), 0 for media, which bring their own; None: nothing embeds.
    vectors: NDArray[np.float32] | None
    topics: Mapping[str, NDArray[np.float32]]  #: of the topics' texts, unit length; empty: nothing embeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that moves an idea's score."""

    #: "votes", "passed" (over, by people who judged ideas beside it), "meaning", "originality", "length", "wording", "topic" (the
    #: same for all ideas of one topic), "rest" (no name); of media "looks", "sounds", "works" (looks and sounds), "others"
    what: str
    amount: float  #: of the score, -1..+1; the reasons of an idea and 0 add up to its score
    side: str = ""  #: where the idea lies beside its topic's others: "more" (more unlike, longer), "less"; "": not told


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How far a forecast has earned belief for a kind of task."""

    kind: str
    accuracy: float | None  #: share of pairs of ideas for unseen topics ordered rightly; None: too little to test it
    error: float  #: its standard error
    topics: int  #: of this kind
    trusted: bool  #: whether the forecast is better than luck
    weighs: bool = False  #: whether it counts for a little already, as likely as it is to be better than luck


class Taste(Ranker, Protocol):
    """What was learned of one team's taste. Scores the ideas it learned from with their forecast, others by votes alone."""

    @property
    def version(self) -> str:
        """Names what it was learned from: the same log and votes give the same version."""
        ...

    def refit(self, feedback: Sequence[Feedback]) -> Taste:
        """The same with the votes as they stand now: quick, but still no work for the event loop."""
        ...

    def foretell(
        self, prompt: Prompt, texts: Sequence[str], vectors: NDArray[np.float32] | None, person: Person | None = None
    ) -> NDArray[np.float64] | None:
        """What votes on new ideas for a prompt will be, -1..+1, shape (len(texts),); None where that has earned no weight.

        With a `person`, what that person's vote will be, where they have voted enough.
        """
        ...

    def beyond(self, person: Person, ideas: Sequence[IdeaId]) -> Mapping[IdeaId, float]:
        """What a person will say of ideas beyond their scores, -1..+1, from who agrees with whom; 0 where that proved nothing.

        Learned when first asked, up to seconds: no work for the event loop.
        """
        ...

    def trust(self, prompt: Prompt) -> Trust:
        """How far forecasts are believed for this kind of task."""
        ...

    def reasons(self, idea: IdeaId, feedback: Sequence[Feedback]) -> Sequence[Reason]:
        """What moved an idea's score, the strongest first; only "votes" and "passed" where its forecast has no weight.

        A group of features is among them only where a forecast learned without it stands on the other side. Up to a second.
        """
        ...


@runtime_checkable
class Learner(Protocol):
    """A ranker that can learn a team's taste."""

    def learn(self, log: Log, feedback: Sequence[Feedback]) -> Taste:
        """Learns anew: up to half a minute for tens of thousands of ideas, so never on the event loop."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Where a trial of a new version against the old one stands."""

    new: int  #: comparisons that the new version won
    old: int  #: that the old one won
    favour: float  #: evidence that the new one is better, as a factor; decides at 20
    against: float  #: likewise that it is worse
    low: float  #: share that the new one wins, at least
    high: float  #: at most; together they hold with a chance of 95 % however often one looks
    decision: str = ""  #: "won", "lost", "even"; empty: none yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a team's votes can teach by now, and whether that is enough."""

    pairs: int  #: to learn from
    topics: int  #: of those pairs
    held_out: int  #: topics with pairs to judge by
    thumbs: int
    ready: bool
    say: tuple[str, ...]  #: what there is, and what is needed


class Prospects(Protocol):
    """Looks at what a team's votes can teach."""

    async def __call__(self, store: Store, team: Team) -> Due:
        """What there is by now, in the language being spoken. Reads only."""
        ...


#: Draws a tuning run's learning curve, `Tuning.curve`, as PNG; None where there is no curve, or no package to draw with.
Curve = Callable[[Sequence[tuple[float, ...]]], bytes | None]


class Trial(Protocol):
    """Weighs comparisons of a new version of the model with the old one."""

    def __call__(self, won: Sequence[bool]) -> Balance:
        """Where it stands; `won`: for each comparison, in the order drawn, whether the new one won it."""
        ...
