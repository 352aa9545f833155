"""A Bayesian mean: every idea starts as an open question, and each person's opinion moves it.

An opinion of +v adds v to the evidence for an idea, -v to the evidence against it, less what `learning.evidence` knows of its
person; the score is the mean of the Beta posterior, stretched to -1..+1. Fractional evidence keeps it monotone: a weak 👍 raises
even an idea of strong ones, which a plain mean of values would not.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from bot.domain.feedback import Feedback, Score
from bot.domain.ideas import IdeaId
from learning.evidence import evidence

#: Pseudo-people for and against. Between-idea variance is about a quarter of one vote's variance in crowd ratings of
#: creative text, which makes a prior worth about four votes.
PRIOR = 2.0


class Bayes:
    """A `Ranker` that needs no training."""

    def __init__(self, prior: float = PRIOR) -> None:
        """`prior`: pseudo-people on either side, > 0; more means slower to believe."""
        self.prior = prior

    def score(self, ideas: Sequence[IdeaId], feedback: Sequence[Feedback]) -> dict[IdeaId, Score]:
        """See `bot.ports.Ranker`. People's habits show in `feedback` alone, so all that is known of a team belongs there."""
        counted = evidence(feedback)
        return {idea: posterior(counted.get(idea, ()), favour=self.prior, against=self.prior) for idea in ideas}


def posterior(values: Sequence[float], *, favour: float, against: float) -> Score:
    """What opinions make of a Beta(favour, against) prior."""
    favour += sum(value for value in values if value > 0)
    against -= sum(value for value in values if value < 0)
    total = favour + against
    return Score(
        mean=(favour - against) / total,
        deviation=2 * sqrt(favour * against / (total * total * (total + 1))),  # of Beta(favour, against), stretched
        votes=float(len(values)),
    )


def build() -> Bayes:
    """The plugin's door."""
    return Bayes()
