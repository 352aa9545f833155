"""One kind of task's taste: what a model foretells of an idea, how far to trust it, and what votes make of that.

It knows rows of features and opinions about them; whose team they are and where they come from is others' business.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from learning import ridge, wording
from learning.features import AROUND, SURFACE, Matrix, Vocabulary, around, surface
from learning.opinions import NOBODY, Opinions, habits, weights
from learning.ridge import Agreement, Rows, Vector
from learning.wording import Wording

#: Unit vectors of 384 dimensions have a deviation of about 1/20 per column; so stretched they weigh like the surface features.
STRETCH = 20.0
FAR = 3.0  # deviations at which a surface column is cut: beyond what the log has seen a straight line leads astray
LOUDER = 1.5  # weight of one surface column against one of meaning: there are few of them and each says more
SHRUNK = 3.0  # ideas of a topic that must be known before its own centre counts more than everybody's
FEW_TOPICS, FEW_IDEAS = 4, 30  # judged; below, nothing can be held out
SAMPLE = 300  # ideas of one topic that are paired to test a forecast; 45 000 pairs say enough of one topic
ERRORS = 2.0  # standard errors by which a forecast must beat chance before it has any weight
#: Of fewer topics that error says too little: one forecast is tried on several, and they teach one another. There the same votes,
#: dealt anew among the ideas of each topic, say what luck can do; 2 of 131 deals may match it, as rare as two errors are.
SURE_TOPICS, DEALS, LUCKY = 30, 131, 2
VOTE_VARIANCE = 0.8  # of one opinion on -1..+1, where the log does not say: mostly 👍 and 👎, few of them alike
STRENGTHS = (1.0, 40.0)  #: people that a forecast may be worth, at the least and at the most
DOUBT = 0.5  # chance that a forecast good elsewhere is useless for a topic, before its votes speak; see docs/lab.md
OWN = 5  # judged ideas of a topic from which it adds to the forecast
PERSONAL = 20  # opinions of a person from which their own taste corrects the forecast
USUAL = 10.0  # people who must have spoken of a topic before its own mean counts more than 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The features of one kind's ideas, fixed when it is learned."""

    texts: tuple[str, ...]
    topics: Rows  #: of each idea
    rows: Matrix  #: meaning and surface, centred inside topics, shape (ideas, columns)
    dimensions: int  #: of meaning; the columns after it are surface and place
    vocabulary: Vocabulary
    scale: Matrix  #: what raw surface and place are multiplied with, shape (len(SURFACE) + len(AROUND),)
    vectors: Matrix  #: as embedded, shape (ideas, dimensions)
    centres: Matrix  #: mean raw row of each topic, shape (topics, columns)
    centre: Matrix  #: mean raw row of all, shape (columns,)

    @property
    def near_surface(self) -> Matrix:
        """The columns of surface and place."""
        return self.rows[:, self.dimensions :]


def sheet(texts: Sequence[str], vectors: Matrix, topics: Rows, topic_vectors: Matrix | None) -> Sheet:
    """The features of ideas.

    Args:
        texts: of the ideas.
        vectors: unit length, shape (ideas, dimensions); dimensions is 0 where nothing embeds.
        topics: the topic of each idea, 0..topics-1, each with at least one idea.
        topic_vectors: shape (topics, dimensions), or None.
    """
    vocabulary = Vocabulary.of(texts)
    place = np.zeros((len(texts), len(AROUND)), dtype=np.float32)
    for topic in range(int(topics.max()) + 1):
        mine = np.flatnonzero(topics == topic)
        place[mine] = around(vectors[mine], None if topic_vectors is None else topic_vectors[topic], vectors[mine])
    near_surface = np.concatenate([surface(texts, vocabulary), place], axis=1)
    even = np.ones(len(texts))
    spread = ridge.centred(near_surface, topics, even).std(axis=0)
    scale = np.where(spread > 1e-6, LOUDER / np.maximum(spread, 1e-6), 0.0).astype(np.float32)
    raw = np.concatenate([vectors * np.float32(STRETCH), near_surface * scale], axis=1).astype(np.float32)
    centre = raw.mean(axis=0)
    sizes = np.bincount(topics)
    sums = np.zeros((len(sizes), raw.shape[1]), dtype=np.float32)
    np.add.at(sums, topics, raw)
    centres = ((sums + SHRUNK * centre) / (sizes + SHRUNK)[:, None]).astype(np.float32)
    return Sheet(
        texts=tuple(texts),
        topics=topics,
        rows=within_sight(raw - centres[topics], vectors.shape[1]),
        dimensions=vectors.shape[1],
        vocabulary=vocabulary,
        scale=scale,
        vectors=vectors,
        centres=centres,
        centre=centre,
    )


def within_sight(rows: Matrix, dimensions: int) -> Matrix:
    """The rows with the columns after `dimensions` cut to `FAR` deviations."""
    near = np.clip(rows[:, dimensions:], -FAR * LOUDER, FAR * LOUDER)
    return np.concatenate([rows[:, :dimensions], near], axis=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """What opinions come to, idea by idea; only judged ideas have rows here."""

    ideas: Rows  #: rows of the sheet
    mean: Vector  #: opinion, freed of people's habits
    people: Vector  #: behind it, the very busy counted less

    @classmethod
    def of(cls, said: Opinions) -> Judged:
        """Sums the opinions up."""
        weight = weights(said)
        total = np.bincount(said.idea, weights=weight)
        value = np.bincount(said.idea, weights=weight * (said.value - habits(said)))
        ideas = np.flatnonzero(total > 0)
        people = np.asarray(total[ideas], dtype=np.float64)
        return cls(ideas, value[ideas] / people, people)


@dataclass(frozen=True, slots=True)
class Habits:
    """What was learned of the kind as a whole; holds until it is learned anew, while votes come in."""

    accuracy: float | None  #: share of pairs of ideas of unseen topics ordered rightly; None: could not be tested
    error: float  #: its standard error, topics being the unit
    slope: float  #: of opinions on forecasts for unseen topics; 0: the forecast has no weight
    slope_variance: float  #: how much topics differ in it
    vote_variance: float  #: of one person's opinion of a given idea
    between: float  #: variance between ideas of one topic
    unexplained: float  #: what of that the forecast leaves
    penalty: float
    own_penalty: float | None  #: of what a topic adds itself; None: it adds nothing
    person_penalty: float | None  #: of what a person adds; None: it adds nothing
    wording: Wording | None
    offset: Vector  #: wording's part for each idea of the sheet, foretold without its topic, shape (ideas,)

    @property
    def trusted(self) -> bool:
        """Whether the forecast has earned any weight."""
        return self.slope > 0

    @property
    def strength(self) -> float:
        """People that a trusted forecast is worth."""
        return float(np.clip(self.vote_variance / max(self.unexplained, 1e-6), *STRENGTHS))


UNTRUSTED = Habits(
    accuracy=None,
    error=0.0,
    slope=0.0,
    slope_variance=0.0,
    vote_variance=VOTE_VARIANCE,
    between=0.0,
    unexplained=0.0,
    penalty=ridge.PENALTIES[-1],
    own_penalty=None,
    person_penalty=None,
    wording=None,
    offset=np.zeros(0),
)


@dataclass(frozen=True, slots=True)
class Fit:
    """The forecast of one kind as the votes stand now."""

    sheet: Sheet
    habits: Habits
    worth: Vector  #: of each column, shape (columns,)
    own: dict[int, Vector] = field(default_factory=dict)  #: what topics add to it, by topic
    slopes: Vector = field(default_factory=lambda: np.zeros(0))  #: trust in the forecast, by topic
    usual: Vector = field(default_factory=lambda: np.zeros(0))  #: mean opinion, by topic
    prior: Vector = field(default_factory=lambda: np.zeros(0))  #: of each idea of the sheet without its own votes, -1..+1

    def foretell(self, texts: Sequence[str], vectors: Matrix, topic: int | None, topic_vector: Matrix | None) -> Vector:
        """What opinions of new ideas for one topic will be, less the topic's mean, shape (len(texts),); 0 without trust."""
        if not self.habits.trusted or not len(texts):
            return np.zeros(len(texts))
        rows = self.rows_of(texts, vectors, topic, topic_vector)
        value = self._pooled(rows, texts)
        if topic is not None and topic in self.own:
            value = value + rows @ self.own[topic].astype(np.float32)
        return np.asarray((self.habits.slope if topic is None else self.slopes[topic]) * value)

    def personal(
        self, texts: Sequence[str], vectors: Matrix, topic: int | None, topic_vector: Matrix | None, said: dict[int, float]
    ) -> Vector:
        """What a person's own votes (by row of the sheet) add to the forecast of new ideas; 0 below `PERSONAL` of them.

        Their votes less what everybody's make of those ideas, less their own mean, in a ridge that is shrunk as strongly as the
        log asked for: people differ from their team more than they can show in a few dozen votes.
        """
        page, base = self.sheet, self.habits
        rows = np.array(sorted(said), dtype=np.intp)
        if len(rows) < PERSONAL or base.person_penalty is None or not len(texts):
            return np.zeros(len(texts))
        mine = np.array([said[row] for row in rows]) - self.prior[rows]
        even = np.ones(len(rows))
        narrow = page.rows[rows] - page.rows[rows].mean(axis=0)
        worth, _lift = ridge.residual(narrow, even, mine - mine.mean(), base.person_penalty)
        return np.asarray(self.rows_of(texts, vectors, topic, topic_vector) @ worth.astype(np.float32), dtype=np.float64)

    def rows_of(self, texts: Sequence[str], vectors: Matrix, topic: int | None, topic_vector: Matrix | None) -> Matrix:
        """The features of new ideas; place among a topic's ideas where enough of them are known, else the usual place."""
        known = self.sheet.vectors[self.sheet.topics == topic] if topic is not None else self.sheet.vectors[:0]
        place = around(vectors, topic_vector, np.concatenate([known, vectors]) if len(known) >= OWN else vectors[:0])
        raw = np.concatenate([surface(texts, self.sheet.vocabulary), place], axis=1) * self.sheet.scale
        whole = np.concatenate([vectors * np.float32(STRETCH), raw], axis=1).astype(np.float32)
        rows = whole - (self.sheet.centre if topic is None else self.sheet.centres[topic])
        if len(known) < OWN:
            first = self.sheet.dimensions + len(SURFACE)
            on_topic = rows[:, first + AROUND.index("on topic")].copy()
            rows[:, first:] = 0.0
            rows[:, first + AROUND.index("on topic")] = on_topic if topic_vector is not None else 0.0
        return within_sight(rows, self.sheet.dimensions)

    def _pooled(self, rows: Matrix, texts: Sequence[str]) -> Vector:
        value = rows @ self.worth.astype(np.float32)
        words = self.habits.wording
        return np.asarray(value if words is None else value + words.foretell(texts, rows[:, self.sheet.dimensions :]))


def learned(page: Sheet, said: Opinions, *, seed: int = 0) -> Fit:
    """Learns a kind anew: how much votes vary, what foretells them, whether that can be trusted. Seconds; leave the loop.

    Args:
        page: the kind's ideas, those nobody judged included.
        said: opinions of them.
        seed: of the folds.
    """
    judged = Judged.of(said)
    noise, between = _variances(page, said, judged)
    base = replace(UNTRUSTED, vote_variance=noise, between=between, offset=np.zeros(len(page.texts)))
    per_topic = np.bincount(page.topics[judged.ideas], minlength=1)
    if len(judged.ideas) < FEW_IDEAS or int((per_topic > 1).sum()) < FEW_TOPICS:
        return refitted(Fit(page, base, np.zeros(page.rows.shape[1])), said)
    rows, target, weight, topics = _compared(page, judged, base)
    fold = ridge.folds_of(topics, seed=seed)
    found = ridge.leave_topics_out(rows, weight, target, fold)
    base = replace(base, penalty=found.penalty)
    forecast, base = _with_wording(page, judged, base, found.value, fold, seed=seed)
    shares = _agreements(forecast, judged, base, topics, seed=seed)
    if not shares:
        return refitted(Fit(page, base, np.zeros(page.rows.shape[1])), said)
    accuracy, error = ridge.mean_and_error(shares)
    base = replace(base, accuracy=accuracy, error=error)
    if _proved(page, judged, base, found.value, fold, topics=len(shares), seed=seed):
        base = _trusting(base, judged, rows, forecast, target, weight, topics, seed=seed)
        base = replace(base, person_penalty=_person_penalty(page, said, judged, forecast * base.slope, seed=seed))
    return refitted(Fit(page, base, np.zeros(page.rows.shape[1])), said)


def refitted(fit: Fit, said: Opinions) -> Fit:
    """The same habits with the votes as they stand now: milliseconds."""
    page, base = fit.sheet, fit.habits
    count = int(page.topics.max()) + 1
    judged = Judged.of(said)
    topic_of = page.topics[judged.ideas]
    people = np.bincount(topic_of, weights=judged.people, minlength=count)
    usual = np.bincount(topic_of, weights=judged.people * judged.mean, minlength=count) / (people + USUAL)
    flat = replace(fit, usual=usual, slopes=np.zeros(count), own={}, prior=usual[page.topics])
    if not base.trusted or not len(judged.ideas):
        return flat
    rows, target, weight, topics = _compared(page, judged, base)
    target = target - ridge.centred(base.offset[judged.ideas], topics, weight)
    matrix = ridge.gram(rows, weight)
    worth = ridge.solved(matrix, ridge.moment(rows, weight, target), base.penalty)
    lever = ridge.leverage(rows, weight, matrix, base.penalty)
    narrow = worth.astype(np.float32)
    left = target - rows @ narrow
    forecast = page.rows @ narrow + base.offset
    own, lift = _own(page, judged, base, rows, weight, topics, left)
    for topic, added in own.items():
        mine = page.topics == topic
        forecast[mine] += page.rows[mine] @ added.astype(np.float32)
    # What an idea's own votes did to its forecast is taken out again, as they will be counted beside it.
    lever = lever + (1.0 - lever) * lift
    whole = target + ridge.centred(base.offset[judged.ideas], topics, weight)
    shown = ridge.centred(forecast[judged.ideas], topics, weight)
    forecast[judged.ideas] -= lever / (1.0 - lever) * (whole - shown)
    slopes = _slopes(base, ridge.centred(forecast[judged.ideas], topics, weight), whole, weight, topics, count)
    level = np.bincount(topics, weights=weight * forecast[judged.ideas], minlength=count)
    mean = level / np.maximum(np.bincount(topics, weights=weight, minlength=count), 1e-12)
    prior = np.clip(usual[page.topics] + slopes[page.topics] * (forecast - mean[page.topics]), -0.95, 0.95)
    return replace(fit, worth=worth, own=own, slopes=slopes, usual=usual, prior=prior)


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


def _compared(page: Sheet, judged: Judged, base: Habits) -> tuple[Matrix, Vector, Vector, Rows]:
    """Rows and targets of the judged ideas, centred inside topics; their weights; their topics."""
    topics = page.topics[judged.ideas]
    weight = judged.people / (judged.people + base.vote_variance / max(base.between, 1e-6))
    rows = ridge.centred(page.rows[judged.ideas], topics, weight)
    return rows, ridge.centred(judged.mean, topics, weight), weight, topics


def _agreements(forecast: Vector, judged: Judged, base: Habits, topics: Rows, *, seed: int) -> list[Agreement]:
    """How well forecasts order each topic's ideas."""
    found: list[Agreement] = []
    error = np.sqrt(base.vote_variance / judged.people)
    order = np.argsort(topics, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(topics[order])) + 1):
        few = np.random.default_rng(seed).permutation(mine)[:SAMPLE]
        pairs = ridge.agreement(forecast[few], judged.mean[few], error[few])
        if pairs is not None:
            found.append(Agreement(*pairs, people=float(judged.people[mine].mean())))
    return found


def _proved(page: Sheet, judged: Judged, base: Habits, forecast: Vector, fold: Rows, *, topics: int, seed: int) -> bool:
    """Whether a forecast of unseen topics is better than chance: by its errors, or where topics are few, better than luck."""
    if base.accuracy is None or base.accuracy <= 0.5:
        return False
    if topics >= SURE_TOPICS:
        return base.accuracy - ERRORS * base.error > 0.5
    found, chance = 0, np.random.default_rng(seed)
    wanted = _likeness(page, judged, base, forecast)
    for _deal in range(DEALS):
        dealt = ridge.dealt(page.topics[judged.ideas], chance)
        luck = replace(judged, mean=judged.mean[dealt], people=judged.people[dealt])
        rows, target, weight, _topics = _compared(page, luck, base)
        found += _likeness(page, luck, base, ridge.leave_topics_out(rows, weight, target, fold).value) >= wanted
        if found > LUCKY:
            return False
    return True


def _likeness(page: Sheet, judged: Judged, base: Habits, forecast: Vector) -> float:
    """How opinions and what was foretold of them go together inside topics, -1..+1; says more of few votes than pairs do."""
    _rows, target, weight, topics = _compared(page, judged, base)
    centred = ridge.centred(forecast, topics, weight)
    power = float((weight * centred**2).sum() * (weight * target**2).sum())
    return float((weight * centred * target).sum()) / math.sqrt(max(power, 1e-24))


def _with_wording(
    page: Sheet, judged: Judged, base: Habits, forecast: Vector, fold: NDArray[np.intp], *, seed: int
) -> tuple[Vector, Habits]:
    """Adds words and trees where there are enough judged ideas and where they order unseen topics better."""
    if len(judged.ideas) < wording.ENOUGH or not any(page.texts):  # media have no words that are theirs
        return forecast, base
    rows, target, weight, topics = _compared(page, judged, base)
    texts = np.array(page.texts, dtype=object)[judged.ideas]
    near = page.near_surface[judged.ideas]
    added = np.zeros(len(texts))

    def fitted(part: NDArray[np.bool_]) -> Wording:
        worth = ridge.solved(
            ridge.gram(rows[part], weight[part]), ridge.moment(rows[part], weight[part], target[part]), base.penalty
        )
        left = target[part] - rows[part] @ worth.astype(np.float32)
        return wording.fitted(list(texts[part]), near[part], target[part], left, weight[part], seed=seed)

    for number in range(ridge.FOLDS):
        out = fold == number
        if out.any():
            added[out] = fitted(~out).foretell(list(texts[out]), near[out])
    without = _agreements(forecast, judged, base, topics, seed=seed)
    better = _agreements(forecast + added, judged, base, topics, seed=seed)
    if not without or ridge.mean_and_error(better)[0] <= ridge.mean_and_error(without)[0]:
        return forecast, base
    words = fitted(np.ones(len(texts), dtype=np.bool_))
    offset = words.foretell(page.texts, page.near_surface)
    offset[judged.ideas] = added
    return forecast + added, replace(base, wording=words, offset=offset)


def _trusting(
    base: Habits, judged: Judged, rows: Matrix, forecast: Vector, target: Vector, weight: Vector, topics: Rows, *, seed: int
) -> Habits:
    """How far to go along with a forecast that beats chance, and what it leaves unexplained."""
    centred = ridge.centred(forecast, topics, weight)
    power = np.bincount(topics, weights=weight * centred**2)
    product = np.bincount(topics, weights=weight * centred * target)
    slope = float(np.clip(product.sum() / max(power.sum(), 1e-12), 0.0, 1.2))
    there = power > 1e-9
    apart = product[there] / power[there] - slope
    # Σ power (b_t - b)² is expected to be topics x between-idea variance + Σ power x the slopes' own variance.
    varied = (float((power[there] * apart**2).sum()) - base.between * int(there.sum())) / max(float(power[there].sum()), 1e-12)
    left = target - slope * centred
    people = 1.0 / float(np.mean(1.0 / judged.people))
    unexplained = float((left**2).sum()) / max(len(left) - len(np.unique(topics)), 1) - base.vote_variance / people
    return replace(
        base,
        slope=slope,
        slope_variance=float(np.clip(varied, 0.02, 1.0)),
        unexplained=max(unexplained, base.between / 5),
        own_penalty=ridge.residual_penalty(rows, weight, left, topics, seed=seed),
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


def _own(
    page: Sheet, judged: Judged, base: Habits, rows: Matrix, weight: Vector, topics: Rows, left: Vector
) -> tuple[dict[int, Vector], Vector]:
    """What topics add to the forecast, and how much each row's own votes moved that."""
    own: dict[int, Vector] = {}
    lift = np.zeros(len(rows))
    if base.own_penalty is None:
        return own, lift
    sizes = np.bincount(topics)
    order = np.argsort(topics, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(topics[order])) + 1):
        topic = int(topics[mine[0]])
        if sizes[topic] >= OWN:
            own[topic], lift[mine] = ridge.residual(rows[mine], weight[mine], left[mine], base.own_penalty)
    return own, lift


def _slopes(base: Habits, forecast: Vector, target: Vector, weight: Vector, topics: Rows, count: int) -> Vector:
    """How far each topic goes along with the forecast: as others do, unless its own votes speak against it.

    Before its votes a topic's slope is normal around the kind's, or, with chance `DOUBT`, the forecast is useless for it.
    """
    power = np.bincount(topics, weights=weight * forecast**2, minlength=count)
    product = np.bincount(topics, weights=weight * forecast * target, minlength=count)
    seen = product / np.maximum(power, 1e-9)
    error = base.between / np.maximum(power, 1e-9)
    useful = np.log(1.0 - DOUBT) + _log_normal(seen - base.slope, base.slope_variance + error)
    useless = np.log(DOUBT) + _log_normal(seen, error)
    mean = (base.slope / base.slope_variance + seen / error) / (1.0 / base.slope_variance + 1.0 / error)
    trusted = np.maximum(0.0, mean) / (1.0 + np.exp(np.clip(useless - useful, -50.0, 50.0)))
    return np.where(power > 1e-9, trusted, (1.0 - DOUBT) * base.slope)


def _log_normal(distance: Vector, variance: Vector) -> Vector:
    return np.asarray(-0.5 * distance**2 / variance - 0.5 * np.log(variance))
