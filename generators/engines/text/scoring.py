"""How likely texts are to a model: work that feeds them to it, and computes what they have in common once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from generators.engines.text.language_model import LanguageModel, common
from generators.engines.text.lora import Adapter
from generators.engines.text.passes import PREFILL, Forward, PassRequest, Prefix

SCORED_TOKENS = 256  # in one step of scoring; with a vocabulary of 49 152 their logits are 50 MB in float32, and are held twice


def scoring(
    model: LanguageModel, texts: Sequence[Sequence[int]], adapter: Adapter | None = None
) -> Forward[list[list[float | None]]]:
    """How likely each token was after those before it. What the sequences have in common at their beginning is computed once.

    Returns:
        Per sequence and token, its log-probability in nats; None for a first token.
    """
    shared = common(texts)
    answers: list[list[float | None]] = []
    if shared == 0:
        for sequence in texts:
            sequences = model.begin(len(sequence), adapter)
            tokens = np.array([list(sequence)], np.int64)
            outcome = yield PassRequest(model=model, sequences=sequences, tokens=tokens, last=len(sequence))
            answers.append([None, *(model.logprobs(outcome.logits[0, :-1], sequence[1:]) if len(sequence) > 1 else ())])
        return answers
    head: list[float | None] = []
    sequences = model.begin(shared, adapter)
    head_ids = list(texts[0][:shared])
    after: Any = None
    while sequences.length < shared:
        piece = head_ids[sequences.length : sequences.length + PREFILL]
        outcome = yield PassRequest(model=model, sequences=sequences, tokens=np.array([piece], np.int64), last=len(piece))
        targets = head_ids[sequences.length - len(piece) + 1 : sequences.length + 1]
        head += model.logprobs(outcome.logits[0, : len(targets)], targets) if targets else []
        after = outcome.logits[0, -1]
    prefix = model.frozen(tuple(head_ids), sequences)
    for rows in _slices(texts, shared):
        answers += yield from _score_rows(model, prefix, after, rows, [None, *head])
    return answers


def _score_rows(
    model: LanguageModel, prefix: Prefix, after: Any, rows: Sequence[Sequence[int]], head: list[float | None]
) -> Forward[list[list[float | None]]]:
    """Scores sequences that begin with the prefix, in one pass, padded on the right where nothing looks."""
    tails = [list(row[len(prefix.ids) :]) for row in rows]
    longest = max(map(len, tails))
    if longest == 0:
        return [list(head) for _row in rows]
    sequences = model.fork(prefix, len(rows), spare=longest)
    padded = np.array([tail + [0] * (longest - len(tail)) for tail in tails], np.int64)
    outcome = yield PassRequest(model=model, sequences=sequences, tokens=padded, last=longest)
    scored: list[list[float | None]] = []
    for row, tail in zip(outcome.logits, tails, strict=True):
        found = model.logprobs(after[None], tail[:1]) if tail else []
        if len(tail) > 1:
            found += model.logprobs(row[: len(tail) - 1], tail[1:])
        scored.append([*head, *found])
    return scored


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
