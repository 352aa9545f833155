"""One step of training, by the gradients there are: the rate rises in a line and falls as a cosine."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol

import torch
from torch import nn


class Rates(Protocol):
    """What a plan says of the learning rate."""

    @property
    def rate(self) -> float:
        """The highest."""
        ...

    @property
    def least(self) -> float:
        """Share of it, where it ends."""
        ...

    @property
    def warm(self) -> float:
        """Share of the steps until it is reached."""
        ...


def stepped(optimizer: torch.optim.Optimizer, parameters: Iterable[nn.Parameter], plan: Rates, step: int, steps: int) -> None:
    """Takes one step of so many, and forgets the gradients."""
    falling = plan.least + (1 - plan.least) * 0.5 * (1 + math.cos(math.pi * step / steps))
    for group in optimizer.param_groups:
        group["lr"] = plan.rate * min(1.0, (step + 1) / max(1, round(steps * plan.warm))) * falling
    nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
