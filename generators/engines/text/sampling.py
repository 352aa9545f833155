"""Chooses tokens: temperature, min-p, top-p, penalties, one private stream of chance per choice; many requests at once."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from generators.engines.text.constrained import Guide

GREEDY = 1e-5  # temperatures below it are taken for 0, as dividing by them overflows


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How tokens are chosen, in OpenAI's words, and vLLM's for what OpenAI lacks."""

    temperature: float = 1.0
    top_p: float = 1.0
    min_p: float = 0.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    repetition_penalty: float = 1.0  #: what was said or stands in the prompt: positive logits by it, negative ones times it
    logit_bias: Mapping[int, float] = field(default_factory=dict)

    @property
    def remembers(self) -> bool:
        """Whether it matters what was said."""
        return bool(self.presence_penalty or self.frequency_penalty or self.repetition_penalty != 1.0)


def chance(seed: int, index: int) -> random.Random:
    """The stream of chance of one choice: it follows from the request's seed and the choice's index alone."""
    digest = hashlib.blake2b(f"{seed}/{index}".encode(), digest_size=8).digest()
    return random.Random(int.from_bytes(digest, "big"))


class Draw:
    """How some rows draw their next token, and what they have said so far where that matters."""

    def __init__(
        self,
        decoding: Decoding,
        streams: Sequence[random.Random],
        *,
        said: Sequence[Sequence[int]] = (),
        prompt: Sequence[int] = (),
        guide: Guide | None = None,
    ) -> None:
        """One stream for each row.

        Args:
            decoding: how.
            streams: one per row.
            said: the tokens of each row so far; none of any row when left out.
            prompt: what stands before, for the repetition penalty.
            guide: what the rows have to keep to.
        """
        self.decoding = decoding
        self.guide = guide
        self.streams = list(streams)
        self._said = [list(tokens) for tokens in said] or [[] for _stream in streams]
        self._prompt = sorted(set(prompt)) if decoding.repetition_penalty != 1.0 else []

    def take(self, tokens: Sequence[int]) -> None:
        """Notes what was drawn, one token for each row."""
        if self.guide is not None:
            self.guide.take(tokens)
        if self.decoding.remembers:
            for said, token in zip(self._said, tokens, strict=True):
                said.append(token)

    def keep(self, rows: Sequence[int]) -> None:
        """Drops all rows but these, in this order."""
        self.streams = [self.streams[row] for row in rows]
        if self.guide is not None:
            self.guide.keep(rows)
        self._said = [self._said[row] for row in rows]

    def adjusted(self, logits: Tensor) -> Tensor:
        """Logits, shape (rows, vocabulary), lowered for what was said already, and moved by the bias."""
        decoding = self.decoding
        if self.guide is not None:
            logits = self.guide.masked(logits)
        if not (decoding.remembers or decoding.logit_bias):
            return logits
        logits = logits.clone()
        if decoding.logit_bias:
            places = torch.tensor(list(decoding.logit_bias), device=logits.device)
            logits[:, places] += torch.tensor(list(decoding.logit_bias.values()), device=logits.device, dtype=logits.dtype)
        if decoding.remembers:
            self._punish(logits)
        return logits

    def _punish(self, logits: Tensor) -> None:
        decoding = self.decoding
        counts = torch.zeros_like(logits)
        longest = max(map(len, self._said))
        if longest:  # rows of one request are in step, but for those that tests make up
            said = torch.tensor([row + [0] * (longest - len(row)) for row in self._said], device=logits.device)
            real = torch.tensor([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in self._said], device=logits.device)
            counts.scatter_add_(1, said, real)
        logits -= decoding.frequency_penalty * counts + decoding.presence_penalty * (counts > 0)
        if decoding.repetition_penalty != 1.0:
            seen = counts > 0
            seen[:, self._prompt] = True
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
    adjusted = [draw.adjusted(rows) for draw, rows in zip(draws, logits, strict=True)]
    every = adjusted[0] if len(adjusted) == 1 else torch.cat(adjusted)
    tokens = torch.empty(len(every), dtype=torch.long, device=every.device)
    for way, places, members in _ways(draws):
        part = every if len(places) == len(every) else every[torch.tensor(places, device=every.device)]
        found = part.argmax(-1) if way.greedy else _sampled(part, members, way)
        tokens[torch.tensor(places, device=every.device)] = found
    return tokens


@dataclass(frozen=True, slots=True)
class _Way:
    """Rows that go through the same operations."""

    greedy: bool
    few: bool  #: min-p leaves few tokens
    nucleus: bool


def _ways(draws: Sequence[Draw]) -> Iterator[tuple[_Way, list[int], list[Draw]]]:
    """For each way of drawing: the places of its rows, and the requests they belong to."""
    found: dict[_Way, tuple[list[int], list[Draw]]] = {}
    begun = 0
    for draw in draws:
        greedy = draw.decoding.temperature < GREEDY
        way = _Way(greedy, not greedy and draw.decoding.min_p > 0.0, not greedy and draw.decoding.top_p < 1.0)
        places, members = found.setdefault(way, ([], []))
        places += range(begun, begun + len(draw.streams))
        members.append(draw)
        begun += len(draw.streams)
    for way, (places, members) in found.items():
        yield way, places, members


def _sampled(logits: Tensor, draws: Sequence[Draw], way: _Way) -> Tensor:
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
