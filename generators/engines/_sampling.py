"""Chooses tokens: temperature, min-p, top-p, penalties, one private stream of chance per choice."""

from __future__ import annotations

import hashlib
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

GREEDY = 1e-5  # temperatures below it are taken for 0, as dividing by them overflows


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How tokens are chosen, in OpenAI's words, and vLLM's for what OpenAI lacks."""

    temperature: float = 1.0
    top_p: float = 1.0
    min_p: float = 0.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    logit_bias: Mapping[int, float] = field(default_factory=dict)


def chance(seed: int, index: int) -> random.Random:
    """The stream of chance of one choice: it follows from the request's seed and the choice's index alone."""
    digest = hashlib.blake2b(f"{seed}/{index}".encode(), digest_size=8).digest()
    return random.Random(int.from_bytes(digest, "big"))


def choose(logits: Tensor, said: Sequence[Sequence[int]], streams: Sequence[random.Random], decoding: Decoding) -> Tensor:
    """One token for each row, by the inverse of its cumulative distribution at one uniform number.

    One number per token, drawn on the CPU, makes the choice the same on every device as far as the logits are.

    Args:
        logits: float32, shape (rows, vocabulary).
        said: the tokens each row has said so far, for the penalties.
        streams: one per row.
        decoding: how.

    Returns:
        Token ids, shape (rows,).
    """
    logits = _penalised(logits, said, decoding)
    if decoding.temperature < GREEDY:
        return logits.argmax(-1)
    weights, tokens = _likely(logits, decoding)
    if decoding.top_p < 1.0:
        weights = _nucleus(weights, decoding.top_p)
    uniform = torch.tensor([stream.random() for stream in streams], dtype=weights.dtype).to(logits.device)
    cumulative = weights.cumsum(-1)
    target = uniform[:, None] * cumulative[:, -1:]
    place = torch.searchsorted(cumulative, target, right=True).clamp(max=weights.shape[-1] - 1)
    return (place if tokens is None else tokens.gather(1, place))[:, 0]


def _likely(logits: Tensor, decoding: Decoding) -> tuple[Tensor, Tensor | None]:
    """How likely tokens are, up to a factor for each row, and which tokens these are; None: all, in order.

    With min-p only the tokens that pass are looked at, a few of 50 000: they stand on the left, in order, and what is
    right of them weighs nothing, so a row's sum does not depend on how many passed in another.
    """
    if decoding.min_p <= 0.0:
        return torch.softmax(logits / decoding.temperature, dim=-1), None
    best = logits.amax(-1, keepdim=True)
    rows, tokens = (logits >= best + decoding.temperature * math.log(decoding.min_p)).nonzero(as_tuple=True)
    counts = torch.bincount(rows, minlength=len(logits))
    places = torch.arange(len(rows), device=rows.device) - (counts.cumsum(0) - counts)[rows]
    few = torch.zeros(len(logits), int(counts.max()), dtype=torch.float64, device=logits.device)
    named = torch.zeros(few.shape, dtype=torch.long, device=logits.device)
    few[rows, places] = ((logits[rows, tokens] - best[rows, 0]) / decoding.temperature).double().exp()
    named[rows, places] = tokens
    return few, named


def _nucleus(weights: Tensor, top_p: float) -> Tensor:
    """The likeliest tokens that together reach `top_p`; the token that crosses it is in."""
    ordered, places = weights.sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    ordered = ordered.masked_fill(before >= top_p * weights.sum(-1, keepdim=True), 0.0)
    return torch.zeros_like(weights).scatter(-1, places, ordered)


def _penalised(logits: Tensor, said: Sequence[Sequence[int]], decoding: Decoding) -> Tensor:
    """Logits lowered for what was said already, and moved by the bias."""
    if not (decoding.presence_penalty or decoding.frequency_penalty or decoding.logit_bias):
        return logits
    logits = logits.clone()
    for token, bias in decoding.logit_bias.items():
        logits[:, token] += bias
    for row, tokens in zip(logits, said, strict=True):
        if tokens:
            counted = Counter(tokens)
            counts = torch.tensor(list(counted.values()), device=row.device)
            row[list(counted)] -= decoding.presence_penalty + decoding.frequency_penalty * counts
    return logits
