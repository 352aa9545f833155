"""Why an idea is foretold what it is: what the forecast owes to each group of features, said only where taking it away agrees."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.ports import Reason
from learning.forecast import Fit, Judged, compared, refitted
from learning.opinions import Opinions
from learning.ridge import Vector
from learning.sheets import NEAR

ORIGINALITY = frozenset({"typical", "nearest", "crowded", "rarity", "rarest", "commonest"})
LENGTH = frozenset({"characters", "words", "sentences"})
GROUPS = ("meaning", "originality", "length", "wording")
#: Columns whose mean says on which side of the topic's other ideas an idea lies, and which way is "more".
SIDES = {"originality": (("typical", "nearest", "crowded"), -1.0), "length": (("characters", "words"), 1.0)}
PLAIN = 0.15  # deviations from the topic's other ideas below which an idea lies on neither side
KEPT = 0.2  # of an amount that must go when its columns are taken away
SHY = 10.0  # penalty, in ideas, of what length explains of meanings: three columns, thirty ideas at the least


@dataclass(frozen=True, slots=True)
class Groups:
    """What a forecast owes to each group of features, for every idea of a kind, before and after the group is taken away."""

    amounts: dict[str, Vector]  #: against the topic's average idea, shape (ideas,)
    without: dict[str, Vector]  #: how much lower an idea is foretold without the group's columns, learned anew, shape (ideas,)
    sides: dict[str, Vector]  #: how far it lies above the topic's other ideas, in deviations, shape (ideas,)

    def of(self, row: int) -> list[Reason]:
        """What can be said of an idea: where taking the columns away moves it the same way."""
        found: list[Reason] = []
        for what, amounts in self.amounts.items():
            amount, gone = float(amounts[row]), float(self.without[what][row])
            if gone * amount <= 0 or abs(gone) < KEPT * abs(amount):
                continue
            if what not in self.sides:
                found.append(Reason(what=what, amount=amount))
            elif side := self._side(what, row):
                found.append(Reason(what=what, amount=amount, side=side))
        return found

    def _side(self, what: str, row: int) -> str:
        """On which side the idea lies; "" where that is not plain, or where it moves the idea against how the team leans."""
        sides, amounts = self.sides[what], self.amounts[what]
        leaning = float(sides @ amounts)
        if abs(sides[row]) < PLAIN or leaning * sides[row] * amounts[row] <= 0:
            return ""
        return "more" if sides[row] > 0 else "less"


def grouped(fit: Fit, said: Opinions) -> Groups:
    """Takes a trusted forecast apart: one refit a group, so a tenth of a second where ideas are thousands; leave the loop."""
    page = fit.sheet
    judged = Judged.of(said)
    _rows, _target, weight, topics = compared(page, judged, fit.hyperparameters)
    count = int(page.topics.max()) + 1
    total = np.maximum(np.bincount(topics, weights=weight, minlength=count), 1e-12)

    def against_topic(values: NDArray[np.floating]) -> Vector:
        mean = np.bincount(topics, weights=weight * values[judged.ideas], minlength=count) / total
        return np.asarray(values - mean[page.topics], dtype=np.float64)

    worth = fit.coefficients + np.stack([fit.topic_effects.get(topic, np.zeros(page.rows.shape[1])) for topic in range(count)])
    columns = columns_of(page.dimensions, page.rows.shape[1])
    slopes = fit.slopes[page.topics]
    parts = {
        what: slopes * against_topic(np.einsum("ij,ij->i", page.rows[:, mine], worth[page.topics][:, mine]))
        for what, mine in columns.items()
    }
    parts["wording"] += slopes * against_topic(fit.hyperparameters.offset)
    # A sentence's vector tells its length, too: what length explains of the meaning's part is length's.
    lengths = np.stack([against_topic(page.rows[:, column]) for column in columns["length"]], axis=1)
    square = lengths.T @ lengths + SHY * np.eye(lengths.shape[1])
    carried = lengths @ np.linalg.solve(square, lengths.T @ parts["meaning"])
    parts["meaning"] = parts["meaning"] - carried
    parts["length"] = parts["length"] + carried
    without = {}
    for what, mine in columns.items():
        rows = page.rows.copy()
        rows[:, mine] = 0.0
        without[what] = fit.prior - refitted(replace(fit, sheet=replace(page, rows=rows)), said).prior
    sides = {
        what: way * np.mean([against_topic(page.rows[:, page.dimensions + NEAR.index(name)]) for name in some], axis=0)
        for what, (some, way) in SIDES.items()
    }
    return Groups(parts, without, sides)


def columns_of(dimensions: int, width: int) -> dict[str, NDArray[np.intp]]:
    """The columns of each group; nearness to the topic is meaning, whatever is no other group's is wording."""
    of = ["meaning"] * dimensions
    for name in NEAR:
        of.append(
            "meaning"
            if name == "on topic"
            else "originality"
            if name in ORIGINALITY
            else "length"
            if name in LENGTH
            else "wording"
        )
    assert len(of) == width
    return {what: np.flatnonzero(np.array(of) == what) for what in GROUPS}
