"""Learns one kind of task anew: how much votes vary, what foretells them, and how far that can be trusted. Seconds."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from learning import ridge, wording
from learning.features import Matrix
from learning.forecast import PERSONAL, STRENGTHS, UNTRUSTED, VOTE_VARIANCE, Fit, Hyperparameters, Judged, compared, refitted
from learning.opinions import NOBODY, Opinions, weights
from learning.ridge import Agreement, Rows, Vector
from learning.sheets import Sheet
from learning.wording import Wording

FEW_TOPICS, FEW_IDEAS = 4, 30  # judged; below, nothing can be held out
SAMPLE = 300  # ideas of one topic that are paired to test a forecast; 45 000 pairs say enough of one topic
ERRORS = 2.0  # standard errors by which a forecast must beat chance before it has any weight
#: Of fewer topics that error says too little: one forecast is tried on several, and they teach one another. There the same votes,
#: dealt anew among the ideas of each topic, say what luck can do; 2 of 131 deals may match it, as rare as two errors are.
SURE_TOPICS, DEALS, LUCKY = 30, 131, 2


def learned(page: Sheet, said: Opinions, *, seed: int = 0) -> Fit:
    """Learns a kind anew: how much votes vary, what foretells them, whether that can be trusted. Seconds; leave the loop.

    Args:
        page: the kind's ideas, those nobody judged included.
        said: opinions of them.
        seed: of the folds.
    """
    judged = Judged.of(said)
    noise, between = _variances(page, said, judged)
    hyper = replace(UNTRUSTED, vote_variance=noise, between=between, offset=np.zeros(len(page.texts)))
    per_topic = np.bincount(page.topics[judged.ideas], minlength=1)
    if len(judged.ideas) < FEW_IDEAS or int((per_topic > 1).sum()) < FEW_TOPICS:
        return refitted(Fit(page, hyper, np.zeros(page.rows.shape[1])), said)
    rows, target, weight, topics = compared(page, judged, hyper)
    fold = ridge.folds_of(topics, seed=seed)
    found = ridge.leave_topics_out(rows, weight, target, fold)
    hyper = replace(hyper, penalty=found.penalty)
    forecast, hyper = _with_wording(page, judged, hyper, found.value, fold, seed=seed)
    shares = _agreements(forecast, judged, hyper, topics, seed=seed)
    if not shares:
        return refitted(Fit(page, hyper, np.zeros(page.rows.shape[1])), said)
    accuracy, error = ridge.mean_and_error(shares)
    hyper = replace(hyper, accuracy=accuracy, error=error)
    if _proved(page, judged, hyper, found.value, fold, topics=len(shares), seed=seed):
        hyper = _trusting(hyper, judged, rows, forecast, target, weight, topics, seed=seed)
        hyper = replace(hyper, person_penalty=_person_penalty(page, said, judged, forecast * hyper.slope, seed=seed))
    return refitted(Fit(page, hyper, np.zeros(page.rows.shape[1])), said)


def _variances(page: Sheet, said: Opinions, judged: Judged) -> tuple[float, float]:
    """The variance of one person's opinion of a given idea, and of ideas inside a topic."""
    weight = weights(said)
    total = np.bincount(said.idea, weights=weight, minlength=len(page.texts))
    mean = np.bincount(said.idea, weights=weight * said.value, minlength=len(page.texts)) / np.maximum(total, 1e-12)
    freedom = float(np.maximum(total - 1.0, 0.0).sum())
    within = float((weight * (said.value - mean[said.idea]) ** 2).sum())
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
    found: list[Agreement] = []
    error = np.sqrt(hyper.vote_variance / judged.people)
    order = np.argsort(topics, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(topics[order])) + 1):
        few = np.random.default_rng(seed).permutation(mine)[:SAMPLE]
        pairs = ridge.agreement(forecast[few], judged.mean[few], error[few])
        if pairs is not None:
            found.append(Agreement(*pairs, people=float(judged.people[mine].mean())))
    return found


def _proved(page: Sheet, judged: Judged, hyper: Hyperparameters, forecast: Vector, fold: Rows, *, topics: int, seed: int) -> bool:
    """Whether a forecast of unseen topics is better than chance: by its errors, or where topics are few, better than luck."""
    if hyper.accuracy is None or hyper.accuracy <= 0.5:
        return False
    if topics >= SURE_TOPICS:
        return hyper.accuracy - ERRORS * hyper.error > 0.5
    found, chance = 0, np.random.default_rng(seed)
    wanted = _likeness(page, judged, hyper, forecast)
    for _deal in range(DEALS):
        dealt = ridge.dealt(page.topics[judged.ideas], chance)
        luck = replace(judged, mean=judged.mean[dealt], people=judged.people[dealt])
        rows, target, weight, _topics = compared(page, luck, hyper)
        found += _likeness(page, luck, hyper, ridge.leave_topics_out(rows, weight, target, fold).value) >= wanted
        if found > LUCKY:
            return False
    return True


def _likeness(page: Sheet, judged: Judged, hyper: Hyperparameters, forecast: Vector) -> float:
    """How opinions and what was foretold of them go together inside topics, -1..+1; says more of few votes than pairs do."""
    _rows, target, weight, topics = compared(page, judged, hyper)
    centred = ridge.centred(forecast, topics, weight)
    power = float((weight * centred**2).sum() * (weight * target**2).sum())
    return float((weight * centred * target).sum()) / math.sqrt(max(power, 1e-24))


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
        topic_penalty=ridge.residual_penalty(rows, weight, left, topics, seed=seed),
    )


def _person_penalty(page: Sheet, said: Opinions, judged: Judged, forecast: Vector, *, seed: int) -> float | None:
    """How strongly what one person adds must be shrunk, chosen over all people of the log at once."""
    known = said.person != NOBODY
    people, ideas = said.person[known], said.idea[known]
    if not len(people) or np.bincount(people).max() < PERSONAL * 3 // 2:
        return None
    opinion = np.zeros(len(page.texts))
    opinion[judged.ideas] = judged.mean
    # Others' mean of the idea is the fairest guess at it without this person; where there are none, the forecast is.
    total = np.bincount(ideas, minlength=len(page.texts))[ideas]
    guess = np.zeros(len(page.texts))
    guess[judged.ideas] = forecast
    others = (opinion[ideas] * total - said.value[known]) / np.maximum(total - 1, 1)
    left = said.value[known] - np.where(total > 1, others, guess[ideas])
    return ridge.residual_penalty(page.rows[ideas], np.ones(len(ideas)), left, people, seed=seed)
