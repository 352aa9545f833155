"""Brings the length of what a tuned model writes back to the base's, by how readily it comes to an end, and by nothing else.

Steps on a few hundred pairs make a model end its answers sooner or later, by chance more than by what was voted: the same
settings ended 23 % shorter on some votes and 34 % longer on others (lab book). Length would then pass for quality, or hide it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from learning.dataset import Lesson
from learning.tuners._policy import Policy, Tree
from learning.tuners._training import Cancelled, Stop

RATE = 5e-4  # below the tuning's: one direction, the same at all positions, is learned in a few steps
LESSONS = 16  # that it is learned on, a step each


def sooner(chances: Tensor, stopping: Sequence[int], by: float) -> Tensor:
    """A model's chances, with the odds of ending changed and all others' shares among themselves as they were.

    q(token) is in proportion to p(token) exp(by [the token ends the answer]).

    Args:
        chances: log-probability of every token, nats, shape (positions, vocabulary).
        stopping: the tokens that end an answer.
        by: shift of the log-odds of ending, nats; below 0: later.

    Returns:
        Log-probabilities of the same shape.
    """
    ends = torch.tensor(stopping, dtype=torch.long, device=chances.device)
    return torch.log_softmax(chances.index_add(1, ends, chances.new_full((len(chances), len(ends)), by)), dim=-1)


def shift(policy: Policy, lessons: Sequence[Lesson], by: float, *, stop: Stop, rate: float = RATE) -> None:
    """Changes the policy's adapter so that it ends answers sooner (`by` > 0) or later, and is otherwise what it was.

    Minimises KL(q || policy) over the positions of some lessons' answers; q: see `sooner`, of the policy as it comes.

    Raises:
        Cancelled: `stop` said so.
    """
    assert policy.adapter is not None
    wanted: list[tuple[Tree, Tensor]] = []
    with torch.no_grad():
        for lesson in lessons[-LESSONS:]:
            tree = policy.tree(lesson)
            wanted.append((tree, sooner(policy.chances(tree), tree.stopping, by)))
    weights = policy.adapter.parameters()
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.0)
    for tree, goal in wanted:
        if stop():
            raise Cancelled
        strayed = (goal.exp() * (goal - policy.chances(tree))).sum(dim=-1).mean()
        strayed.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
