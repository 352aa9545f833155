"""Losses, against numbers worked out by hand."""

from __future__ import annotations

from math import exp, log

import pytest
import torch

from learning.tuners._losses import dpo_loss, unpaired_loss


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def a_pair() -> dict[str, torch.Tensor]:
    # h = 0.5 ((-4 + 6) - (-7 + 5)) = 2
    numbers = {"chosen": -4.0, "rejected": -7.0, "ref_chosen": -6.0, "ref_rejected": -5.0}
    return {name: torch.tensor([number]) for name, number in numbers.items()}


def test_a_sure_pair_costs_minus_log_sigmoid_of_its_margin() -> None:
    for robust in (False, True):
        found = dpo_loss(**a_pair(), beta=0.5, smoothing=0.0, robust=robust)
        assert found.item() == pytest.approx(-log(sigmoid(2)))


def test_smoothing_mixes_in_the_loss_of_the_turned_pair() -> None:
    found = dpo_loss(**a_pair(), beta=0.5, smoothing=0.1, robust=False)

    assert found.item() == pytest.approx(-0.9 * log(sigmoid(2)) - 0.1 * log(sigmoid(-2)))


def test_the_robust_loss_is_right_on_average_when_that_share_of_labels_is_turned() -> None:
    pair = a_pair()
    turned = {
        "chosen": pair["rejected"],
        "rejected": pair["chosen"],
        "ref_chosen": pair["ref_rejected"],
        "ref_rejected": pair["ref_chosen"],
    }

    mean = 0.8 * dpo_loss(**pair, beta=0.5, smoothing=0.2, robust=True) + 0.2 * dpo_loss(
        **turned, beta=0.5, smoothing=0.2, robust=True
    )

    assert mean.item() == pytest.approx(-log(sigmoid(2)), rel=1e-5)


def test_the_smoothed_loss_asks_for_no_more_than_a_margin_and_the_robust_one_for_ever_more() -> None:
    zero, margins = torch.zeros(1), torch.linspace(0.0, 12.0, 121)

    smoothed, robust = (dpo_loss(margins, zero, zero, zero, beta=1.0, smoothing=0.1, robust=robust) for robust in (False, True))

    assert margins[smoothed.argmin()].item() == pytest.approx(log(0.9 / 0.1), abs=0.06)
    assert robust.argmin() == len(margins) - 1
    assert robust[-1] < -1.0


def test_thumbs_are_held_against_the_base_or_against_the_divergence() -> None:
    logps, reference, liked = torch.tensor([-4.0, -7.0]), torch.tensor([-6.0, -5.0]), torch.tensor([True, False])

    plain = unpaired_loss(logps, reference, liked, beta=0.5, divergence=None)
    kto = unpaired_loss(logps, reference, liked, beta=0.5, divergence=torch.tensor(1.0))

    # rewards are 1 and -1; with z = 1, times beta: 0.5 less for the liked one, 0.5 more against the other
    assert plain.tolist() == pytest.approx([1 - sigmoid(1), 1 - sigmoid(1)])
    assert kto.tolist() == pytest.approx([1 - sigmoid(0.5), 1 - sigmoid(1.5)])
