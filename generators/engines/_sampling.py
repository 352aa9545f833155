"""Chooses tokens: temperature, min-p, top-p, penalties, one private stream of chance per choice."""

from __future__ import annotations

import hashlib
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
    uniform = torch.tensor([stream.random() for stream in streams], dtype=torch.float32).to(logits.device)
    weights = torch.softmax(logits / decoding.temperature, dim=-1)
    if decoding.min_p > 0.0:
        weights = weights.masked_fill(weights < decoding.min_p * weights.amax(-1, keepdim=True), 0.0)
    if decoding.top_p < 1.0:
        weights = _nucleus(weights, decoding.top_p)
    if decoding.min_p > 0.0 or decoding.top_p < 1.0:
        return _among_few(weights, uniform)
    cumulative = weights.cumsum(-1)
    target = uniform[:, None] * cumulative[:, -1:]
    return torch.searchsorted(cumulative, target, right=True)[:, 0].clamp(max=logits.shape[-1] - 1)


def _among_few(weights: Tensor, uniform: Tensor) -> Tensor:
    """As above where most weights are zero: the cumulative sum runs over the survivors only."""
    tokens = []
    for row, number in zip(weights, uniform, strict=True):
        survivors = row.nonzero()[:, 0]
        cumulative = row[survivors].cumsum(0)
        place = torch.searchsorted(cumulative, number * cumulative[-1], right=True).clamp(max=len(survivors) - 1)
        tokens.append(survivors[place])
    return torch.stack(tokens)


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
