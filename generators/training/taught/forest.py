"""Several lessons in one pass: a tree each, its question the trunk and every idea a branch that sees the trunk and itself.

Most tokens of a lesson would else be read six times. Positions go on from the trunk's end in each branch, so each idea has the
log-probability that it would have alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    laid = _Laid()
    for tree in forest:
        laid.plant(tree)
    logits = laid.logits(model, laid.before)
    targets = torch.tensor(laid.targets, device=logits.device)
    return functional.cross_entropy(logits, targets, reduction="sum"), len(laid.targets)


def judged(model: Any, tree: Tree, tail: Sequence[int], verdicts: Sequence[int]) -> tuple[Tensor, Tensor]:
    """How likely each branch is, and each verdict on it.

    Args:
        model: a causal language model of transformers.
        tree: a topic, and its ideas.
        tail: tokens behind each idea that ask for a verdict.
        verdicts: the tokens that may answer.

    Returns:
        Log-probability of each branch, without its tail, shape (branches,); of each verdict behind it, shape (branches,
        verdicts). Nats.
    """
    laid = _Laid()
    laid.plant(tree, tail)
    logits = laid.logits(model, [*laid.before, *laid.ends])
    device = logits.device
    found = len(laid.before)
    each = -functional.cross_entropy(logits[:found], torch.tensor(laid.targets, device=device), reduction="none")
    sums = torch.zeros(len(tree.branches), device=device).index_add(0, torch.tensor(laid.owners, device=device), each)
    return sums, torch.log_softmax(logits[found:], dim=-1)[:, list(verdicts)]


@dataclass(slots=True)
class _Laid:
    """Trees as one sequence."""

    ids: list[int] = field(default_factory=list)
    trees: list[int] = field(default_factory=list)  #: each token's tree
    branches: list[int] = field(default_factory=list)  #: its branch, -1 in the trunk
    places: list[int] = field(default_factory=list)  #: its position
    before: list[int] = field(default_factory=list)  #: for each branch's token, where the one before it stands
    targets: list[int] = field(default_factory=list)  #: that token
    owners: list[int] = field(default_factory=list)  #: its branch
    ends: list[int] = field(default_factory=list)  #: where each branch's last token stands, tail and all
    count: int = 0

    def plant(self, tree: Tree, tail: Sequence[int] = ()) -> None:
        """Adds a tree, behind each branch a tail that belongs to no target."""
        trunk = len(tree.trunk)
        self._add(tree.trunk, -1, 0)
        end = len(self.ids) - 1
        for index, branch in enumerate(tree.branches):
            at = len(self.ids)
            self._add((*branch, *tail), index, trunk)
            self.before += [end, *range(at, at + len(branch) - 1)]
            self.targets += branch
            self.owners += [index] * len(branch)
            self.ends.append(len(self.ids) - 1)
        self.count += 1

    def logits(self, model: Any, at: Sequence[int]) -> Tensor:
        """What the model foretells behind the tokens that stand there, float32, shape (at, vocabulary)."""
        device = model.device
        found: Tensor = model(
            input_ids=torch.tensor([self.ids], device=device),
            position_ids=torch.tensor([self.places], device=device),
            attention_mask=_mask(self.trees, self.branches, model.dtype, device),
            logits_to_keep=torch.tensor(at, device=device),
            use_cache=False,
        ).logits[0]
        return found.float()

    def _add(self, tokens: Sequence[int], branch: int, begin: int) -> None:
        self.ids += tokens
        self.trees += [self.count] * len(tokens)
        self.branches += [branch] * len(tokens)
        self.places += range(begin, begin + len(tokens))


def _mask(trees: Sequence[int], branches: Sequence[int], dtype: torch.dtype, device: torch.device) -> Tensor:
    """What may be seen, as transformers adds it to scores: 0 or the least number; shape (1, 1, tokens, tokens).

    Args:
        trees: each token's tree.
        branches: its branch, -1 in the trunk.
        dtype: of the model.
        device: where it is.
    """
    tree, branch = torch.tensor(trees, device=device), torch.tensor(branches, device=device)
    order = torch.arange(len(trees), device=device)
    sees = (order[:, None] >= order) & (tree[:, None] == tree) & ((branch == -1) | (branch[:, None] == branch))
    return torch.zeros(sees.shape, dtype=dtype, device=device).masked_fill_(~sees, torch.finfo(dtype).min)[None, None]
