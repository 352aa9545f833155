"""Draws tokens from tensors, on any device: what `generators.engines.text.sampling` does with arrays."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from generators.engines.text.sampling import Decoding, Draw, Way, ways


def adjusted(draw: Draw, logits: Tensor) -> Tensor:
    """Logits, shape (rows, vocabulary), lowered for what was said already, and moved by the bias."""
    decoding = draw.decoding
    if draw.guide is not None:
        logits = logits.masked_fill(~torch.from_numpy(draw.guide.allowed(logits.shape)).to(logits.device), float("-inf"))
    if not (decoding.remembers or decoding.logit_bias):
        return logits
    logits = logits.clone()
    if decoding.logit_bias:
        places = torch.tensor(list(decoding.logit_bias), device=logits.device)
        logits[:, places] += torch.tensor(list(decoding.logit_bias.values()), device=logits.device, dtype=logits.dtype)
    if decoding.remembers:
        _punish(draw, logits)
    return logits


def _punish(draw: Draw, logits: Tensor) -> None:
    decoding, rows = draw.decoding, draw.said
    counts = torch.zeros_like(logits)
    longest = max(map(len, rows))
    if longest:  # rows of one request are in step, but for those that tests make up
        said = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=logits.device)
        real = torch.tensor([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in rows], device=logits.device)
        counts.scatter_add_(1, said, real)
    logits -= decoding.frequency_penalty * counts + decoding.presence_penalty * (counts > 0)
    if decoding.repetition_penalty != 1.0:
        seen = counts > 0
        seen[:, draw.prompt] = True
        factor = decoding.repetition_penalty
        logits.copy_(torch.where(seen, torch.where(logits > 0, logits / factor, logits * factor), logits))


def choose(logits: Tensor, said: Sequence[Sequence[int]], streams: Sequence[random.Random], decoding: Decoding) -> Tensor:
    """One token for each row of one request.

    Args:
        logits: float32, shape (rows, vocabulary).
        said: the tokens each row has said so far, for the penalties.
        streams: one per row.
        decoding: how.

    Returns:
        Token ids, shape (rows,).
    """
    return drawn([logits], [Draw(decoding, streams, said=said)])


def drawn(logits: Sequence[Tensor], draws: Sequence[Draw]) -> Tensor:
    """One token for each row of several requests, by the inverse of its cumulative distribution at one uniform number.

    One number per token, drawn on the CPU, makes the choice the same on every device as far as the logits are. Rows that are
    drawn in the same way are drawn together, whatever their temperatures and thresholds; a row's token does not depend on the
    others.

    Args:
        logits: for each request float32, shape (its rows, vocabulary).
        draws: for each request how.

    Returns:
        Token ids of all rows, shape (rows,).
    """
    moved = [adjusted(draw, rows) for draw, rows in zip(draws, logits, strict=True)]
    every = moved[0] if len(moved) == 1 else torch.cat(moved)
    tokens = torch.empty(len(every), dtype=torch.long, device=every.device)
    for way, places, members in ways(draws):
        part = every if len(places) == len(every) else every[torch.tensor(places, device=every.device)]
        found = part.argmax(-1) if way.greedy else _sampled(part, members, way)
        tokens[torch.tensor(places, device=every.device)] = found
    return tokens


def _sampled(logits: Tensor, draws: Sequence[Draw], way: Way) -> Tensor:
    """Draws rows that go the same way."""

    def column(values: Iterator[float]) -> Tensor:
        return torch.tensor(list(values), dtype=torch.float64).to(logits.device)[:, None]

    def each(of: Sequence[float]) -> Tensor:
        return column(value for value, draw in zip(of, draws, strict=True) for _stream in draw.streams)

    temperature = each([draw.decoding.temperature for draw in draws]).float()
    if way.few:
        weights, tokens = _likely(logits, temperature, each([math.log(draw.decoding.min_p) for draw in draws]).float())
    else:
        weights, tokens = torch.softmax(logits / temperature, dim=-1), None
    if way.nucleus:
        weights = _nucleus(weights, each([draw.decoding.top_p for draw in draws]).to(weights.dtype))
    uniform = column(stream.random() for draw in draws for stream in draw.streams).to(weights.dtype)
    cumulative = weights.cumsum(-1)
    place = torch.searchsorted(cumulative, uniform * cumulative[:, -1:], right=True).clamp(max=weights.shape[-1] - 1)
    return (place if tokens is None else tokens.gather(1, place))[:, 0]


def _likely(logits: Tensor, temperature: Tensor, threshold: Tensor) -> tuple[Tensor, Tensor]:
    """How likely tokens are, up to a factor for each row, and which tokens these are.

    With min-p only the tokens that pass are looked at, a few of 50 000: they stand on the left, in order, and what is
    right of them weighs nothing, so a row's sum does not depend on how many passed in another.

    Args:
        logits: shape (rows, vocabulary).
        temperature: shape (rows, 1).
        threshold: logarithm of min-p, shape (rows, 1).
    """
    best = logits.amax(-1, keepdim=True)
    rows, tokens = _passing(logits, best + temperature * threshold)
    counts = torch.bincount(rows, minlength=len(logits))
    places = torch.arange(len(rows), device=rows.device) - (counts.cumsum(0) - counts)[rows]
    few = torch.zeros(len(logits), int(counts.max()), dtype=torch.float64, device=logits.device)
    named = torch.zeros(few.shape, dtype=torch.long, device=logits.device)
    few[rows, places] = ((logits[rows, tokens] - best[rows, 0]) / temperature[rows, 0]).double().exp()
    named[rows, places] = tokens
    return few, named


def _passing(logits: Tensor, least: Tensor) -> tuple[Tensor, Tensor]:
    """Rows and tokens of all logits that are not below `least`, shape (rows, 1)."""
    if logits.device.type != "cpu":
        places = (logits >= least).nonzero()
        return places[:, 0], places[:, 1]
    # a row at a time stays in the cache: a quarter of the time
    found = [np.flatnonzero(row >= lowest) for row, lowest in zip(logits.numpy(), least.numpy(), strict=True)]
    rows = np.repeat(np.arange(len(found)), [len(tokens) for tokens in found])
    return torch.from_numpy(rows), torch.from_numpy(np.concatenate(found))


def log_totals(logits: Tensor) -> Tensor:
    """Log sum exp of each row, shape (rows,). A row's does not depend on the others."""
    if logits.device.type != "cpu" or not len(logits):
        return logits.logsumexp(-1)
    totals = np.empty(len(logits), np.float32)
    for place, row in enumerate(logits.numpy()):  # a row at a time stays in the cache, and numpy's exp is the faster one
        best = row.max()
        totals[place] = best + np.log(np.exp(row - best).sum())
    return torch.from_numpy(totals)


def _nucleus(weights: Tensor, top_p: Tensor) -> Tensor:
    """The likeliest tokens that together reach `top_p`, shape (rows, 1); the token that crosses it is in."""
    ordered, places = weights.sort(stable=True, dim=-1, descending=True)
    together = ordered.cumsum(-1)  # not sum(), whose order depends on how many nothings stand behind
    ordered = ordered.masked_fill(together - ordered >= top_p * together[:, -1:], 0.0)
    return torch.zeros_like(weights).scatter(-1, places, ordered)


def logprobs_of(logits: Tensor, targets: Sequence[int] | Tensor) -> list[float]:
    """Log-probabilities of the targets, nats; logits of shape (len(targets), vocabulary)."""
    wanted = targets if isinstance(targets, Tensor) else torch.tensor(list(targets), device=logits.device)
    picked: list[float] = (logits.gather(1, wanted[:, None])[:, 0] - log_totals(logits)).tolist()
    return picked


def picked(logits: Tensor, targets: Sequence[Sequence[int]]) -> list[float]:
    """Log-probabilities of each row's targets, nats, row by row; logits of shape (rows, any, vocabulary)."""
    return [value for row, mine in zip(logits, targets, strict=True) if mine for value in logprobs_of(row[: len(mine)], mine)]


def likeliest(logits: Tensor, count: int) -> list[list[tuple[int, float]]]:
    """For each row the likeliest tokens and their log-probabilities, nats, the likeliest first."""
    best = torch.log_softmax(logits, dim=-1).topk(count, dim=-1)
    return [list(zip(*row, strict=True)) for row in zip(best.indices.tolist(), best.values.tolist(), strict=True)]
