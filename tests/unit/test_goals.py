"""By how much drafts are to become likelier: the model that maximises what is foretold near the base, evened in length."""

from __future__ import annotations

import numpy as np
import pytest

from learning.goals import FAR, LONGER, goals, less_usual, level, softmax, standardised
from learning.labelling import holding


def test_goals_leave_the_share_of_all_drafts_as_it_was() -> None:
    values = np.array([-1.0, 0.0, 2.0])

    nats = goals(values, 1.5)

    assert np.exp(nats).mean() == pytest.approx(1.0)
    assert nats - nats[0] == pytest.approx(1.5 * (values - values[0]))


def test_a_draft_that_cannot_be_shown_loses_its_nats_and_changes_nothing_among_the_others() -> None:
    values = np.array([-1.0, 1.0])

    with_broken, without = goals(values, 1.0, unwanted=1, loss=2.0), goals(values, 1.0)

    assert with_broken[:2] == pytest.approx(without)
    assert with_broken[2] == pytest.approx(without[0] - 1.0)


def test_what_is_foretold_from_afar_is_pushed_no_further() -> None:
    far, farther = goals(np.array([0.0, FAR]), 1.0), goals(np.array([0.0, 9.0]), 1.0)

    assert far == pytest.approx(farther)


def test_topics_are_centred_and_keep_how_much_their_drafts_differ() -> None:
    loud, still = standardised([np.array([1.0, 3.0]), np.array([4.9, 5.1])])

    assert (loud.mean(), still.mean()) == (pytest.approx(0.0), pytest.approx(0.0))
    assert np.ptp(loud) == pytest.approx(10 * np.ptp(still))
    assert np.concatenate([loud, still]).std() == pytest.approx(1.0)


def test_a_forecast_that_tells_nothing_apart_asks_for_nothing() -> None:
    (values,) = standardised([np.array([0.3, 0.3, 0.3])])

    assert goals(values, 3.0) == pytest.approx(np.zeros(3))


def test_what_was_written_for_many_topics_is_worth_less() -> None:
    counts = holding([["Aurora", "The Tea Leaf"], ["aurora!", "The Spoke"]])
    values = less_usual([np.zeros(2), np.zeros(2)], counts)

    assert [count.tolist() for count in counts] == [[2, 1], [2, 1]]
    for one in values:
        assert one[1] - one[0] == pytest.approx(np.log(2))


def changed(values: list[np.ndarray], lengths: list[np.ndarray]) -> float:
    """Share by which drafts become longer where they become likelier by these values."""
    return float(np.mean([softmax(2.0 * one) @ length / length.mean() - 1 for one, length in zip(values, lengths, strict=True)]))


@pytest.mark.parametrize(("slope", "left"), [(-1.0, -LONGER), (0.7, LONGER), (0.1, None)])
def test_a_taste_that_goes_with_length_is_heard_as_far_as_lengths_may_change(slope: float, left: float | None) -> None:
    chance = np.random.default_rng(1)
    lengths = [np.maximum(chance.normal(14.0, 4.0, 24), 2.0) for _topic in range(20)]
    values = standardised([slope * (one - 14.0) / 4.0 + chance.normal(0.0, 1.0, 24) for one in lengths])
    before = changed(values, lengths)

    evened = level(values, lengths, 2.0)

    assert changed(evened, lengths) == pytest.approx(before if left is None else left, abs=1e-6)
    assert abs(before) > LONGER if left else abs(before) < LONGER
