"""One kind of task's taste as the votes stand: what is foretold of an idea, and what votes make of that.

It knows rows of features and opinions about them; whose team they are and where they come from is others' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from learning import ridge
from learning.features import AROUND, Matrix, around, surface
from learning.opinions import Opinions, voter_offsets, weights
from learning.ridge import Rows, Vector
from learning.sheets import NEAR, STRETCH, Sheet, within_sight
from learning.sounds import sounds
from learning.wording import Wording

VOTE_VARIANCE = 0.8  # of one opinion on -1..+1, where the log does not say: mostly 👍 and 👎, few of them alike
STRENGTHS = (1.0, 40.0)  #: people that a forecast may be worth, at the least and at the most
DOUBT = 0.5  # chance that a forecast good elsewhere is useless for a topic, before its votes speak; see docs/lab/ranking.md
OWN = 5  # judged ideas of a topic from which it adds to the forecast
PERSONAL = 20  # opinions of a person from which their own taste corrects the forecast
USUAL = 10.0  # people who must have spoken of a topic before its own mean counts more than 0


@dataclass(frozen=True, slots=True)
class Judged:
    """What opinions come to, idea by idea; only judged ideas have rows here."""

    ideas: Rows  #: rows of the sheet
    mean: Vector  #: opinion, freed of people's habits
    people: Vector  #: behind it, the very busy counted less

    @classmethod
    def of(cls, opinions: Opinions) -> Judged:
        """Sums the opinions up."""
        weight = weights(opinions)
        total = np.bincount(opinions.idea, weights=weight)
        value = np.bincount(opinions.idea, weights=weight * (opinions.value - voter_offsets(opinions)))
        ideas = np.flatnonzero(total > 0)
        people = np.asarray(total[ideas], dtype=np.float64)
        return cls(ideas, value[ideas] / people, people)


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What was learned of the kind as a whole; holds until it is learned anew, while votes come in."""

    accuracy: float | None  #: share of pairs of ideas of unseen topics ordered rightly; None: could not be tested
    error: float  #: its standard error, topics being the unit
    slope: float  #: of opinions on forecasts for unseen topics; 0: the forecast has no weight
    slope_variance: float  #: how much topics differ in it
    vote_variance: float  #: of one person's opinion of a given idea
    between: float  #: variance between ideas of one topic
    unexplained: float  #: what of that the forecast leaves
    penalty: float
    topic_penalties: tuple[tuple[int, float], ...]  #: of what a topic adds itself, from so many judged ideas on; (): nothing
    person_penalty: float | None  #: of what a person adds; None: it adds nothing
    wording: Wording | None
    offset: Vector  #: wording's part for each idea of the sheet, foretold without its topic, shape (ideas,)

    proved: bool = False  #: whether the forecast is better than luck; before that it weighs as much as that is likely

    @property
    def weighs(self) -> bool:
        """Whether the forecast has any weight."""
        return self.slope > 0

    @property
    def trusted(self) -> bool:
        """Whether the forecast has earned its weight."""
        return self.proved and self.weighs

    def topic_penalty(self, ideas: int) -> float | None:
        """Of what a topic with so many judged ideas adds; None: nothing."""
        found = [penalty for size, penalty in self.topic_penalties if size <= ideas]
        return found[-1] if found else None

    @property
    def strength(self) -> float:
        """People that a trusted forecast is worth."""
        return float(np.clip(self.vote_variance / max(self.unexplained, 1e-6), *STRENGTHS))


UNTRUSTED = Hyperparameters(
    accuracy=None,
    error=0.0,
    slope=0.0,
    slope_variance=0.0,
    vote_variance=VOTE_VARIANCE,
    between=0.0,
    unexplained=0.0,
    penalty=ridge.PENALTIES[-1],
    topic_penalties=(),
    person_penalty=None,
    wording=None,
    offset=np.zeros(0),
)


@dataclass(frozen=True, slots=True)
class Fit:
    """The forecast of one kind as the votes stand now."""

    sheet: Sheet
    hyperparameters: Hyperparameters
    coefficients: Vector  #: of each column, shape (columns,)
    topic_effects: dict[int, Vector] = field(default_factory=dict)  #: what topics add to it, by topic
    slopes: Vector = field(default_factory=lambda: np.zeros(0))  #: trust in the forecast, by topic
    usual: Vector = field(default_factory=lambda: np.zeros(0))  #: mean opinion, by topic
    prior: Vector = field(default_factory=lambda: np.zeros(0))  #: of each idea of the sheet without its own votes, -1..+1

    def foretell(self, texts: Sequence[str], vectors: Matrix, topic: int | None, topic_vector: Matrix | None) -> Vector:
        """What opinions of new ideas for one topic will be, less the topic's mean, shape (len(texts),); 0 without trust."""
        if not self.hyperparameters.weighs or not len(texts):
            return np.zeros(len(texts))
        rows = self.rows_of(texts, vectors, topic, topic_vector)
        value = self._pooled(rows, texts)
        if topic is not None and topic in self.topic_effects:
            value = value + rows @ self.topic_effects[topic].astype(np.float32)
        return np.asarray((self.hyperparameters.slope if topic is None else self.slopes[topic]) * value)

    def personal(
        self, texts: Sequence[str], vectors: Matrix, topic: int | None, topic_vector: Matrix | None, votes: dict[int, float]
    ) -> Vector:
        """What a person's own votes (by row of the sheet) add to the forecast of new ideas; 0 below `PERSONAL` of them.

        Their votes less what everybody's make of those ideas, less their own mean, in a ridge that is shrunk as strongly as the
        log asked for: people differ from their team more than they can show in a few dozen votes.
        """
        page, hyper = self.sheet, self.hyperparameters
        rows = np.array(sorted(votes), dtype=np.intp)
        if len(rows) < PERSONAL or hyper.person_penalty is None or not len(texts):
            return np.zeros(len(texts))
        mine = np.array([votes[row] for row in rows]) - self.prior[rows]
        unit_weights = np.ones(len(rows))
        centred_rows = page.rows[rows] - page.rows[rows].mean(axis=0)
        coefficients, _lift = ridge.residual(centred_rows, unit_weights, mine - mine.mean(), hyper.person_penalty)
        return np.asarray(self.rows_of(texts, vectors, topic, topic_vector) @ coefficients.astype(np.float32), dtype=np.float64)

    def rows_of(self, texts: Sequence[str], vectors: Matrix, topic: int | None, topic_vector: Matrix | None) -> Matrix:
        """The features of new ideas; place among a topic's ideas where enough of them are known, else the usual place."""
        known = self.sheet.vectors[self.sheet.topics == topic] if topic is not None else self.sheet.vectors[:0]
        place = around(vectors, topic_vector, np.concatenate([known, vectors]) if len(known) >= OWN else vectors[:0])
        raw = np.concatenate([surface(texts, self.sheet.vocabulary), sounds(texts), place], axis=1) * self.sheet.scale
        whole = np.concatenate([vectors * np.float32(STRETCH), raw], axis=1).astype(np.float32)
        rows = whole - (self.sheet.centre if topic is None else self.sheet.centres[topic])
        if len(known) < OWN:
            first = self.sheet.dimensions + len(NEAR) - len(AROUND)
            on_topic = rows[:, first + AROUND.index("on topic")].copy()
            rows[:, first:] = 0.0
            rows[:, first + AROUND.index("on topic")] = on_topic if topic_vector is not None else 0.0
        rows = within_sight(rows, self.sheet.dimensions)
        rows[:, self.sheet.sound] *= np.float32(self.sheet.loudness)
        return rows

    def _pooled(self, rows: Matrix, texts: Sequence[str]) -> Vector:
        value = rows @ self.coefficients.astype(np.float32)
        words = self.hyperparameters.wording
        return np.asarray(value if words is None else value + words.foretell(texts, rows[:, self.sheet.dimensions :]))


def refitted(fit: Fit, opinions: Opinions) -> Fit:
    """The same habits with the votes as they stand now: milliseconds."""
    page, hyper = fit.sheet, fit.hyperparameters
    count = int(page.topics.max()) + 1
    judged = Judged.of(opinions)
    topic_of = page.topics[judged.ideas]
    people = np.bincount(topic_of, weights=judged.people, minlength=count)
    usual = np.bincount(topic_of, weights=judged.people * judged.mean, minlength=count) / (people + USUAL)
    flat = replace(fit, usual=usual, slopes=np.zeros(count), topic_effects={}, prior=usual[page.topics])
    if not hyper.weighs or not len(judged.ideas):
        return flat
    rows, target, weight, topics = compared(page, judged, hyper)
    target = target - ridge.centred(hyper.offset[judged.ideas], topics, weight)
    matrix = ridge.gram(rows, weight)
    coefficients = ridge.solved(matrix, ridge.moment(rows, weight, target), hyper.penalty)
    lever = ridge.leverage(rows, weight, matrix, hyper.penalty)
    in_float32 = coefficients.astype(np.float32)
    left = target - rows @ in_float32
    forecast = page.rows @ in_float32 + hyper.offset
    topic_effects, lift = _topic_effects(hyper, rows, weight, topics, left)
    for topic, added in topic_effects.items():
        mine = page.topics == topic
        forecast[mine] += page.rows[mine] @ added.astype(np.float32)
    # What an idea's own votes did to its forecast is taken out again, as they will be counted beside it.
    lever = lever + (1.0 - lever) * lift
    whole = target + ridge.centred(hyper.offset[judged.ideas], topics, weight)
    shown = ridge.centred(forecast[judged.ideas], topics, weight)
    forecast[judged.ideas] -= lever / (1.0 - lever) * (whole - shown)
    slopes = _slopes(hyper, ridge.centred(forecast[judged.ideas], topics, weight), whole, weight, topics, count)
    level = np.bincount(topics, weights=weight * forecast[judged.ideas], minlength=count)
    mean = level / np.maximum(np.bincount(topics, weights=weight, minlength=count), 1e-12)
    prior = np.clip(usual[page.topics] + slopes[page.topics] * (forecast - mean[page.topics]), -0.95, 0.95)
    return replace(fit, coefficients=coefficients, topic_effects=topic_effects, slopes=slopes, usual=usual, prior=prior)


def compared(page: Sheet, judged: Judged, hyper: Hyperparameters) -> tuple[Matrix, Vector, Vector, Rows]:
    """Rows and targets of the judged ideas, centred inside topics; their weights; their topics."""
    topics = page.topics[judged.ideas]
    weight = judged.people / (judged.people + hyper.vote_variance / max(hyper.between, 1e-6))
    rows = ridge.centred(page.rows[judged.ideas], topics, weight)
    return rows, ridge.centred(judged.mean, topics, weight), weight, topics


def _topic_effects(
    hyper: Hyperparameters, rows: Matrix, weight: Vector, topics: Rows, left: Vector
) -> tuple[dict[int, Vector], Vector]:
    """What topics add to the forecast, and how much each row's own votes moved that."""
    topic_effects: dict[int, Vector] = {}
    lift = np.zeros(len(rows))
    if not hyper.topic_penalties:
        return topic_effects, lift
    sizes = np.bincount(topics)
    order = np.argsort(topics, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(topics[order])) + 1):
        topic = int(topics[mine[0]])
        penalty = hyper.topic_penalty(int(sizes[topic]))
        if penalty is not None:
            topic_effects[topic], lift[mine] = ridge.residual(rows[mine], weight[mine], left[mine], penalty)
    return topic_effects, lift


def _slopes(hyper: Hyperparameters, forecast: Vector, target: Vector, weight: Vector, topics: Rows, count: int) -> Vector:
    """How far each topic goes along with the forecast: as others do, unless its own votes speak against it.

    Before its votes a topic's slope is normal around the kind's, or, with chance `DOUBT`, the forecast is useless for it.
    """
    power = np.bincount(topics, weights=weight * forecast**2, minlength=count)
    product = np.bincount(topics, weights=weight * forecast * target, minlength=count)
    seen = product / np.maximum(power, 1e-9)
    error = hyper.between / np.maximum(power, 1e-9)
    useful = np.log(1.0 - DOUBT) + _log_normal(seen - hyper.slope, hyper.slope_variance + error)
    useless = np.log(DOUBT) + _log_normal(seen, error)
    mean = (hyper.slope / hyper.slope_variance + seen / error) / (1.0 / hyper.slope_variance + 1.0 / error)
    trusted = np.maximum(0.0, mean) / (1.0 + np.exp(np.clip(useless - useful, -50.0, 50.0)))
    return np.where(power > 1e-9, trusted, (1.0 - DOUBT) * hyper.slope)


def _log_normal(distance: Vector, variance: Vector) -> Vector:
    return np.asarray(-0.5 * distance**2 / variance - 0.5 * np.log(variance))
