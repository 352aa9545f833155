"""How likely texts are to a model: work that feeds them to it, and computes what they have in common once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from generators.engines.text.language_model import LanguageModel, common, repeated
from generators.engines.text.lora import Adapter
from generators.engines.text.passes import Forward, PassRequest, Prefix, fed, piece_end

KEPT_HEADS = 8  # neutral words of the kinds of task that are asked for, each five to ten tokens, and examples before forms, 100
SCORED_TOKENS = 256  # in one step of scoring; with a vocabulary of 49 152 their logits are 50 MB in float32, and are held twice


def scoring(
    model: LanguageModel, texts: Sequence[Sequence[int]], adapter: Adapter | None = None
) -> Forward[list[list[float | None]]]:
    """How likely each token was after those before it. What the sequences have in common at their beginning is computed once.

    Returns:
        Per sequence and token, its log-probability in nats; None for a first token.
    """
    answers: list[list[float | None]] = []
    known = _known(model, texts, adapter)
    shared = common(texts) if known is None else len(known.prefix.ids)
    if shared == 0:
        for sequence in texts:
            sequences = model.begin(len(sequence), adapter)
            tokens = np.array([list(sequence)], np.int64)
            outcome = yield PassRequest(model=model, sequences=sequences, tokens=tokens, last=len(sequence))
            answers.append([None, *(model.logprobs(outcome.logits[0, :-1], sequence[1:]) if len(sequence) > 1 else ())])
        return answers
    head = known or (yield from _head(model, list(texts[0][:shared]), adapter))
    if known is None and len(texts) > 1:
        model.heads = [head, *(one for one in model.heads if not repeated(one.prefix, head.prefix))][:KEPT_HEADS]
    for rows in _slices(texts, shared):
        answers += yield from _score_rows(model, head.prefix, head.after, rows, [None, *head.logprobs])
    return answers


@dataclass(frozen=True, slots=True)
class Head:
    """What texts begin with together, computed."""

    prefix: Prefix
    after: Any  #: logits after its last token, shape (vocabulary,)
    logprobs: list[float]  #: of its tokens but the first


def _known(model: LanguageModel, texts: Sequence[Sequence[int]], adapter: Adapter | None) -> Head | None:
    """The longest kept head that all the texts begin with, and go on from: a brainstorm scores its drafts a few at a time."""
    for head in sorted(model.heads, key=lambda one: -len(one.prefix.ids)):
        ids = head.prefix.ids
        if head.prefix.adapter is adapter and all(len(text) > len(ids) and tuple(text[: len(ids)]) == ids for text in texts):
            found: Head = head
            return found
    return None


def _head(model: LanguageModel, ids: list[int], adapter: Adapter | None) -> Forward[Head]:
    """Computes a head piece by piece, on from what a kept one begins with as well."""
    known = _begun(model, ids, adapter)
    sequences = model.begin(len(ids), adapter, known.prefix if known.prefix.ids else None)
    logprobs, after = list(known.logprobs), known.after
    while sequences.length < len(ids):
        begin, end = sequences.length, piece_end(sequences.length, len(ids))
        outcome = yield PassRequest(
            model=model, sequences=sequences, tokens=np.array([ids[begin:end]], np.int64), last=end - begin
        )
        targets = ids[begin + 1 : end + 1]
        logprobs += model.logprobs(outcome.logits[0, : len(targets)], targets) if targets else []
        after = outcome.logits[0, -1]
    return Head(model.frozen(tuple(ids), sequences), after, logprobs)


def _begun(model: LanguageModel, ids: list[int], adapter: Adapter | None) -> Head:
    """As much of a kept head as these tokens begin with, but for the last of them, which tells how likely the next one is."""
    best, length = Head(Prefix(ids=()), None, []), 0
    for head in model.heads:
        shared = common((head.prefix.ids, ids))
        length_then = model.usable(head.prefix, ids[: shared + 1], adapter)
        if length_then > length:
            best, length = Head(head.prefix.first(length_then), None, head.logprobs[:length_then]), length_then
    return best


def _score_rows(
    model: LanguageModel, prefix: Prefix, after: Any, rows: Sequence[Sequence[int]], head: list[float | None]
) -> Forward[list[list[float | None]]]:
    """Scores sequences that begin with the prefix, in one pass, padded on the right where nothing looks."""
    tails = [list(row[len(prefix.ids) :]) for row in rows]
    scored: list[list[float | None]] = [[*head, *(model.logprobs(after[None], tail[:1]) if tail else ())] for tail in tails]
    going = [place for place, tail in enumerate(tails) if len(tail) > 1]
    if not going:
        return scored
    targets = tuple(tuple(tails[place][1:]) for place in going)
    longest = max(fed(targets))
    sequences = model.fork(prefix, len(going), spare=longest)
    padded = np.array([(tails[place][:longest] + [0] * longest)[:longest] for place in going], np.int64)
    outcome = yield PassRequest(model=model, sequences=sequences, tokens=padded, last=longest, targets=targets)
    told = iter(outcome.logprobs)
    for place, mine in zip(going, targets, strict=True):
        scored[place] += itertools.islice(told, len(mine))
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
