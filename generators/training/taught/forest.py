"""Several lessons in one pass: a tree each, its question the trunk and every idea a branch that sees the trunk and itself.

Most tokens of a lesson would else be read six times. Positions go on from the trunk's end in each branch, so each idea has the
log-probability that it would have alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Tree:
    """A lesson in tokens."""

    trunk: tuple[int, ...]  #: the question
    branches: tuple[tuple[int, ...], ...]  #: its answers

    @property
    def tokens(self) -> int:
        """How many there are in all."""
        return len(self.trunk) + sum(map(len, self.branches))


def batches(trees: Sequence[Tree], most: int) -> list[list[Tree]]:
    """Trees in their order, in forests of at most so many tokens; one that is larger stands alone."""
    found: list[list[Tree]] = []
    left = 0
    for tree in trees:
        if tree.tokens > left or not found:
            found.append([])
            left = most
        found[-1].append(tree)
        left -= tree.tokens
    return found


def loss(model: Any, forest: Sequence[Tree]) -> tuple[Tensor, int]:
    """Cross-entropy of all branches, summed, nats; and of how many tokens.

    Args:
        model: a causal language model of transformers.
        forest: trees, each with a trunk of at least one token.
    """
    ids: list[int] = []
    trees: list[int] = []
    branches: list[int] = []
    places: list[int] = []
    before: list[int] = []
    targets: list[int] = []
    for number, tree in enumerate(forest):
        ids += tree.trunk
        trees += [number] * len(tree.trunk)
        branches += [-1] * len(tree.trunk)
        places += range(len(tree.trunk))
        end = len(ids) - 1
        for index, branch in enumerate(tree.branches):
            at = len(ids)
            ids += branch
            trees += [number] * len(branch)
            branches += [index] * len(branch)
            places += range(len(tree.trunk), len(tree.trunk) + len(branch))
            before += [end, *range(at, at + len(branch) - 1)]
            targets += branch
    device = model.device
    logits = model(
        input_ids=torch.tensor([ids], device=device),
        position_ids=torch.tensor([places], device=device),
        attention_mask=_mask(torch.tensor(trees, device=device), torch.tensor(branches, device=device), model.dtype),
        logits_to_keep=torch.tensor(before, device=device),
        use_cache=False,
    ).logits[0]
    return functional.cross_entropy(logits.float(), torch.tensor(targets, device=device), reduction="sum"), len(targets)


def _mask(trees: Tensor, branches: Tensor, dtype: torch.dtype) -> Tensor:
    """What may be seen, as transformers adds it to scores: 0 or the least number; shape (1, 1, tokens, tokens).

    Args:
        trees: each token's tree, shape (tokens,).
        branches: its branch, -1 in the trunk, same shape.
        dtype: of the model.
    """
    order = torch.arange(len(trees), device=trees.device)
    sees = (order[:, None] >= order) & (trees[:, None] == trees) & ((branches == -1) | (branches[:, None] == branches))
    return torch.zeros(sees.shape, dtype=dtype, device=trees.device).masked_fill_(~sees, torch.finfo(dtype).min)[None, None]
