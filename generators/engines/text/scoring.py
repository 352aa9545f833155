"""How likely texts are to a model: work that feeds them to it, and computes what they have in common once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor

from generators.engines.text.attention import Prefix
from generators.engines.text.lora import Adapter
from generators.engines.text.passes import PREFILL, Advancing, Forward, PassRequest, Sequences
from generators.engines.text.sampling import logprobs_of

SCORED_TOKENS = 256  # in one step of scoring; with a vocabulary of 49 152 their logits are 50 MB in float32, and are held twice


class Scorable(Advancing, Protocol):
    """A model whose tokens' likelihoods can be read; `generators.engines.text.model.TextModel` is one."""

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        ...

    def begin(self, tokens: int, adapter: Adapter | None = None) -> Sequences:
        """One empty sequence with room for so many tokens."""
        ...

    def frozen(self, ids: tuple[int, ...], sequences: Sequences) -> Prefix:
        """The keys and values of a sequence as a prompt that others continue."""
        ...

    def fork(self, prefix: Prefix, count: int, *, spare: int = ...) -> Sequences:
        """So many sequences that continue a prompt."""
        ...


def scoring(model: Scorable, texts: Sequence[Sequence[int]], adapter: Adapter | None = None) -> Forward[list[list[float | None]]]:
    """How likely each token was after those before it. What the sequences have in common at their beginning is computed once.

    Returns:
        Per sequence and token, its log-probability in nats; None for a first token.
    """
    shared = common(texts)
    answers: list[list[float | None]] = []
    if shared == 0:
        for sequence in texts:
            sequences = model.begin(len(sequence), adapter)
            tokens = torch.tensor([list(sequence)], device=model.device)
            outcome = yield PassRequest(model=model, sequences=sequences, tokens=tokens, last=len(sequence))
            answers.append([None, *logprobs_of(outcome.logits[0, :-1], sequence[1:])])
        return answers
    head: list[float | None] = []
    sequences = model.begin(shared, adapter)
    head_ids = list(texts[0][:shared])
    after = torch.empty(0)
    while sequences.length < shared:
        piece = head_ids[sequences.length : sequences.length + PREFILL]
        outcome = yield PassRequest(
            model=model, sequences=sequences, tokens=torch.tensor([piece], device=model.device), last=len(piece)
        )
        targets = head_ids[sequences.length - len(piece) + 1 : sequences.length + 1]
        head += logprobs_of(outcome.logits[0, : len(targets)], targets)
        after = outcome.logits[0, -1]
    prefix = model.frozen(tuple(head_ids), sequences)
    for rows in _slices(texts, shared):
        answers += yield from _score_rows(model, prefix, after, rows, [None, *head])
    return answers


def _score_rows(
    model: Scorable, prefix: Prefix, after: Tensor, rows: Sequence[Sequence[int]], head: list[float | None]
) -> Forward[list[list[float | None]]]:
    """Scores sequences that begin with the prefix, in one pass, padded on the right where nothing looks."""
    tails = [list(row[len(prefix.ids) :]) for row in rows]
    longest = max(map(len, tails))
    if longest == 0:
        return [list(head) for _row in rows]
    sequences = model.fork(prefix, len(rows), spare=longest)
    padded = torch.tensor([tail + [0] * (longest - len(tail)) for tail in tails], device=model.device)
    outcome = yield PassRequest(model=model, sequences=sequences, tokens=padded, last=longest)
    scored: list[list[float | None]] = []
    for row, tail in zip(outcome.logits, tails, strict=True):
        predicted = torch.cat((after[None], row[: max(0, len(tail) - 1)]))[: len(tail)]
        scored.append([*head, *logprobs_of(predicted, tail)])
    return scored


def common(texts: Sequence[Sequence[int]]) -> int:
    """How many tokens all the sequences begin with together."""
    shortest = min(map(len, texts))
    for place in range(shortest):
        if any(sequence[place] != texts[0][place] for sequence in texts):
            return place
    return shortest


def _slices(texts: Sequence[Sequence[int]], shared: int) -> Iterator[Sequence[Sequence[int]]]:
    """The sequences in runs whose unshared tokens, padded, stay within `SCORED_TOKENS`."""
    begun, longest = 0, 1
    for place, sequence in enumerate(texts):
        longest_then = max(longest, len(sequence) - shared)
        if place > begun and longest_then * (place + 1 - begun) > SCORED_TOKENS:
            yield texts[begun:place]
            begun, longest_then = place, max(1, len(sequence) - shared)
        longest = longest_then
    yield texts[begun:]
