"""Preference pairs: what a team's votes say about two ideas for the same topic, and how sure that is."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import erf, sqrt

from bot.domain.feedback import Feedback
from bot.domain.ideas import BrainstormId, Channel, Idea, IdeaId
from bot.ports import Store
from learning.rankers.bayes import Bayes

VOTERS = 3  # distinct people over the two ideas; one person's two clicks are right about as often as two coins
SURE = 0.8  # probability from which a pair is decided; below it, most pairs of single votes are ties
ENOUGH_PAIRS = 150  # below these two, tuning a model on pairs overfits the few topics it saw
ENOUGH_PROMPTS = 30
WHOLE = 100_000  # ideas of a team that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two ideas for one topic, of which the team prefers the first."""

    prompt: str
    chosen: str
    rejected: str
    weight: float  #: probability that the preference is real, SURE..1
    voters: int  #: distinct people behind it


async def collect(store: Store, channel: Channel) -> list[Pair]:
    """The decided pairs of a team that its votes justify.

    Topics and people's own ideas and edits are words of people: they take part only in channels that opted in to training.
    Elsewhere only the model's own outputs are paired, and the topic is left out.
    """
    team = channel.team
    ideas = [idea for idea in await store.team_ideas(team, limit=WHOLE) if idea.brainstorm is not None]
    feedback = await store.feedback(team, [idea.id for idea in ideas])
    by_brainstorm: defaultdict[BrainstormId, list[Idea]] = defaultdict(list)
    for idea in ideas:
        assert idea.brainstorm is not None
        by_brainstorm[idea.brainstorm].append(idea)
    opted_in: dict[Channel, bool] = {}
    pairs: list[Pair] = []
    for id, group in sorted(by_brainstorm.items()):
        where = group[0].channel
        if where not in opted_in:
            opted_in[where] = (await store.settings(where)).training
        usable = [idea for idea in group if idea.author is None or opted_in[where]]
        source = await store.brainstorm(team, id)
        topic = source.prompt.text if opted_in[where] and source is not None and source.prompt is not None else ""
        pairs += decided(usable, feedback, topic)
    return pairs


def decided(ideas: Sequence[Idea], feedback: Sequence[Feedback], topic: str) -> list[Pair]:
    """The pairs among one topic's ideas that enough people decided clearly enough."""
    scores = Bayes().score([idea.id for idea in ideas], feedback)
    people: defaultdict[IdeaId, set[object]] = defaultdict(set)
    for said in feedback:
        people[said.idea].add(said.person)
    pairs: list[Pair] = []
    for one, other in combinations(ideas, 2):
        voters = len(people[one.id] | people[other.id])
        better, worse = (one, other) if scores[one.id].mean >= scores[other.id].mean else (other, one)
        a, b = scores[better.id], scores[worse.id]
        spread = sqrt(a.deviation**2 + b.deviation**2)
        probability = 0.5 * (1 + erf((a.mean - b.mean) / spread / sqrt(2)))  # of a > b under normal posteriors
        if voters >= VOTERS and probability >= SURE:
            pairs.append(Pair(prompt=topic, chosen=better.text, rejected=worse.text, weight=probability, voters=voters))
    return pairs


def as_trl(pairs: Sequence[Pair]) -> str:
    """JSON lines with the columns that preference trainers read: prompt, chosen, rejected; and weight, voters."""
    rows = (
        {"prompt": p.prompt, "chosen": p.chosen, "rejected": p.rejected, "weight": round(p.weight, 4), "voters": p.voters}
        for p in pairs
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
