"""Reads a slate on which two versions of the model stood side by side, unnamed: which one was liked better.

**One slate, one comparison.** It is drawn by lot which slots are the new version's. So if both versions write alike, either is as
likely to have the liked ideas, whatever people think, in whatever order they vote, and however alike they think: only the lot
decides. But it decides once a slate. Five voters of one slate are not five coins: where the new version happens to have had the
better ideas, they mostly agree. Counting each of them promotes a version that is no better in 17 trials of 100, counting slates
in 2 (`python -m tests.bench.canary`). So each person has one say a slate, and the slate goes the way of the majority.

**Equal numbers.** With three ideas against two, one 👍 falls on the three more often. So as many of either side are looked at,
drawn by lot, and the rest is left out.

**Once.** A slate is read when it has been on show for `SETTLED`, and what was read stays: an outcome that may still change after
it was looked at is no fair coin.

**One voice.** Who has had a say in far more slates than the others has none in the next; see `silenced`. That depends on earlier
slates alone, so it favours neither side.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from statistics import median

from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, Idea, IdeaId, Person

SETTLED = timedelta(minutes=30)  # most votes on a card come while it is the latest; later ones count for the ranking all the same
FREE = 20  # slates in which anybody has a say, whatever the others do
LEAD = 2.0  # beyond that, times the median person's slates


def sides(brainstorm: Brainstorm, ideas: Sequence[Idea]) -> tuple[list[Idea], list[Idea]]:
    """The ideas of the new and of the old version that are compared: as many of either, drawn by lot."""
    model_ideas = sorted((idea for idea in ideas if idea.author is None), key=lambda idea: idea.id)
    new = [idea for idea in model_ideas if idea.model == brainstorm.canary]
    old = [idea for idea in model_ideas if idea.model == brainstorm.model]
    count = min(len(new), len(old))
    chance = random.Random(f"{brainstorm.seed}/compared")
    return chance.sample(new, count), chance.sample(old, count)


def says(new: Sequence[Idea], old: Sequence[Idea], feedback: Iterable[Feedback]) -> dict[Person, bool]:
    """For each person who likes one side better, whether that is the new one.

    A person's liking of a side is the sum of their opinions of its ideas, each clipped to -1..+1; an idea passed over is worth 0.
    """
    side = {idea.id: 1.0 for idea in new} | {idea.id: -1.0 for idea in old}
    opinions: defaultdict[Person, defaultdict[IdeaId, float]] = defaultdict(lambda: defaultdict(float))
    for vote in sorted(feedback, key=lambda vote: (vote.person, vote.signal)):  # float sums depend on their order
        if vote.idea in side:
            opinions[vote.person][vote.idea] += vote.value
    preferences: dict[Person, bool] = {}
    for person, values in opinions.items():
        lead = sum(side[idea] * max(-1.0, min(1.0, value)) for idea, value in sorted(values.items()))
        if abs(lead) > 1e-9:  # a like on either side is no preference
            preferences[person] = lead > 0
    return preferences


def outcome(preferences: dict[Person, bool], silent: Collection[Person] = ()) -> bool | None:
    """Whether the slate goes to the new version; None while nobody, or as many on either side, prefers one."""
    heard = [new for person, new in preferences.items() if person not in silent]
    lead = 2 * sum(heard) - len(heard)
    return None if lead == 0 else lead > 0


def silenced(earlier: Counter[Person]) -> frozenset[Person]:
    """Who has had a say in so many slates that the next ones are the others': more than `FREE` and `LEAD` times the median."""
    if not earlier:
        return frozenset()
    most = max(float(FREE), LEAD * median(earlier.values()))
    return frozenset(person for person, count in earlier.items() if count >= most)
