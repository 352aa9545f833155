"""Supervised fine-tuning: the model imitates the team's best ideas and people's own versions."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from learning.dataset import Lesson
from learning.plan import Plan
from learning.tuners._policy import Policy, Tree
from learning.tuners._tuning import Tuning


class Imitating:
    """The objective: mean log-likelihood per token, weighed by how sure it is that the idea is a good one."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def weight(self, lesson: Lesson) -> float:
        """See `Objective`."""
        return sum(model.weight for model in lesson.models)

    def items(self, lesson: Lesson) -> int:
        """See `Objective`."""
        return len(lesson.models)

    def before(self, policy: Policy, batch: Sequence[tuple[Lesson, Tree]]) -> None:
        """Nothing to look at."""

    def loss(self, logps: Tensor, reference: Tensor, lengths: Tensor, lesson: Lesson) -> tuple[Tensor, dict[str, float]]:
        """See `Objective`."""
        places = torch.tensor([model.answer for model in lesson.models], device=logps.device)
        weights = torch.tensor([model.weight for model in lesson.models], device=logps.device)
        reward = self.plan.beta * (logps - reference).detach()[places]
        metrics = {"n": float(len(places)), "right": float((reward > 0).sum()), "margin": 0.0, "chosen": float(reward.sum())}
        return -(weights * logps[places] / lengths[places]).sum(), metrics


def build(plan: Plan) -> Tuning:
    """The plugin's door."""
    return Tuning(plan, Imitating(plan))
