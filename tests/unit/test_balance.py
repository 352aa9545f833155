"""Weights that make what is chosen as long as what is rejected, and no more unequal than that takes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.balance import balanced, effective

PAIRS = st.lists(st.tuples(st.floats(0.5, 1.0), st.integers(-12, 12)), min_size=2, max_size=40)


def test_lengths_balance_and_the_weights_keep_their_sum() -> None:
    weights, longer = [0.8, 0.9, 1.0, 0.8, 0.95], [-6, -3, -1, 2, 5]

    left = balanced(weights, longer) * weights

    assert np.dot(weights, longer) == pytest.approx(-2.15)
    assert left @ longer == pytest.approx(0.0, abs=1e-6)
    assert left.sum() == pytest.approx(sum(weights))
    assert left[4] > weights[4]
    assert left[0] < weights[0]


def test_pairs_that_are_as_long_on_average_already_are_left_alone() -> None:
    assert balanced([1.0, 1.0, 0.9], [-2, 2, 0]) == pytest.approx(1.0)
    assert balanced([0.8, 0.9], [3, 3]) == pytest.approx(1.0)  # all alike: nothing to weigh against
    assert len(balanced([], [])) == 0


@given(PAIRS)
def test_no_few_pairs_carry_all_and_the_imbalance_never_grows(pairs: list[tuple[float, int]]) -> None:
    weights, longer = (np.array(column, dtype=np.float64) for column in zip(*pairs, strict=True))

    left = balanced(weights, longer) * weights

    assert (left > 0).all()
    assert left.sum() == pytest.approx(weights.sum())
    assert abs(left @ longer) <= abs(weights @ longer) + 1e-6
    assert effective(left) >= 0.5 * effective(weights) - 1e-6


def test_where_nearly_everything_chosen_is_shorter_half_of_the_evidence_is_kept_rather_than_the_balance() -> None:
    left = balanced([1.0] * 20, [-4] * 19 + [1])

    assert left @ np.array([-4] * 19 + [1]) < -1
    assert effective(left) == pytest.approx(10.0, abs=0.01)
