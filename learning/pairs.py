"""What a team's votes say about the ideas for one topic: which beats which, which are good, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, erf, sqrt
from statistics import median
from typing import Literal

from bot.domain.feedback import Feedback, Score, rival
from bot.domain.ideas import Idea, IdeaId, Person
from learning.rankers.bayes import Bayes

VOTERS = 3  # distinct people over the two ideas; one person's two clicks are right about as often as two coins
SURE = 0.8  # probability from which a pair is decided; below it, most pairs of single votes are ties
GOOD = 0.9  # probability of lying above the team's median from which an idea is worth imitating
REWRITTEN = 0.9  # probability that people's own version beats the original (assumed: they took the trouble)

Ground = Literal["votes", "duels", "edit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two ideas for one topic; the team prefers the first."""

    chosen: Idea
    rejected: Idea
    weight: float  #: probability that the preference is real, SURE..1
    voters: int  #: distinct people behind it
    ground: Ground
    learned_from: tuple[str, ...]  #: ids of the feedback, and of people's own words, that it comes from


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One idea that is good, or liked or disliked, whatever the others are."""

    idea: Idea
    liked: bool
    weight: float  #: how sure that is, 0..1
    learned_from: tuple[str, ...]


def feedback_id(vote: Feedback) -> str:
    """Names an opinion as `ModelVersion.trained_on` does: deleting the idea or the person takes it out again."""
    return f"{vote.idea}:{vote.person.id}:{vote.signal}"


def heard(ideas: Iterable[Idea], feedback: Iterable[Feedback]) -> list[Feedback]:
    """The opinions of these ideas; nobody's opinion of their own idea counts."""
    authors: dict[IdeaId, Person | None] = {idea.id: idea.author for idea in ideas}
    return [vote for vote in feedback if vote.idea in authors and authors[vote.idea] != vote.person]


def scored(ideas: Sequence[Idea], feedback: Sequence[Feedback]) -> Mapping[IdeaId, Score]:
    """What votes alone make of a team's ideas: all of them at once, as people's habits show over many topics."""
    return Bayes().score([idea.id for idea in ideas], heard(ideas, feedback))


def decided(ideas: Sequence[Idea], feedback: Sequence[Feedback], scores: Mapping[IdeaId, Score] | None = None) -> list[Pair]:
    """The pairs among one topic's ideas that enough people decided clearly enough, and people's versions over the originals.

    `scores`: of the team's ideas; without, the topic's votes are all there is. Votes on either idea, and blind duels between
    the two, each say how sure it is; where they contradict one another, nothing is decided.
    """
    all_votes = heard(ideas, feedback)
    scores = scored(ideas, all_votes) if scores is None else scores
    by_idea: defaultdict[IdeaId, list[Feedback]] = defaultdict(list)
    for vote in all_votes:
        by_idea[vote.idea].append(vote)
    pairs: list[Pair] = []
    for one, other in combinations(ideas, 2):
        better, worse = (one, other) if scores[one.id].mean >= scores[other.id].mean else (other, one)
        votes = [*by_idea[one.id], *by_idea[other.id]]
        voters = len({vote.person for vote in votes})
        sure = beats(scores[better.id], scores[worse.id])
        duelled, won = _duelled(one, other, votes)
        if duelled >= VOTERS and max(won, 1 - won) >= SURE:
            winner, loser = (one, other) if won >= SURE else (other, one)
            if winner is better or sure < SURE:
                pairs.append(_pair(winner, loser, max(won, 1 - won, sure if winner is better else 0.0), "duels", votes))
        elif voters >= VOTERS and sure >= SURE:
            pairs.append(_pair(better, worse, sure, "votes", votes))
        elif (edit := _edit(one, other)) is not None and not (edit is worse and sure >= SURE):
            original = other if edit is one else one
            pairs.append(_pair(edit, original, REWRITTEN, "edit", votes))
    return pairs


def _pair(better: Idea, worse: Idea, weight: float, ground: Ground, votes: Sequence[Feedback]) -> Pair:
    written = sorted(idea.id for idea in (better, worse) if idea.author is not None)
    return Pair(
        chosen=better,
        rejected=worse,
        weight=weight,
        voters=len({vote.person for vote in votes}),
        ground=ground,
        learned_from=(*sorted(map(feedback_id, votes)), *written),
    )


def _duelled(one: Idea, other: Idea, votes: Sequence[Feedback]) -> tuple[int, float]:
    """How many people held two ideas against each other, blind, and how likely that makes it that the first is better.

    P(p > 1/2) for p, the share of people who prefer the first, with a uniform prior. Who wrote one of them does not count.
    """
    by_person: defaultdict[Person, dict[IdeaId, str]] = defaultdict(dict)
    for vote in votes:
        if rival(vote) in (one.id, other.id):
            by_person[vote.person][vote.idea] = vote.token
    wins = sum(answers.get(one.id) == "won" and answers.get(other.id) == "lost" for answers in by_person.values())
    losses = sum(answers.get(one.id) == "lost" and answers.get(other.id) == "won" for answers in by_person.values())
    people = wins + losses
    return people, sum(comb(people + 1, k) for k in range(wins + 1)) / 2 ** (people + 1)


def _edit(one: Idea, other: Idea) -> Idea | None:
    """Which of two ideas is somebody's version of the other."""
    for edit, original in ((one, other), (other, one)):
        if edit.origin == "edit" and original.id in edit.parents:
            return edit
    return None


def verdicts(
    ideas: Sequence[Idea], feedback: Sequence[Feedback], middle: float, scores: Mapping[IdeaId, Score] | None = None
) -> tuple[list[Verdict], list[Verdict]]:
    """The ideas of one topic worth imitating, and a thumb for every idea that anybody judged.

    Args:
        ideas: for the topic.
        feedback: on them.
        middle: median score of the team's judged ideas.
        scores: of the team's ideas; without, the topic's votes are all there is.
    """
    all_votes = heard(ideas, feedback)
    scores = scored(ideas, all_votes) if scores is None else scores
    good: list[Verdict] = []
    thumbs: list[Verdict] = []
    for idea in ideas:
        votes = [vote for vote in all_votes if vote.idea == idea.id]
        score = scores[idea.id]
        sources = (*sorted(map(feedback_id, votes)), *([idea.id] if idea.author is not None else []))
        above = beats(score, Score(mean=middle, deviation=0.0))
        if idea.origin == "edit":
            above = max(above, REWRITTEN) if score.mean >= 0 else above
        if above >= GOOD:
            good.append(Verdict(idea=idea, liked=True, weight=above, learned_from=sources))
        if votes and abs(score.mean) > 0:
            sure = abs(2 * beats(score, Score(mean=0.0, deviation=0.0)) - 1)
            thumbs.append(Verdict(idea=idea, liked=score.mean > 0, weight=sure, learned_from=sources))
    return good, thumbs


def middle_of(scores: Mapping[IdeaId, Score], judged: Collection[IdeaId]) -> float:
    """The median score of the ideas that anybody judged; 0 when nobody judged any."""
    return median(scores[idea].mean for idea in judged) if judged else 0.0


def beats(one: Score, other: Score) -> float:
    """Probability that one idea is better than another, under normal posteriors."""
    spread = sqrt(one.deviation**2 + other.deviation**2)
    return 0.5 * (1 + erf((one.mean - other.mean) / spread / sqrt(2))) if spread else 0.5
