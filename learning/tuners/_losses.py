"""What is minimised, as functions of summed log-probabilities. No model."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


def dpo_loss(
    chosen: Tensor, rejected: Tensor, ref_chosen: Tensor, ref_rejected: Tensor, *, beta: float, smoothing: float, robust: bool
) -> Tensor:
    """Loss that prefers `chosen` over `rejected` without straying from the reference, expecting some labels to be wrong.

    h = beta ((chosen - ref_chosen) - (rejected - ref_rejected));
    sigmoid: L = -(1 - e) log sigmoid(h) - e log sigmoid(-h);
    robust:  L = (-(1 - e) log sigmoid(h) + e log sigmoid(-h)) / (1 - 2 e), unbiased when a share e of labels is flipped.

    Args:
        chosen: summed log-probabilities under the policy, nats, shape (pairs,).
        rejected: likewise.
        ref_chosen: the same under the frozen reference, shape (pairs,).
        ref_rejected: likewise.
        beta: pull towards the reference, > 0.
        smoothing: e, the share of labels expected to be wrong, 0 <= e < 0.5.
        robust: which of the two.

    Returns:
        One loss per pair, shape (pairs,); the robust one may be negative.

    Source: Rafailov et al. 2023, eq. 7 (arXiv 2305.18290); Chowdhury et al. 2024, eq. 12 (arXiv 2403.00409).
    """
    h = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
    right, wrong = (1 - smoothing) * logsigmoid(h), smoothing * logsigmoid(-h)
    return (wrong - right) / (1 - 2 * smoothing) if robust else -(right + wrong)


def unpaired_loss(logps: Tensor, reference: Tensor, liked: Tensor, *, beta: float, divergence: Tensor | None) -> Tensor:
    """Loss over single answers with a thumb each.

    r = beta (logps - reference); with a divergence z it is KTO's: 1 - sigmoid(r - beta z) for liked answers,
    1 - sigmoid(beta z - r) for others; without, apo_zero's: 1 - sigmoid(r) and sigmoid(r).

    Args:
        logps: summed log-probabilities under the policy, nats, shape (answers,).
        reference: the same under the frozen reference, shape (answers,).
        liked: bool, shape (answers,).
        beta: pull towards the reference, > 0.
        divergence: z >= 0, nats, a scalar; None: apo_zero.

    Returns:
        One loss per answer, 0..1, shape (answers,).

    Source: Ethayarajh et al. 2024, eq. 8 (arXiv 2402.01306); D'Oosterlinck et al. 2024, eq. 7 (arXiv 2408.06266).
    """
    r = beta * (logps - reference)
    z = torch.zeros((), device=r.device) if divergence is None else beta * divergence
    return 1 - torch.sigmoid(torch.where(liked, r - z, z - r))


def goal_loss(logps: Tensor, reference: Tensor, goals: Tensor) -> Tensor:
    """How far answers are from being as much likelier than to the base as they are to become.

    L = ((logps - reference) - goal)^2. Where goals are r / b - log E exp(r / b), the expectation over the base's own answers, the
    model that reaches them is the one that maximises E r - b KL(model || base), so there is a lowest point, and it is known.

    Args:
        logps: summed log-probabilities under the policy, nats, shape (answers,).
        reference: the same under the frozen reference, shape (answers,).
        goals: nats, shape (answers,).

    Returns:
        One loss per answer, squared nats, shape (answers,).

    Source: Fisch et al. 2024, eq. 4 (arXiv 2405.19316), with the mean over the base's answers in place of a second answer.
    """
    return (logps - reference - goals) ** 2
