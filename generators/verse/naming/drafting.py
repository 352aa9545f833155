"""Names as drafts: what an order asks for, and what of earlier names it means."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Draft
from bot.domain.names import BORROWED, plain
from bot.ports import Order
from generators.verse.naming.asking import Asked
from generators.verse.naming.making import Before, Name, Namer
from generators.verse.scripts import simplified, traditional

MORE = 0.75  #: times as many drafts as of other ideas: they are far from one another already, and no end comes often among so few
SHORT = "short"  # level of a polish
LIKENESS = 2.0  # nats that the first name is worth more than the last, as the bot compares drafts; its votes may overrule them

Vectors = Callable[[Sequence[str]], Awaitable[NDArray[np.float32]]]


async def drafts(order: Order, asked: Asked, namer: Namer, vectors: Vectors, *, old: bool) -> list[Draft]:
    """Names for an order, the best first; none for a name to be polished that no poem has. The same order gives the same names.

    Args:
        order: in Simplified characters.
        asked: what it asks.
        namer: makes them.
        vectors: of texts, by the multilingual encoder.
        old: they are to be in Traditional characters.
    """
    vector = (await vectors([asked.subject]))[0]
    names = await asyncio.to_thread(_names, order, asked, namer, vector)
    return [_draft(name, LIKENESS * (1 - place / len(names)), order.seed, old=old) for place, name in enumerate(names)]


def _names(order: Order, asked: Asked, namer: Namer, vector: NDArray[np.float32]) -> list[Name]:
    prompt = order.prompt
    about, liked, gone = (tuple(map(simplified, texts)) for texts in (prompt.about, order.liked, order.avoid))
    if prompt.operation == "polish" and about:
        shorter = prompt.option("level") == SHORT
        if namer.words.within(plain(about[0])) is None:  # somebody's own: other names are no polish of it
            return []
        if same := namer.again(about[0], asked, shorter=shorter, count=order.candidates):
            return same
        asked = replace(asked, length=asked.length or 2) if shorter else asked
    like = liked if prompt.operation == "fresh" else () if prompt.operation == "spin" else about
    before = Before(like=like, unlike=about if prompt.operation == "spin" else (), gone=gone)
    return namer.make(asked, vector, before, count=order.candidates, seed=order.seed)


def _draft(name: Name, relevance: float, seed: int, *, old: bool) -> Draft:
    text = traditional(name.shown, name="s2t") if old else name.shown
    return Draft(
        text=text,
        relevance=relevance,
        tokens=len(name.shown),
        model=BORROWED,
        decoding=json.dumps({"verse": name.word.verse, "author": name.word.author, "seed": seed}, ensure_ascii=False),
    )
