"""Distilling a forecast: answers become as much likelier than to the base as the lesson's goals say, and no more."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from learning.dataset import Lesson
from learning.plan import Plan
from learning.tuners._losses import goal_loss
from learning.tuners._policy import Policy, Tree
from learning.tuners._tuning import Tuning


class Reaching:
    """The objective: the mean squared distance from the goals, so every topic counts alike."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def weight(self, lesson: Lesson) -> float:
        """See `Objective`."""
        return float(bool(lesson.goals))

    def items(self, lesson: Lesson) -> int:
        """See `Objective`."""
        return len(lesson.goals)

    def before(self, policy: Policy, batch: Sequence[tuple[Lesson, Tree]]) -> None:
        """Nothing to look at."""

    def loss(self, logps: Tensor, reference: Tensor, lengths: Tensor, lesson: Lesson) -> tuple[Tensor, dict[str, float]]:
        """See `Objective`."""
        goals = torch.tensor(lesson.goals, device=logps.device)
        loss = goal_loss(logps, reference, goals).mean() / self.plan.sharpness**2
        moved, wanted = (logps - reference).detach(), goals - goals.mean()
        moved = moved - moved.mean()
        metrics = {
            "n": float(len(goals)),
            "right": float((moved * wanted > 0).sum()),
            "margin": self.plan.beta * float((moved * wanted.sign()).sum()),
            "chosen": self.plan.beta * float((logps - reference).detach()[wanted > 0].mean()) * len(goals),
        }
        return loss, metrics


def build(plan: Plan) -> Tuning:
    """The plugin's door."""
    return Tuning(plan, Reaching(plan))
