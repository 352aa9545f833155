"""What each opinion counts for where ideas are scored: freed of its person's habits, and no more than one voice among others.

Everything that is held against a person is taken from what they said of *other* ideas. So an idea's evidence is a sum of parts,
one a person, each of which rises with that person's opinion of it: one more 👍 never lowers an idea.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.feedback import Feedback
from bot.domain.ideas import IdeaId, Person
from learning.opinions import FREE, HABIT, LEAD, Voices

#: Opinions alike, of all that either of two people gave, from which one starts to echo the other, and at which it is one voice.
ECHO, ONE_VOICE = 0.6, 0.8
#: Added to the opinions that two people gave: two who agree on ten ideas may have agreed by chance.
UNSURE = 6.0
#: People who are looked at for echoes, the busiest: a million pairs, 8 MB.
BUSIEST = 1000
CELLS = 1_000_000  # of the table that medians are taken of: 8 MB

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Everybody's opinion of everything and what it counts for, a row an opinion: ideas in order, and people within an idea."""

    ideas: tuple[IdeaId, ...]  #: sorted
    people: tuple[Person, ...]
    idea: Numbers  #: place among the ideas, of each opinion
    person: Numbers  #: place among the people
    value: Floats  #: what was said, -1..+1, never 0
    own: Floats  #: how much of it is its person's own, and no more than one voice, 0..1
    counted: Floats  #: what it counts for, -1..+1, on its own side of 0

    def by_idea(self) -> dict[IdeaId, list[float]]:
        """What opinions of each idea count for, in the order of people."""
        found: dict[IdeaId, list[float]] = {name: [] for name in self.ideas}
        for row, part in zip(self.idea.tolist(), self.counted.tolist(), strict=True):
            found[self.ideas[row]].append(part)
        return found


def evidence(feedback: Sequence[Feedback]) -> Mapping[IdeaId, Sequence[float]]:
    """What people's opinions of each idea count for, -1..+1, one number a person, in the order of people.

    A person's opinion of an idea is the sum of what they said of it, clipped to -1..+1, and keeps its sign. From it goes how
    far they lie above or below others on the same ideas. The very busy count less, and so do those who say what others say word
    for word and never the other way.
    """
    return weighed(feedback).by_idea()


def weighed(feedback: Sequence[Feedback]) -> Weighed:
    """The same, with whose opinions they are."""
    voices = Voices.of(feedback)
    ideas = sorted(voices.opinions)
    spoken = [(row, who, value) for row, idea in enumerate(ideas) for who, value in sorted(voices.opinions[idea].items())]
    idea, person = (np.array([one[place] for one in spoken], dtype=np.intp) for place in (0, 1))
    value = np.array([one[2] for one in spoken], dtype=np.float64)
    if not spoken:
        return Weighed((), voices.people, idea, person, value, value, value)
    own = _lone(idea, person) * _own(idea, person, value)
    return Weighed(tuple(ideas), voices.people, idea, person, value, own, _freed(idea, person, value) * own)


def _freed(idea: Numbers, person: Numbers, value: Floats) -> Floats:
    """Opinions less their person's habit on other ideas, cut to their own side of 0 and to 1."""
    total, count = np.bincount(idea, weights=value)[idea], np.bincount(idea)[idea]
    beside = np.where(count > 1, value - (total - value) / np.maximum(count - 1, 1), 0.0)
    compared = (count > 1).astype(np.float64)
    above = np.bincount(person, weights=beside)[person] - beside
    habit = above / (np.bincount(person, weights=compared)[person] - compared + HABIT)
    return np.where(value > 0, np.clip(value - habit, 0.0, 1.0), np.clip(value - habit, -1.0, 0.0))


def _lone(idea: Numbers, person: Numbers) -> Floats:
    """How much one of a very busy person's opinions counts: of n of other ideas as many as max(FREE, LEAD * median n)."""
    given = np.bincount(person).astype(np.float64)
    others = given[person] - 1.0  # opinions of other ideas
    share = np.ones(len(person))
    busy = others > FREE
    if busy.any():
        rows = np.unique(idea[busy])
        usual = np.zeros(int(idea.max()) + 1)
        usual[rows] = _usual(rows, idea, person, given, others, given)
        most = np.maximum(float(FREE), LEAD * usual[idea[busy]])
        share[busy] = np.minimum(1.0, most / others[busy])
    return share


def _own(idea: Numbers, person: Numbers, value: Floats) -> Floats:
    """How much of an opinion is its person's own: less where others say the same of everything, and it is always the same."""
    given = np.bincount(person).astype(np.float64)
    own = np.ones(len(idea))
    busiest = np.sort(np.argsort(-given, kind="stable")[:BUSIEST])
    busiest = busiest[given[busiest] > ECHO * UNSURE]
    if len(busiest) < 2:
        return own
    echoes = _echoes(idea, person, value, busiest)
    some = echoes > 0.0
    if not some.any():
        return own
    ups = np.bincount(person, weights=value > 0).astype(np.float64)
    spread = _spread(ups[person] - (value > 0), given[person] - 1.0)  # of what the person said of other ideas
    rows = np.unique(idea[some])
    usual = np.ones(int(idea.max()) + 1)
    usual[rows] = _usual(rows, idea, person, _spread(ups, given), spread, given)
    two_sided = np.minimum(1.0, spread[some] / np.maximum(usual[idea[some]], 1e-9))
    own[some] = two_sided ** (2.0 * np.minimum(1.0, echoes[some])) / (1.0 + echoes[some] * (1.0 - two_sided))
    return own


def _spread(ups: Floats, count: Floats) -> Floats:
    """How much 👍 and 👎 are mixed, 0..1: 4 p (1 - p), p being the share of 👍 with one opinion of either kind added."""
    share = (ups + 1.0) / (count + 2.0)
    return np.asarray(4.0 * share * (1.0 - share))


def _echoes(idea: Numbers, person: Numbers, value: Floats, busiest: Numbers) -> Floats:
    """To how many others each opinion's person is an echo on other ideas, shape (len(idea),)."""
    from scipy.sparse import csr_array  # a tenth of a second, which a bot need not spend at its start

    number = np.full(int(person.max()) + 1, -1)
    number[busiest] = np.arange(len(busiest))
    mine = number[person] >= 0
    shape = (int(idea.max()) + 1, len(busiest))
    sides = [
        csr_array((np.ones(int(side.sum())), (idea[side], number[person[side]])), shape=shape)
        for side in (mine & (value > 0), mine & (value < 0))
    ]
    alike = sum((side.T @ side).toarray() for side in sides)
    given = alike.diagonal()
    both = np.abs(sides[0] - sides[1])
    either = given[:, None] + given[None, :] - (both.T @ both).toarray() - 1.0 + UNSURE  # the idea itself left out
    whole, less = ((np.clip((a / either - ECHO) / (ONE_VOICE - ECHO), 0.0, 1.0)) for a in (alike, alike - 1.0))
    np.fill_diagonal(whole, 0.0)
    np.fill_diagonal(less, 0.0)
    found = np.zeros(len(idea))
    found[mine] = whole.sum(axis=1)[number[person[mine]]]
    if not found.any():
        return found
    for sign, side in zip((1, -1), sides, strict=True):
        some = mine & (value * sign > 0)
        change = side @ (less - whole)  # of those who say the same of this idea, that is no sign of an echo
        found[some] += change[idea[some], number[person[some]]]
    return np.maximum(found, 0.0)


def _usual(rows: Numbers, idea: Numbers, person: Numbers, whole: Floats, less: Floats, given: Floats) -> Floats:
    """For each of some ideas the median person's figure without that idea, shape (len(rows),).

    Who spoke of no other idea is left out. `whole` and `given`, a person's figure and how many opinions they gave, have shape
    (people,); `less`, their figure without the idea, that of `idea`.
    """
    place = np.full(int(idea.max()) + 1, -1)
    place[rows] = np.arange(len(rows))
    some = place[idea] >= 0
    at, who, figure = place[idea[some]], person[some], np.where(given[person[some]] > 1, less[some], -1.0)
    everybody = np.where(given > 0, whole, -1.0)
    found = np.zeros(len(rows))
    block = max(1, CELLS // len(everybody))
    for start in range(0, len(rows), block):
        table = np.tile(everybody, (min(block, len(rows) - start), 1))
        here = (at >= start) & (at < start + block)
        table[at[here] - start, who[here]] = figure[here]
        table.sort(axis=1)
        none = (table < 0).sum(axis=1)
        left = table.shape[1] - none
        low, high = none + np.maximum(left - 1, 0) // 2, none + left // 2
        line = np.arange(len(table))
        middle = (table[line, np.minimum(low, table.shape[1] - 1)] + table[line, np.minimum(high, table.shape[1] - 1)]) / 2
        found[start : start + block] = np.where(left > 0, middle, 0.0)
    return found
