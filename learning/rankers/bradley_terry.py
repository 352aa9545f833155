"""Bradley-Terry: an idea's strength is what best explains whom it beat. A plain baseline, and the reading of duels.

Each opinion is a game against an idea of middling worth, won by liking; whoever likes one idea more than another lets the one
beat the other by half a game; and whoever says so in a duel, by a whole one. Source: Bradley & Terry 1952; fitted by Newton's
method with a Gaussian prior's worth of even games.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from bot.domain.feedback import Feedback, Score, rival
from bot.domain.ideas import IdeaId, Person
from learning.opinions import duels, gathered
from learning.rankers.bayes import PRIOR

#: Of a comparison that somebody's two opinions imply: they were not asked to compare.
IMPLIED = 0.5
#: Games that one person's opinions may imply, in all, and that their duels may count for; n opinions imply n²/2 and would shout
#: down the others.
PER_PERSON = 20.0
#: Games that one person's duels over one idea may count for: it is one opinion, however many others the idea was held against.
PER_IDEA = 3.0
#: Judged ideas beyond which no two are compared: a system of so many unknowns takes a second to solve.
COMPARED = 1000
STEPS = 50  # Newton's method needs about 8
ENOUGH = 1e-12  # largest step at which it has arrived

Floats = NDArray[np.float64]


class BradleyTerry:
    """A `Ranker` that compares."""

    def score(self, ideas: Sequence[IdeaId], feedback: Sequence[Feedback]) -> dict[IdeaId, Score]:
        """See `bot.ports.Ranker`."""
        fought = duels(feedback)
        opinions = gathered([opinion for opinion in feedback if rival(opinion) is None or opinion.token == "neither"])
        for pairs in fought.values():
            for pair in pairs:
                for idea in pair:
                    opinions.setdefault(idea, {})
        rows = {idea: row for row, idea in enumerate(sorted(opinions))}
        won, lost, voters = np.full(len(rows), PRIOR), np.full(len(rows), PRIOR), np.zeros(len(rows))
        by_person: defaultdict[object, list[tuple[int, float]]] = defaultdict(list)
        for idea in sorted(opinions):
            row = rows[idea]
            for person, value in sorted(opinions[idea].items()):
                won[row] += max(value, 0.0)
                lost[row] += max(-value, 0.0)
                voters[row] += 1
                by_person[person].append((row, value))
        games = implied(by_person.values(), len(rows)) if len(rows) <= COMPARED else None
        if games is not None:
            decided_in(fought, rows, games, voters)
        strength, spread = fitted(won, lost, games)
        means = np.tanh(strength / 2)  # 2 x the chance to beat the middling idea, less 1
        slopes = (1 - means**2) / 2
        unknown = Score(mean=0.0, deviation=sqrt(1 / (PRIOR / 2)) / 2)
        return {
            idea: Score(
                mean=float(means[rows[idea]]),
                deviation=sqrt(float(spread[rows[idea]])) * float(slopes[rows[idea]]),
                votes=float(voters[rows[idea]]),
            )
            if idea in rows
            else unknown
            for idea in ideas
        }


def decided_in(
    fought: Mapping[Person, Sequence[tuple[IdeaId, IdeaId]]], rows: Mapping[IdeaId, int], games: Floats, voters: Floats
) -> None:
    """Adds the duels of each person to the games, shape (ideas, ideas), and the person to the duelling ideas' voters."""
    for _person, pairs in sorted(fought.items()):
        often = Counter(idea for pair in pairs for idea in pair)
        for winner, loser in pairs:
            most = max(often[winner], often[loser])
            games[rows[winner], rows[loser]] += min(1.0, PER_PERSON / len(pairs), PER_IDEA / most)
        for idea in often:
            voters[rows[idea]] += 1


def implied(people: Iterable[Sequence[tuple[int, float]]], count: int) -> Floats:
    """How much each idea beat each other, shape (count, count), by people who liked it more."""
    games = np.zeros((count, count))
    for opinions in people:
        row = np.array([row for row, _value in opinions])
        value = np.array([value for _row, value in opinions])
        better = np.clip(value[:, None] - value[None, :], 0.0, 1.0) * IMPLIED
        total = float(better.sum())
        games[np.ix_(row, row)] += better * min(1.0, PER_PERSON / total) if total else 0.0
    return games


def fitted(won: Floats, lost: Floats, games: Floats | None) -> tuple[Floats, Floats]:
    """Strengths in log-odds of beating the middling idea, and their variances, each of shape (ideas,).

    `won` and `lost` are games against the middling idea, > 0, shape (ideas,); `games` how much each idea beat each other, shape
    (ideas, ideas), or None where nobody compared.
    """
    strength = np.log(won / lost)
    if games is None or not games.any():
        return strength, (won + lost) / (won * lost)
    played = games + games.T
    for _step in range(STEPS):
        alone = 1 / (1 + np.exp(-strength))
        against = 1 / (1 + np.exp(-(strength[:, None] - strength[None, :])))
        slope = won - (won + lost) * alone + games.sum(axis=1) - (played * against).sum(axis=1)
        move = np.linalg.solve(_information(won + lost, alone, played, against), slope)
        strength = strength + np.clip(move, -2.0, 2.0)
        if float(np.abs(move).max()) < ENOUGH:
            break
    alone = 1 / (1 + np.exp(-strength))
    against = 1 / (1 + np.exp(-(strength[:, None] - strength[None, :])))
    return strength, np.diag(np.linalg.inv(_information(won + lost, alone, played, against)))


def _information(games: Floats, alone: Floats, played: Floats, against: Floats) -> Floats:
    bend = played * against * (1 - against)
    return np.asarray(np.diag(games * alone * (1 - alone) + bend.sum(axis=1)) - bend)


def build() -> BradleyTerry:
    """The plugin's door."""
    return BradleyTerry()
