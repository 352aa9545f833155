"""The evidence for and against a new version, against what can be worked out by hand and by exact enumeration."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.canary import ENOUGH, MOST, balance, decided, evidence, interval
from tests.bench.canary import fates, median, shared_slates


def test_evidence_begins_at_one_and_is_the_mean_likelihood_ratio_under_its_prior() -> None:
    shares = np.linspace(0.5, 1.0, 200_001)[1:-1]
    prior = shares**5 * (1 - shares) ** 3
    prior /= prior.sum()

    assert evidence(0, 0) == pytest.approx(1.0)
    for new, old in ((1, 0), (0, 1), (9, 4), (40, 25)):
        assert evidence(new, old) == pytest.approx(float((prior * (2 * shares) ** new * (2 - 2 * shares) ** old).sum()), rel=1e-4)


def test_evidence_is_one_on_average_when_nobody_can_tell_and_less_when_the_new_version_is_worse() -> None:
    fair = sum(comb(12, new) * 0.5**12 * evidence(new, 12 - new) for new in range(13))
    worse = sum(comb(12, new) * 0.4**new * 0.6 ** (12 - new) * evidence(new, 12 - new) for new in range(13))

    assert fair == pytest.approx(1.0)
    assert worse < 1.0


@given(st.integers(0, 300), st.integers(0, 300))
def test_one_more_win_is_more_evidence_and_one_more_loss_is_less(new: int, old: int) -> None:
    assert evidence(new + 1, old) > evidence(new, old) > evidence(new, old + 1)


def test_a_version_that_is_no_better_is_promoted_less_than_once_in_twenty_trials_and_a_good_one_nearly_always() -> None:
    even, some, good = fates(0.5), fates(0.6), fates(0.7)

    assert sum(float(part.sum()) for part in even.values()) == pytest.approx(1.0)
    assert even["won"].sum() == pytest.approx(even["lost"].sum())
    assert even["won"].sum() <= 1 / ENOUGH
    assert some["won"].sum() > 0.9
    assert 100 < median(some["won"]) < 160  # the notes say about 130
    assert good["won"].sum() > 0.999
    assert median(good["won"]) < 50


def test_the_first_decision_stays_whatever_comes_after_it() -> None:
    wins = [True] * 30

    stands = balance(wins + [False] * 200)

    assert stands.decision == "won"
    assert stands.old == 0
    assert decided(stands.new - 1, 0) == ""
    assert balance([False] * 30).decision == "lost"
    assert balance([True, False] * (MOST // 2)).decision == "even"
    assert balance([True, False] * (MOST // 2 - 1)).decision == ""


def test_the_interval_holds_at_all_times_together() -> None:
    """Every path of ten comparisons, exactly: the share that ever leaves .5 outside is at most one in twenty."""
    outside = sum(
        any(not low <= 0.5 <= high for low, high in (interval(sum(path[:n]), n - sum(path[:n])) for n in range(1, 11)))
        for path in product((False, True), repeat=10)
    )

    assert outside / 2**10 <= 0.05
    low, high = interval(70, 30)
    assert 0.5 < low < 0.7 < high < 0.85
    assert interval(0, 0) == (pytest.approx(0.001), pytest.approx(0.999))


def test_counting_each_voter_of_a_slate_would_promote_what_is_no_better_and_counting_slates_does_not() -> None:
    each = shared_slates(60, voters=5, luck=1.0, each_vote=True, seed=3)
    slates = shared_slates(60, voters=5, luck=1.0, each_vote=False, seed=3)

    assert each > 0.1
    assert slates <= 0.05
