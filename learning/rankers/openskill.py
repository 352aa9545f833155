"""OpenSkill: a rating that each game moves, in the order played. A plain baseline, and a reading of duels while they come in.

An opinion is a game against an idea of middling worth, which is known exactly, won by liking, and moves the rating by as much of
a game as the opinion is strong. A duel is a game between both ideas. The order of games matters a little, as in all such ratings,
so they are always played in the order in which they were said. Source: Weng & Lin 2011 (JMLR 12), by the package `openskill`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from math import erf, exp, pi, sqrt
from typing import Any

from openskill.models import PlackettLuce

from bot.domain.feedback import Feedback, Score, rival
from bot.domain.ideas import IdeaId, Person
from learning.opinions import gathered

KNOWN = 1e-4  # deviation of the middling idea, which no game moves
#: Duels of one person that are played; whoever decides more of them is one voice among others.
PER_PERSON = 20
#: Likewise over one idea: it is one opinion, however many others the idea was held against.
PER_IDEA = 3

Game = tuple[datetime, IdeaId, str, float]  #: when, of which idea, against which ("" for the middling one), how much of a win


class OpenSkill:
    """A `Ranker` that plays."""

    def __init__(self) -> None:
        self.model: Any = PlackettLuce()

    def score(self, ideas: Sequence[IdeaId], feedback: Sequence[Feedback]) -> dict[IdeaId, Score]:
        """See `bot.ports.Ranker`."""
        ratings: dict[str, Any] = {}
        for _at, idea, against, win in games(feedback):
            self._play(ratings, idea, against, win)
        people = Counter(idea for idea, _person in {(vote.idea, vote.person) for vote in feedback})
        return {idea: self._score(ratings.get(idea) or self.model.rating(), people[idea]) for idea in ideas}

    def _play(self, ratings: dict[str, Any], idea: str, against: str, win: float) -> None:
        mine = ratings.setdefault(idea, self.model.rating())
        known = self.model.rating(sigma=KNOWN)
        theirs = ratings.setdefault(against, self.model.rating()) if against else known
        [[new], [other]] = self.model.rate([[mine], [theirs]], ranks=[1, 2] if win > 0 else [2, 1])
        ratings[idea] = self._part(mine, new, abs(win))
        if against:
            ratings[against] = self._part(theirs, other, abs(win))

    def _part(self, before: Any, after: Any, share: float) -> Any:
        """A rating moved by a share of a game."""
        variance = before.sigma**2 + share * (after.sigma**2 - before.sigma**2)
        return self.model.rating(mu=before.mu + share * (after.mu - before.mu), sigma=sqrt(variance))

    def _score(self, rating: Any, people: int) -> Score:
        """2 x the chance to beat the middling idea, less 1."""
        usual = self.model.rating()
        width = sqrt(2 * self.model.beta**2 + rating.sigma**2)
        lead = (rating.mu - usual.mu) / width
        slope = 2 * exp(-(lead**2) / 2) / sqrt(2 * pi) / width
        return Score(mean=erf(lead / sqrt(2)), deviation=slope * rating.sigma, votes=float(people))


def games(feedback: Sequence[Feedback]) -> list[Game]:
    """What was said as games, in the order said."""
    alone = [vote for vote in feedback if rival(vote) is None or vote.token == "neither"]
    latest: dict[tuple[IdeaId, Person], datetime] = {}
    for vote in alone:
        key = (vote.idea, vote.person)
        latest[key] = max(vote.at, latest.get(key, vote.at))
    played = [
        (latest[idea, person], person, idea, "", value)
        for idea, opinions in gathered(alone).items()
        for person, value in opinions.items()
    ]
    decided: Counter[Person] = Counter()
    fought: Counter[tuple[Person, IdeaId]] = Counter()
    for vote in sorted(feedback, key=lambda vote: (vote.at, vote.person, vote.idea, vote.signal)):
        loser = rival(vote)
        if loser is None or vote.token != "won" or decided[vote.person] >= PER_PERSON:
            continue
        both = ((vote.person, vote.idea), (vote.person, loser))
        if max(fought[one] for one in both) < PER_IDEA:
            fought.update(both)
            decided[vote.person] += 1
            played.append((vote.at, vote.person, vote.idea, str(loser), 1.0))
    return [(at, idea, against, win) for at, _person, idea, against, win in sorted(played)]


def build() -> OpenSkill:
    """The plugin's door."""
    return OpenSkill()
