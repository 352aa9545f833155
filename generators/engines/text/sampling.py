"""Draws tokens from arrays: temperature, min-p, top-p, penalties, one stream of chance a choice; many requests at once."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generators.engines.text.constrained import Guide

Logits = NDArray[np.float32]  #: shape (rows, vocabulary)

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
        self.said = [list(tokens) for tokens in said] or [[] for _stream in streams]
        self.prompt = sorted(set(prompt)) if decoding.repetition_penalty != 1.0 else []

    def take(self, tokens: Sequence[int]) -> None:
        """Notes what was drawn, one token for each row."""
        if self.guide is not None:
            self.guide.take(tokens)
        if self.decoding.remembers:
            for history, token in zip(self.said, tokens, strict=True):
                history.append(token)

    def keep(self, rows: Sequence[int]) -> None:
        """Drops all rows but these, in this order."""
        self.streams = [self.streams[row] for row in rows]
        if self.guide is not None:
            self.guide.keep(rows)
        self.said = [self.said[row] for row in rows]


@dataclass(frozen=True, slots=True)
class Way:
    """Rows that go through the same operations."""

    greedy: bool
    few: bool  #: min-p leaves few tokens
    nucleus: bool


def ways(draws: Sequence[Draw]) -> Iterator[tuple[Way, list[int], list[Draw]]]:
    """For each way of drawing: the places of its rows, and the requests they belong to."""
    found: dict[Way, tuple[list[int], list[Draw]]] = {}
    begun = 0
    for draw in draws:
        greedy = draw.decoding.temperature < GREEDY
        way = Way(greedy, not greedy and draw.decoding.min_p > 0.0, not greedy and draw.decoding.top_p < 1.0)
        places, members = found.setdefault(way, ([], []))
        places += range(begun, begun + len(draw.streams))
        members.append(draw)
        begun += len(draw.streams)
    for way, (places, members) in found.items():
        yield way, places, members


def adjusted(draw: Draw, logits: Logits) -> Logits:
    """Logits lowered for what was said already, and moved by the bias; a copy where anything changes."""
    decoding = draw.decoding
    if draw.guide is not None:
        logits = np.where(draw.guide.allowed(logits.shape), logits, np.float32(-np.inf))
    if not (decoding.remembers or decoding.logit_bias):
        return logits
    logits = logits.copy()
    if decoding.logit_bias:
        logits[:, list(decoding.logit_bias)] += np.array(list(decoding.logit_bias.values()), np.float32)
    if decoding.remembers:
        for row, said in zip(logits, draw.said, strict=True):
            _punish(row, said, draw.prompt, decoding)
    return logits


def _punish(row: NDArray[np.float32], said: Sequence[int], prompt: Sequence[int], decoding: Decoding) -> None:
    """Lowers what was said in one row of logits, in place."""
    tokens, times = np.unique(np.array(said, np.int64), return_counts=True)
    row[tokens] -= decoding.frequency_penalty * times.astype(np.float32) + np.float32(decoding.presence_penalty)
    if decoding.repetition_penalty != 1.0:
        seen = np.union1d(tokens, np.array(prompt, np.int64))
        factor = np.float32(decoding.repetition_penalty)
        row[seen] = np.where(row[seen] > 0, row[seen] / factor, row[seen] * factor)


def choose(
    logits: Logits, history: Sequence[Sequence[int]], streams: Sequence[random.Random], decoding: Decoding
) -> NDArray[np.int64]:
    """One token for each row of one request.

    Args:
        logits: of the rows.
        history: the tokens each row has said so far, for the penalties.
        streams: one per row.
        decoding: how.

    Returns:
        Token ids, shape (rows,).
    """
    return drawn([logits], [Draw(decoding, streams, said=history)])


def drawn(logits: Sequence[Logits], draws: Sequence[Draw]) -> NDArray[np.int64]:
    """One token for each row of several requests, by the inverse of its cumulative distribution at one uniform number.

    One number a token makes the choice the same everywhere, as far as the logits are. A row's token does not depend on others'.

    Args:
        logits: for each request those of its rows.
        draws: for each request how.

    Returns:
        Token ids of all rows, shape (rows,).
    """
    moved = [adjusted(draw, rows) for draw, rows in zip(draws, logits, strict=True)]
    every = moved[0] if len(moved) == 1 else np.concatenate(moved)
    tokens = np.empty(len(every), np.int64)
    for way, places, members in ways(draws):
        part = every if len(places) == len(every) else every[places]
        tokens[places] = part.argmax(-1) if way.greedy else _sampled(part, members, way)
    return tokens


def _sampled(logits: Logits, draws: Sequence[Draw], way: Way) -> NDArray[np.int64]:
    """Draws rows that go the same way."""

    def column(values: Iterator[float]) -> NDArray[np.float64]:
        return np.array(list(values), np.float64)[:, None]

    def each(of: Sequence[float]) -> NDArray[np.float64]:
        return column(value for value, draw in zip(of, draws, strict=True) for _stream in draw.streams)

    temperature = each([draw.decoding.temperature for draw in draws]).astype(np.float32)
    tokens: NDArray[np.int64] | None = None
    weights: NDArray[Any]
    if way.few:
        weights, tokens = _likely(logits, temperature, each([math.log(draw.decoding.min_p) for draw in draws]).astype(np.float32))
    else:
        weights = _softmax(logits / temperature)
    if way.nucleus:
        weights = _nucleus(weights, each([draw.decoding.top_p for draw in draws]).astype(weights.dtype))
    uniform = column(stream.random() for draw in draws for stream in draw.streams).astype(weights.dtype)
    cumulative = _summed(weights)
    reached = (cumulative <= uniform * cumulative[:, -1:]).sum(-1)
    place = np.minimum(reached, weights.shape[-1] - 1)[:, None]
    found: NDArray[np.int64] = (place if tokens is None else np.take_along_axis(tokens, place, 1))[:, 0]
    return found


def _softmax(logits: Logits) -> NDArray[np.float32]:
    """How likely tokens are, worked out in double precision and told in single: as near to what torch tells as numbers are."""
    weights = np.exp((logits - logits.max(-1, keepdims=True)).astype(np.float64))
    told: NDArray[np.float32] = (weights / weights.sum(-1, keepdims=True)).astype(np.float32)
    return told


def _summed(weights: NDArray[Any]) -> NDArray[Any]:
    """Cumulative sums along the rows, made in double precision as torch makes them on a CPU."""
    return weights.cumsum(-1, dtype=np.float64).astype(weights.dtype, copy=False)


def _likely(
    logits: Logits, temperature: NDArray[np.float32], threshold: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """How likely tokens are, up to a factor for each row, and which tokens these are.

    With min-p only the tokens that pass are looked at, a few of 50 000: they stand on the left, in order, and what is
    right of them weighs nothing, so a row's sum does not depend on how many passed in another.

    Args:
        logits: shape (rows, vocabulary).
        temperature: shape (rows, 1).
        threshold: logarithm of min-p, shape (rows, 1).
    """
    best = logits.max(-1, keepdims=True)
    least = best + temperature * threshold
    # a row at a time stays in the cache: a quarter of the time
    found = [np.flatnonzero(row >= lowest) for row, lowest in zip(logits, least, strict=True)]
    few = np.zeros((len(logits), max(map(len, found))), np.float64)
    named = np.zeros(few.shape, np.int64)
    for row, tokens in enumerate(found):
        few[row, : len(tokens)] = np.exp(((logits[row, tokens] - best[row, 0]) / temperature[row, 0]).astype(np.float64))
        named[row, : len(tokens)] = tokens
    return few, named


def log_totals(logits: Logits) -> NDArray[np.float32]:
    """Log sum exp of each row, shape (rows,). A row's does not depend on the others."""
    totals = np.empty(len(logits), np.float32)
    for place, row in enumerate(logits):  # a row at a time stays in the cache
        best = row.max()
        totals[place] = best + np.log(np.exp(row - best).sum())
    return totals


def _nucleus(weights: NDArray[Any], top_p: NDArray[Any]) -> NDArray[Any]:
    """The likeliest tokens that together reach `top_p`, shape (rows, 1); the token that crosses it is in."""
    places = np.argsort(-weights, axis=-1, kind="stable")
    ordered = np.take_along_axis(weights, places, -1)
    together = _summed(ordered)  # not sum(), whose order depends on how many nothings stand behind
    ordered[together - ordered >= top_p * together[:, -1:]] = 0.0
    kept = np.zeros_like(weights)
    np.put_along_axis(kept, places, ordered, -1)
    return kept


def logprobs_of(logits: Logits, targets: Sequence[int]) -> list[float]:
    """Log-probabilities of the targets, nats; logits of shape (len(targets), vocabulary)."""
    told: list[float] = (logits[np.arange(len(targets)), list(targets)] - log_totals(logits)).tolist()
    return told


def picked(logits: Logits, targets: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Log-probabilities of each row's targets, nats, shape (targets,); logits of shape (rows, any, vocabulary)."""
    found = [logprobs_of(row[: len(mine)], mine) for row, mine in zip(logits, targets, strict=True)]
    return np.array([value for row in found for value in row], np.float32)


def likeliest(logits: Logits, count: int) -> list[list[tuple[int, float]]]:
    """For each row the likeliest tokens and their log-probabilities, nats, the likeliest first."""
    found = []
    for row, total in zip(logits, log_totals(logits), strict=True):
        tokens = np.argpartition(-row, count - 1)[:count]
        tokens = tokens[np.lexsort((tokens, -row[tokens]))]
        found.append([(int(token), float(row[token] - total)) for token in tokens])
    return found
