"""Which layouts, styles and voices a team likes, from its own votes, and how sure that is: a bandit with an arm for each value.

An arm's chance of being liked has a Beta posterior. The next commission draws from every posterior and takes the best draw
(Thompson sampling), so that what is liked comes often, what is hardly known still comes, and what is disliked comes seldom.
Source: Thompson 1933; Chapelle and Li 2011, “An Empirical Evaluation of Thompson Sampling”.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from bot.domain.feedback import Feedback
from bot.domain.ideas import Idea, IdeaId, Person, Team
from bot.domain.modalities import MODALITIES, Modality
from bot.ports import Store

JUDGED = 2000  # media of a team that speak for its taste, the latest; taste fades, and bounds the work
PRIOR = 1.0  # of likes and of dislikes each: before any vote every chance between 0 and 1 is as likely
MEASURED = ("tempo", "bars", "key")  #: traits that say how much of something a work has; nobody likes a number of beats
OTHERWISE = ""  #: the arm of all that was never voted on: the engine's own choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One value of a trait, and what the team said of the works that have it."""

    trait: str
    value: str
    likes: float = 0.0  #: opinions for it, each between 0 and 1
    dislikes: float = 0.0

    @property
    def mean(self) -> float:
        """Chance of being liked, posterior mean."""
        return (PRIOR + self.likes) / (2 * PRIOR + self.likes + self.dislikes)

    @property
    def deviation(self) -> float:
        """Posterior standard deviation of that chance."""
        a, b = PRIOR + self.likes, PRIOR + self.dislikes
        return sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))

    def draw(self, chance: random.Random) -> float:
        """A chance of being liked, drawn from the posterior."""
        return chance.betavariate(PRIOR + self.likes, PRIOR + self.dislikes)


def arms(works: Iterable[Idea], feedback: Sequence[Feedback]) -> Mapping[str, Mapping[str, Arm]]:
    """The arms of every trait, by trait and value. Each person counts once a work, by the sum of what they said of it."""
    opinions: defaultdict[IdeaId, defaultdict[Person, float]] = defaultdict(lambda: defaultdict(float))
    for one in feedback:
        opinions[one.idea][one.person] += one.value
    likes: defaultdict[tuple[str, str], float] = defaultdict(float)
    dislikes: defaultdict[tuple[str, str], float] = defaultdict(float)
    for work in works:
        for value in opinions[work.id].values() if work.id in opinions else ():
            for trait in (one for one in work.traits if one[0] not in MEASURED):
                likes[trait] += min(1.0, max(0.0, value))
                dislikes[trait] += min(1.0, max(0.0, -value))
    arms: defaultdict[str, dict[str, Arm]] = defaultdict(dict)
    for trait in {*likes, *dislikes}:
        name, worth = trait
        arms[name][worth] = Arm(trait=name, value=worth, likes=likes[trait], dislikes=dislikes[trait])
    return arms


def choose(known: Mapping[str, Arm], chance: random.Random) -> str:
    """The value to take; `OTHERWISE` when what is unknown promises more."""
    draws = {value: arm.draw(chance) for value, arm in sorted(known.items())}
    draws[OTHERWISE] = Arm(trait="", value="").draw(chance)
    return max(draws, key=lambda value: draws[value])


class Liking:
    """Looks a team's arms up in its own votes."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def arms(self, team: Team, modality: Modality) -> Mapping[str, Mapping[str, Arm]]:
        """The arms of a team's works of one modality, by trait and value."""
        works = [idea for idea in await self.store.team_ideas(team, limit=JUDGED) if idea.modality == modality and idea.traits]
        return arms(works, await self.store.feedback(team, [work.id for work in works])) if works else {}

    async def defaults(self, team: Team, modality: Modality, given: Iterable[str], seed: int, count: int) -> list[dict[str, str]]:
        """For each of `count` works the options that the team's taste chooses, where nobody has chosen them.

        One trait a work, in turn: were all chosen at once, every work would be the same.
        """
        known = await self.arms(team, modality)
        free = [trait for trait in MODALITIES[modality].chosen if trait in known and trait not in given]
        chance = random.Random(f"{seed}/taste")
        chosen: list[dict[str, str]] = []
        for number in range(count):
            value = choose(known[free[number % len(free)]], chance) if free else OTHERWISE
            chosen.append({free[number % len(free)]: value} if value != OTHERWISE else {})
        return chosen
