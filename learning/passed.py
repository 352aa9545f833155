"""What is passed over: whoever judged some ideas of a set and left others has said something faint of those, too.

How faint depends on the team: some leave what they do not like, others what they have not read. So it counts for nothing until
it foretells what people say outright, and then for a quarter of a 👎 at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.domain.feedback import Feedback, rival
from bot.domain.ideas import IdeaId, Person
from learning.evidence import Weighed
from learning.rankers.bayes import PRIOR

FAINT = 0.25  # of a 👎; of the unfunny captions about a quarter gets one where people may also pass on (assumed)
FOLDS = 5  # groups of people, each foretold with a slope from the others
SURE = 2.0  # standard errors of its gain from which it counts in full; fewer count for their share (lab book)
FEW = 5  # people whose sets say which of two ideas they like better, below which nothing can be held out

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Sets = Mapping[IdeaId, str]  # the set that an idea was shown in


@dataclass(frozen=True, slots=True)
class Passing:
    """How far a team's passing over may be followed, fixed when its taste is learned.

    What was learned of people does not change while votes come in, so one more 👍 never lowers an idea: from whoever passed it
    over, a faint no becomes a yes.
    """

    sets: Sets = field(default_factory=dict)
    weight: float = 0.0  #: 0: it counts for nothing; 1: for `FAINT` of a 👎
    gain: float = 0.0  #: in squared error of what people said outright, as a share of what votes alone leave
    share: Mapping[Person, float] = field(default_factory=dict)  #: how much of what a person says is their own, 0..1

    @classmethod
    def of(cls, said: Weighed, feedback: Sequence[Feedback], sets: Sets, authors: Mapping[IdeaId, Person]) -> Passing:
        """Learns it."""
        spoken = np.bincount(said.person, minlength=len(said.people)) if len(said.idea) else np.zeros(len(said.people))
        own = np.bincount(said.person, weights=said.own, minlength=len(said.people)) if len(said.idea) else spoken
        share = {who: float(own[row] / spoken[row]) for row, who in enumerate(said.people) if spoken[row]}
        whole = cls(sets, 1.0, 0.0, share)
        weight, gain = _earned(
            said, whole.against(said, feedback, authors), sets, np.array([share.get(who, 0.0) for who in said.people])
        )
        return cls(sets, weight, gain, share)

    def against(self, said: Weighed, feedback: Sequence[Feedback], authors: Mapping[IdeaId, Person]) -> dict[IdeaId, float]:
        """What passing over says against each idea that anybody spoke of, or that stands in a set with one, in 👎, >= 0.

        A spoken no counts for at least as much as passing over would have. Duels show two ideas of a set, so they are no sign of
        having looked at it.
        """
        if self.weight == 0.0:
            return {}
        there: defaultdict[str, dict[Person, float]] = defaultdict(dict)
        for vote in feedback:
            if vote.value and vote.idea in self.sets and rival(vote) is None:
                there[self.sets[vote.idea]][vote.person] = FAINT * self.weight * self.share.get(vote.person, 0.0)
        total = {name: sum(by.values()) for name, by in there.items()}
        found = {idea: total[name] for idea, name in self.sets.items() if name in total}
        for idea in found:
            if idea in authors:
                found[idea] -= there[self.sets[idea]].get(authors[idea], 0.0)
        for row, who, counted, value in zip(said.idea.tolist(), said.person.tolist(), said.counted, said.value, strict=True):
            idea = said.ideas[row]
            if idea in found:
                faint = there[self.sets[idea]].get(said.people[who], 0.0)
                found[idea] -= min(faint, abs(counted)) if value < 0 else faint
        return {idea: max(0.0, amount) for idea, amount in found.items()}


def _earned(said: Weighed, against: Mapping[IdeaId, float], sets: Sets, share: Floats) -> tuple[float, float]:
    """How far passing over may be followed, 0..1, and what it gains.

    For every person and set, what others said and passed over foretells what the person said outright of the set's ideas, above
    or below one another; whom they passed over themselves is no proof, as it may show only how far people read. The weight is
    full where that gains `SURE` standard errors over votes alone, people being the unit.
    """
    rows = np.array([row for row, idea in enumerate(said.idea.tolist()) if said.ideas[idea] in sets], dtype=np.intp)
    if not len(rows):
        return 0.0, 0.0
    idea, person, value = said.idea[rows], said.person[rows], said.value[rows]
    names = {name: number for number, name in enumerate(sorted({sets[said.ideas[row]] for row in idea}))}
    group = np.unique(person * len(names) + np.array([names[sets[said.ideas[row]]] for row in idea]), return_inverse=True)[1]
    plain = _others(said, np.zeros(len(said.ideas)), np.zeros(len(said.idea)))[rows]
    mine = np.where(said.value < 0, np.maximum(0.0, FAINT * share[said.person] - np.abs(said.counted)), 0.0)
    faint = _others(said, np.array([against.get(name, 0.0) for name in said.ideas]), mine)[rows]
    truth, plain, faint = (one - (np.bincount(group, one) / np.bincount(group))[group] for one in (value, plain, faint))
    telling = (np.bincount(group, truth**2) > 1e-9)[group]
    if len(np.unique(person[telling])) < FEW:
        return 0.0, 0.0
    left = [_left(truth[telling], one[telling], person[telling]) for one in (plain, faint)]
    better = np.bincount(person[telling], left[0] - left[1])
    gain, error = float(better.sum()), float(np.sqrt((better**2).sum()))
    return float(np.clip(gain / max(SURE * error, 1e-12), 0.0, 1.0)), gain / max(float(left[0].sum()), 1e-12)


def _others(said: Weighed, against: Floats, mine: Floats) -> Floats:
    """The score of each opinion's idea without its person, shape (opinions,).

    Args:
        said: the opinions.
        against: what passing over says against each idea, shape (ideas,).
        mine: how much of that is due to each opinion's person, shape (opinions,).
    """
    ups, downs = np.maximum(said.counted, 0.0), np.maximum(-said.counted, 0.0)
    favour = np.bincount(said.idea, ups)[said.idea] - ups + PRIOR
    contrary = np.bincount(said.idea, downs)[said.idea] - downs + PRIOR + against[said.idea] - mine
    return np.asarray((favour - contrary) / (favour + contrary))


def _left(truth: Floats, score: Floats, person: Numbers) -> Floats:
    """The squared error that scores leave of what was said, with a slope from other people, shape (len(truth),)."""
    fold = person % FOLDS
    found = np.zeros(len(truth))
    for number in range(FOLDS):
        known, out = fold != number, fold == number
        slope = float(truth[known] @ score[known]) / max(float(score[known] @ score[known]), 1e-12)
        found[out] = (truth[out] - slope * score[out]) ** 2
    return found
