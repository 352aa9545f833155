"""Learns one kind of task anew: how much votes vary, what foretells them, and how far that can be trusted. Seconds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from learning import gate, ridge, wording
from learning.features import Matrix
from learning.forecast import OWN, PERSONAL, STRENGTHS, UNTRUSTED, VOTE_VARIANCE, Fit, Hyperparameters, Judged, compared, refitted
from learning.opinions import NOBODY, Opinions, weights
from learning.ridge import Agreement, Rows, Vector
from learning.sheets import Sheet
from learning.wording import Wording

FEW_TOPICS, FEW_IDEAS = 4, 30  # judged; below, nothing can be held out
#: Weights tried for a column of sound against one of surface, where sound foretells votes by itself: what a team that likes how
#: names sound likes is in few columns, and elsewhere they would be noise.
LOUDNESS, SILENT = (0.0, 1.0, 3.0), (0.0,)
SAMPLE = 300  # ideas of one topic that are paired to test a forecast; 45 000 pairs say enough of one topic


def learned(page: Sheet, opinions: Opinions, *, seed: int = 0) -> Fit:
    """Learns a kind anew: how much votes vary, what foretells them, whether that can be trusted. Seconds; leave the loop.

    Args:
        page: the kind's ideas, those nobody judged included.
        opinions: opinions of them.
        seed: of the folds.
    """
    judged = Judged.of(opinions)
    noise, between = _variances(page, opinions, judged)
    hyper = replace(UNTRUSTED, vote_variance=noise, between=between, offset=np.zeros(len(page.texts)))
    per_topic = np.bincount(page.topics[judged.ideas], minlength=1)
    if len(judged.ideas) < FEW_IDEAS or int((per_topic > 1).sum()) < FEW_TOPICS:
        return refitted(Fit(page, hyper, np.zeros(page.rows.shape[1])), opinions)
    belief = gate.believed(page, opinions, judged, hyper, seed=seed)
    fold = ridge.folds_of(page.topics[judged.ideas], seed=seed)
    page, validation = _heard(page, judged, hyper, fold, LOUDNESS if belief.sound else SILENT)
    rows, target, weight, topics = compared(page, judged, hyper)
    hyper = replace(hyper, penalty=validation.penalty)
    forecast, hyper = _with_wording(page, judged, hyper, validation.value, fold, seed=seed)
    shares = _agreements(forecast, judged, hyper, topics, seed=seed)
    if not shares:
        return refitted(Fit(page, hyper, np.zeros(page.rows.shape[1])), opinions)
    accuracy, error = ridge.mean_and_error(shares)
    hyper = replace(hyper, accuracy=accuracy, error=error)
    if belief.worth > 0.0 and accuracy > 0.5:
        hyper = _trusting(hyper, judged, rows, forecast, target, weight, topics, seed=seed)
        hyper = replace(hyper, slope=belief.worth * hyper.slope, proved=belief.worth >= 1.0)
    if hyper.trusted:
        hyper = replace(hyper, person_penalty=_person_penalty(page, opinions, judged, forecast * hyper.slope, seed=seed))
    return refitted(Fit(page, hyper, np.zeros(page.rows.shape[1])), opinions)


def _heard(
    page: Sheet, judged: Judged, hyper: Hyperparameters, fold: NDArray[np.intp], loudness: tuple[float, ...]
) -> tuple[Sheet, ridge.Foretold]:
    """The weight of sound that foretells unseen topics best, and what is foretold with it."""
    found: list[tuple[Sheet, ridge.Foretold]] = []
    for weight_of_sound in loudness:
        other = page.heard(weight_of_sound)
        rows, target, weight, _topics = compared(other, judged, hyper)
        found.append((other, ridge.leave_topics_out(rows, weight, target, fold)))
    return min(found, key=lambda one: one[1].error)


def _variances(page: Sheet, opinions: Opinions, judged: Judged) -> tuple[float, float]:
    """The variance of one person's opinion of a given idea, and of ideas inside a topic."""
    weight = weights(opinions)
    total = np.bincount(opinions.idea, weights=weight, minlength=len(page.texts))
    mean = np.bincount(opinions.idea, weights=weight * opinions.value, minlength=len(page.texts)) / np.maximum(total, 1e-12)
    freedom = float(np.maximum(total - 1.0, 0.0).sum())
    within = float((weight * (opinions.value - mean[opinions.idea]) ** 2).sum())
    noise = (within + VOTE_VARIANCE * FEW_IDEAS) / (freedom + FEW_IDEAS)
    topics = page.topics[judged.ideas]
    apart = ridge.centred(judged.mean, topics, np.ones(len(topics)))
    free = len(topics) - len(np.unique(topics))
    if free < 1:
        return noise, noise / STRENGTHS[1]
    between = float((apart**2).sum()) / free
    return noise, max(between - noise * float(np.mean(1.0 / judged.people)), between / 10, noise / STRENGTHS[1])


def _agreements(forecast: Vector, judged: Judged, hyper: Hyperparameters, topics: Rows, *, seed: int) -> list[Agreement]:
    """How well forecasts order each topic's ideas."""
    agreements: list[Agreement] = []
    error = np.sqrt(hyper.vote_variance / judged.people)
    order = np.argsort(topics, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(topics[order])) + 1):
        few = np.random.default_rng(seed).permutation(mine)[:SAMPLE]
        pairs = ridge.agreement(forecast[few], judged.mean[few], error[few])
        if pairs is not None:
            agreements.append(Agreement(*pairs, people=float(judged.people[mine].mean())))
    return agreements


def _with_wording(
    page: Sheet, judged: Judged, hyper: Hyperparameters, forecast: Vector, fold: NDArray[np.intp], *, seed: int
) -> tuple[Vector, Hyperparameters]:
    """Adds words and trees where there are enough judged ideas and where they order unseen topics better."""
    if len(judged.ideas) < wording.ENOUGH or not any(page.texts):  # media have no words that are theirs
        return forecast, hyper
    rows, target, weight, topics = compared(page, judged, hyper)
    texts = np.array(page.texts, dtype=object)[judged.ideas]
    near = page.near_surface[judged.ideas]
    added = np.zeros(len(texts))

    def fitted(part: NDArray[np.bool_]) -> Wording:
        coefficients = ridge.solved(
            ridge.gram(rows[part], weight[part]), ridge.moment(rows[part], weight[part], target[part]), hyper.penalty
        )
        left = target[part] - rows[part] @ coefficients.astype(np.float32)
        return wording.fitted(list(texts[part]), near[part], target[part], left, weight[part], seed=seed)

    for number in range(ridge.FOLDS):
        out = fold == number
        if out.any():
            added[out] = fitted(~out).foretell(list(texts[out]), near[out])
    without = _agreements(forecast, judged, hyper, topics, seed=seed)
    better = _agreements(forecast + added, judged, hyper, topics, seed=seed)
    if not without or ridge.mean_and_error(better)[0] <= ridge.mean_and_error(without)[0]:
        return forecast, hyper
    words = fitted(np.ones(len(texts), dtype=np.bool_))
    offset = words.foretell(page.texts, page.near_surface)
    offset[judged.ideas] = added
    return forecast + added, replace(hyper, wording=words, offset=offset)


def _trusting(
    hyper: Hyperparameters,
    judged: Judged,
    rows: Matrix,
    forecast: Vector,
    target: Vector,
    weight: Vector,
    topics: Rows,
    *,
    seed: int,
) -> Hyperparameters:
    """How far to go along with a forecast that beats chance, and what it leaves unexplained."""
    centred = ridge.centred(forecast, topics, weight)
    power = np.bincount(topics, weights=weight * centred**2)
    product = np.bincount(topics, weights=weight * centred * target)
    slope = float(np.clip(product.sum() / max(power.sum(), 1e-12), 0.0, 1.2))
    there = power > 1e-9
    apart = product[there] / power[there] - slope
    # Σ power (b_t - b)² is expected to be topics x between-idea variance + Σ power x the slopes' own variance.
    varied = (float((power[there] * apart**2).sum()) - hyper.between * int(there.sum())) / max(float(power[there].sum()), 1e-12)
    left = target - slope * centred
    people = 1.0 / float(np.mean(1.0 / judged.people))
    unexplained = float((left**2).sum()) / max(len(left) - len(np.unique(topics)), 1) - hyper.vote_variance / people
    return replace(
        hyper,
        slope=slope,
        slope_variance=float(np.clip(varied, 0.02, 1.0)),
        unexplained=max(unexplained, hyper.between / 5),
        topic_penalties=ridge.residual_penalties(rows, weight, left, topics, least=OWN, seed=seed),
    )


def _person_penalty(page: Sheet, opinions: Opinions, judged: Judged, forecast: Vector, *, seed: int) -> float | None:
    """How strongly what one person adds must be shrunk, chosen over all people of the log at once."""
    known = opinions.person != NOBODY
    people, ideas = opinions.person[known], opinions.idea[known]
    if not len(people) or np.bincount(people).max() < PERSONAL * 3 // 2:
        return None
    opinion = np.zeros(len(page.texts))
    opinion[judged.ideas] = judged.mean
    # Others' mean of the idea is the fairest guess at it without this person; where there are none, the forecast is.
    total = np.bincount(ideas, minlength=len(page.texts))[ideas]
    guess = np.zeros(len(page.texts))
    guess[judged.ideas] = forecast
    others = (opinion[ideas] * total - opinions.value[known]) / np.maximum(total - 1, 1)
    left = opinions.value[known] - np.where(total > 1, others, guess[ideas])
    return ridge.residual_penalty(page.rows[ideas], np.ones(len(ideas)), left, people, seed=seed)
