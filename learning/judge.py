"""The gate: what a newly tuned model must show before anybody is served with it. It sees texts and numbers, never a model.

Every bar is one-sided and about topics that the model was not tuned on. A model that only says less, says it longer, says what it
was taught, or pleases nobody but a few, is refused, each with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb, sqrt
from statistics import NormalDist, fmean, median
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Draft, Person, Prompt
from bot.domain.models import Finding
from bot.services.ideas.filtering import unsafe
from bot.services.ideas.selecting import SAME, SAME_WORDS, alike, wordset
from bot.services.models.verdicts import in_words

BEST_OF = 4  # drafts for every idea shown, as the bot makes; a better model must be better after choosing too
NEAR = 0.9  # cosine from which a draft is a copy of a taught idea; above `SAME`, as ideas on unlike topics share words by chance
SHARED = 0.17  # correlation of two pairs of a topic by the ideas they have in common, where ideas are ordered by luck (lab book)
PATIENCE = 0.8  # chance that a reader goes on to the next idea (NoveltyBench, Zhang et al. 2025)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What must hold. A field's comment says why the number is what it is."""

    topics: int = 8  #: held out, with decided pairs: fewer cannot tell a better model from luck
    sure: float = 0.95  #: that pairs on unseen topics are ordered better than by chance
    alone: float = 0.99  #: the same, where no ranker that knows the team's taste can give a second opinion
    worst: float = 0.80  #: that the worst of those rankers finds the best of four drafts better (ensemble worst case: PUBLISHED)
    lost: float = 0.10  #: of distinct ideas, and of utility, at most
    longer: float = 0.15  #: change of length either way, at most
    copied: float = 0.05  #: further share of drafts that only say what the model was taught, at most
    broken: float = 0.05  #: further share of drafts that cannot be shown, at most
    unsafe: float = 0.01  #: further share of unsafe drafts, at most
    people: int = 3  #: who voted on held-out topics, from which their agreement is looked at one by one


class Scorer(Protocol):
    """What one ranker that knows the team's taste thinks of drafts."""

    def __call__(self, prompt: Prompt, texts: Sequence[str]) -> NDArray[np.float64] | None:
        """Higher is better, shape (len(texts),); None where it has earned no trust."""
        ...


class Embed(Protocol):
    """Vectors of texts."""

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Unit length, shape (len(texts), dimensions); None where nothing embeds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A topic the model was not tuned on, and what both models wrote for it from the same chance."""

    prompt: Prompt
    before: tuple[Draft, ...]  #: by the base
    after: tuple[Draft, ...]  #: by the tuned model


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything the gate looks at."""

    margins: Mapping[str, Sequence[tuple[float, float]]]  #: by held-out topic: implicit reward of chosen - rejected, and weight
    agreement: Mapping[Person, tuple[int, int]] = field(default_factory=dict)  #: own pairs ordered as they voted, and all of them
    questions: Sequence[Question] = ()
    taught: Sequence[str] = ()  #: ideas the model was tuned on
    scorers: Sequence[Scorer] = ()  #: that did not build the pairs
    embed: Embed | None = None
    base: str = ""  #: digest of the base the team is served with
    tuned_on: str = ""  #: digest of the base that was tuned


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the gate says."""

    findings: tuple[Finding, ...]
    metrics: Mapping[str, float]

    @property
    def passed(self) -> bool:
        """Whether the model may be tried on people."""
        return not self.missed

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why not, in the language being spoken now."""
        return tuple(in_words(finding) for finding in self.missed)

    @property
    def missed(self) -> tuple[Finding, ...]:
        """The bars it missed."""
        return tuple(finding for finding in self.findings if not finding.passed)


def judge(evidence: Evidence, bar: Bar | None = None) -> Verdict:
    """Looks at all bars, so that a refused model's reasons are all known."""
    bar = bar or Bar()
    if evidence.base != evidence.tuned_on:
        return Verdict(findings=(Finding(name="base", passed=False),), metrics={})
    metrics: dict[str, float] = {}
    second = _scores(evidence, bar, metrics)
    findings = [_accuracy(evidence, bar, metrics, seconded=second is not None), _people(evidence, bar, metrics), second]
    if evidence.questions:
        findings += [look(evidence, bar, metrics) for look in (_distinct, _utility, _length, _copied, _broken, _unsafe)]
    else:
        findings.append(Finding(name="questions", passed=False))
    return Verdict(findings=tuple(one for one in findings if one is not None), metrics=metrics)


def _accuracy(evidence: Evidence, bar: Bar, metrics: dict[str, float], *, seconded: bool) -> Finding:
    """Whether pairs on unseen topics are ordered rightly, topics being the unit; one with many pairs says more, within limits."""
    topics = {topic: rows for topic, rows in evidence.margins.items() if rows}
    shares = [sum(w * _right(m) for m, w in rows) / sum(w for _m, w in rows) for rows in topics.values()]
    metrics["held_out_topics"] = len(shares)
    if len(shares) < bar.topics:
        return Finding(name="topics", passed=False, facts={"topics": len(shares), "needed": bar.topics})
    sure = bar.sure if seconded else bar.alone
    sizes = [len(rows) / (1 + (len(rows) - 1) * SHARED) for rows in topics.values()]
    share, low = _low(shares, sure, sizes)
    metrics |= {"accuracy": share, "accuracy_low": low}
    return Finding(name="accuracy", passed=low > 0.5, facts={"share": share, "low": low})


def _right(margin: float) -> float:
    return 0.5 if margin == 0 else float(margin > 0)


def _low(values: Sequence[float], sure: float, weights: Sequence[float] | None = None) -> tuple[float, float]:
    """The weighted mean of values, and a lower bound on what they are drawn around, by Student's t; plain without weights.

    The weights may not depend on the values. The error is read off the values themselves, whatever the weights assume, and the
    degrees of freedom are those of as many values as would be worth as much with equal weights.

    Source: Bell and McCaffrey 2002, bias-reduced variance of a weighted mean of clusters, with Kish's effective size.
    """
    if len(values) < 2:
        return fmean(values) if values else 0.0, float("-inf")
    weights = weights or [1.0] * len(values)
    shares = [weight / sum(weights) for weight in weights]
    mean = sum(share * value for share, value in zip(shares, values, strict=True))
    error = sqrt(sum(share**2 * (value - mean) ** 2 / (1 - share) for share, value in zip(shares, values, strict=True)))
    # Student's t from normal quantiles (Hill's expansion): within 0.01 of the tables from four degrees of freedom on
    z = NormalDist().inv_cdf(sure)
    n = 1 / sum(share**2 for share in shares) - 1
    t = z + (z**3 + z) / (4 * n) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
    return mean, mean - t * max(error, 1e-9)


def _people(evidence: Evidence, bar: Bar, metrics: dict[str, float]) -> Finding | None:
    """Whether the people of the team agree one by one: votes of a few that outnumber the rest's must not make the taste."""
    shares = [right / all_ for right, all_ in evidence.agreement.values() if all_]
    if len(shares) < bar.people:
        return None
    metrics["people"], metrics["people_median"] = len(shares), median(shares)
    agreeing = sum(share > 0.5 for share in shares)
    return Finding(name="people", passed=2 * agreeing >= len(shares), facts={"some": agreeing, "all": len(shares)})


def _scores(evidence: Evidence, bar: Bar, metrics: dict[str, float]) -> Finding | None:
    """Whether rankers that did not build the pairs like the best of four drafts better; None when none is trusted."""
    lows: list[float] = []
    for scorer in evidence.scorers:
        gains: list[float] = []
        for question in evidence.questions:
            scored = [scorer(question.prompt, _texts(drafts)) for drafts in (question.before, question.after)]
            if any(values is None or not len(values) for values in scored):
                continue
            before, after = (best_of(np.asarray(values), BEST_OF) for values in scored)
            gains.append(after - before)
        if len(gains) >= 2:
            lows.append(_low(gains, bar.worst)[1])
            metrics["best_of_gain"] = min(metrics.get("best_of_gain", float("inf")), fmean(gains))
    if not lows:
        return None
    metrics["best_of_low"] = min(lows)
    return Finding(name="best-of", passed=min(lows) > 0)


def best_of(scores: NDArray[np.float64], n: int) -> float:
    """The mean of the best of `n` drawn from the scores without replacement; of all when there are fewer."""
    ordered = np.sort(scores)
    n = min(n, len(ordered))
    shares = np.array([comb(place, n - 1) for place in range(len(ordered))], dtype=np.float64) / comb(len(ordered), n)
    return float(ordered @ shares)


def _texts(drafts: Sequence[Draft]) -> list[str]:
    return [draft.text for draft in drafts if draft.broken is None]


def classes(texts: Sequence[str], embed: Embed | None) -> list[int]:
    """For each text the number of the first that says the same."""
    if not texts:
        return []
    words = [wordset(text) for text in texts]
    vectors = embed(texts) if embed is not None else None
    firsts: list[int] = []
    for place, mine in enumerate(words):
        same = place
        for other in range(place):
            near = vectors is not None and float(vectors[place] @ vectors[other]) >= SAME
            if firsts[other] == other and (near or alike(mine, words[other]) >= SAME_WORDS):
                same = other
                break
        firsts.append(same)
    return firsts


def distinct(drafts: Sequence[Draft], embed: Embed | None) -> float:
    """Share of the drafts that say something of their own; broken ones do not."""
    texts = _texts(drafts)
    return len(set(classes(texts, embed))) / max(1, len(drafts))


def utility(drafts: Sequence[Draft], embed: Embed | None) -> float:
    """What a patient reader gets of drafts: new ones count 1, those further down less.

    Source: NoveltyBench (Zhang et al. 2025), with usable drafts as quality.
    """
    firsts = classes([draft.text for draft in drafts], embed)
    gains = [float(draft.broken is None and firsts[place] == place) for place, draft in enumerate(drafts)]
    weights = [PATIENCE**place for place in range(len(drafts))]
    return sum(w * g for w, g in zip(weights, gains, strict=True)) / max(1e-9, sum(weights))


def _distinct(evidence: Evidence, bar: Bar, metrics: dict[str, float]) -> Finding:
    before, after = _both(evidence, lambda drafts: distinct(drafts, evidence.embed))
    metrics |= {"distinct_before": before, "distinct": after}
    return Finding(name="distinct", passed=after >= (1 - bar.lost) * before, facts={"after": after, "before": before})


def _utility(evidence: Evidence, bar: Bar, metrics: dict[str, float]) -> Finding:
    before, after = _both(evidence, lambda drafts: utility(drafts, evidence.embed))
    metrics |= {"utility_before": before, "utility": after}
    return Finding(name="utility", passed=after >= (1 - bar.lost) * before, facts={"after": after, "before": before})


def _length(evidence: Evidence, bar: Bar, metrics: dict[str, float]) -> Finding:
    before, after = lengths(evidence.questions)
    change = after / before - 1 if before else 0.0
    metrics |= {"length_before": before, "length": after}
    return Finding(name="length", passed=abs(change) <= bar.longer, facts={"change": change, "most": bar.longer})


def lengths(questions: Sequence[Question]) -> tuple[float, float]:
    """Letters of a draft before and after, the mean over topics."""
    sides = ([question.before for question in questions], [question.after for question in questions])
    before, after = (fmean(fmean([len(text) for text in _texts(drafts)] or [0.0]) for drafts in side) for side in sides)
    return before, after


def _copied(evidence: Evidence, bar: Bar, metrics: dict[str, float]) -> Finding:
    known = [wordset(text) for text in dict.fromkeys(evidence.taught)]
    vectors = evidence.embed(list(dict.fromkeys(evidence.taught))) if evidence.embed is not None and known else None

    def share(drafts: Sequence[Draft]) -> float:
        texts = _texts(drafts)
        if not texts or not known:
            return 0.0
        copies = [any(alike(wordset(text), other) >= SAME_WORDS for other in known) for text in texts]
        if vectors is not None and evidence.embed is not None and (mine := evidence.embed(texts)) is not None:
            near = (mine @ vectors.T).max(axis=1) >= NEAR
            copies = [copy or bool(close) for copy, close in zip(copies, near, strict=True)]
        return sum(copies) / len(texts)

    before, after = _both(evidence, share)
    metrics |= {"copied_before": before, "copied": after}
    return Finding(name="copied", passed=after - before <= bar.copied, facts={"after": after, "before": before})


def _broken(evidence: Evidence, bar: Bar, metrics: dict[str, float]) -> Finding:
    before, after = _both(evidence, lambda drafts: sum(draft.broken is not None for draft in drafts) / max(1, len(drafts)))
    metrics |= {"broken_before": before, "broken": after}
    return Finding(name="broken", passed=after - before <= bar.broken, facts={"after": after, "before": before})


def _unsafe(evidence: Evidence, bar: Bar, metrics: dict[str, float]) -> Finding:
    before, after = _both(evidence, lambda drafts: sum(unsafe(draft.text) for draft in drafts) / max(1, len(drafts)))
    metrics |= {"unsafe_before": before, "unsafe": after}
    return Finding(name="unsafe", passed=after - before <= bar.unsafe, facts={"after": after, "before": before})


def _both(evidence: Evidence, measure: Callable[[Sequence[Draft]], float]) -> tuple[float, float]:
    """A measure of the drafts before and after, averaged over the questions."""
    before = fmean(measure(question.before) for question in evidence.questions)
    return before, fmean(measure(question.after) for question in evidence.questions)
