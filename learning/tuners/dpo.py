"""Direct preference optimisation: the model learns to prefer what the team preferred, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from learning.dataset import Lesson, PreferencePair
from learning.plan import Plan
from learning.tuners._losses import dpo_loss
from learning.tuners._policy import Policy, Tree
from learning.tuners._tuning import Tuning


class Preferring:
    """The objective."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def of(self, pair: PreferencePair) -> float:
        """A pair's weight, before lengths are balanced: what a lesson counts in its step does not depend on lengths."""
        return pair.weighted(self.plan.diversity)

    def weight(self, lesson: Lesson) -> float:
        """See `Objective`."""
        return sum(map(self.of, lesson.preference_pairs))

    def items(self, lesson: Lesson) -> int:
        """See `Objective`."""
        return len(lesson.preference_pairs)

    def before(self, policy: Policy, batch: Sequence[tuple[Lesson, Tree]]) -> None:
        """Nothing to look at."""

    def loss(self, logps: Tensor, reference: Tensor, lengths: Tensor, lesson: Lesson) -> tuple[Tensor, dict[str, float]]:
        """See `Objective`."""
        plan = self.plan
        chosen = torch.tensor([pair.chosen for pair in lesson.preference_pairs], device=logps.device)
        rejected = torch.tensor([pair.rejected for pair in lesson.preference_pairs], device=logps.device)
        weights = torch.tensor([self.of(pair) * pair.balance for pair in lesson.preference_pairs], device=logps.device)
        losses = dpo_loss(
            logps[chosen],
            logps[rejected],
            reference[chosen],
            reference[rejected],
            beta=plan.beta,
            smoothing=plan.smoothing,
            robust=plan.loss == "robust",
        )
        losses = losses - plan.imitation * logps[chosen] / lengths[chosen]
        reward = plan.beta * (logps - reference).detach()
        margins = reward[chosen] - reward[rejected]
        metrics = {
            "n": float(len(chosen)),
            "right": float((margins > 0).sum()),
            "margin": float(margins.sum()),
            "chosen": float(reward[chosen].sum()),
        }
        return (weights * losses).sum(), metrics


def build(plan: Plan) -> Tuning:
    """The plugin's door."""
    return Tuning(plan, Preferring(plan))
