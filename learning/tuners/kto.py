"""Learning from single thumbs: liked answers become likelier than they were, disliked ones less, no pairs needed."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from learning.dataset import Lesson
from learning.plan import Plan
from learning.tuners._losses import unpaired_loss
from learning.tuners._policy import Policy, Tree
from learning.tuners._tuning import Tuning


class Thumbing:
    """The objective."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.divergence: Tensor | None = None

    def weight(self, lesson: Lesson) -> float:
        """See `Objective`."""
        return sum(thumb.weight for thumb in lesson.thumbs)

    def items(self, lesson: Lesson) -> int:
        """See `Objective`."""
        return len(lesson.thumbs)

    def before(self, policy: Policy, batch: Sequence[tuple[Lesson, Tree]]) -> None:
        """KTO's estimate of how far the policy is from the base: answers to one question scored after another."""
        if self.plan.unpaired != "kto":
            return
        ratios = []
        for number, (_lesson, tree) in enumerate(batch):
            strangers = batch[number - 1][1].branches[:2]
            crossed = Tree(tree.trunk, strangers)
            tuned = policy.logprobs(crossed)
            with policy.as_base():
                ratios.append((tuned - policy.logprobs(crossed)).mean())
        self.divergence = torch.stack(ratios).mean().clamp(min=0.0)

    def loss(self, logps: Tensor, reference: Tensor, lengths: Tensor, lesson: Lesson) -> tuple[Tensor, dict[str, float]]:
        """See `Objective`."""
        places = torch.tensor([thumb.answer for thumb in lesson.thumbs], device=logps.device)
        liked = torch.tensor([thumb.liked for thumb in lesson.thumbs], device=logps.device)
        weights = torch.tensor([thumb.weight for thumb in lesson.thumbs], device=logps.device)
        losses = unpaired_loss(logps[places], reference[places], liked, beta=self.plan.beta, divergence=self.divergence)
        reward = self.plan.beta * (logps - reference).detach()[places]
        metrics = {
            "n": float(len(places)),
            "right": float(((reward > 0) == liked).sum()),
            "margin": float(torch.where(liked, reward, -reward).sum()),
            "chosen": float(reward[liked].sum()),
        }
        return (weights * losses).sum(), metrics


def build(plan: Plan) -> Tuning:
    """The plugin's door."""
    return Tuning(plan, Thumbing(plan))
