"""Ideas of the bank as drafts: what an order asks for, and what of it the bank knows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from math import inf

import numpy as np
import numpy.typing as npt

from bot.domain.ideas import BANKED, Draft, Prompt
from bot.ports import Order
from bot.services.ideas.wishing import wished
from bot.services.talk import manners
from generators.bank import bank, kinds
from generators.bank.bank import Bank, Entry, Recalled
from generators.bank.patterns import chinese, english, table
from generators.bank.patterns.asked import Asked
from generators.bank.patterns.table import Patterns

Vectors = Callable[[Sequence[str]], Awaitable[npt.NDArray[np.float32] | None]]

OPERATIONS = ("fresh", "more")  # all others are about the words of an idea that stands there
PLENTY = 3  # times as many as ideas are wanted: of some of one topic the choice leaves out what is alike
#: Times as many good ideas as are wanted from which the built-in model drafts none, and log-odds that make one good: of such
#: readers found 66 to 82 in 100 usable, of the model's own 31; see docs/lab/bank.md.
AMPLE, GOOD = 2, 0.13
OTHERWISE = 1.0  # log-odds that an idea loses where it should be in a manner that its own topic does not name; by judgement
BESIDE, SUGGESTED = -2.2, 3  # log-odds from which a topic may be what somebody would take instead, and how many are named
WISHED = 4  # times as many where something is wished for, of which those are chosen that are near to it
ALIKE = 0.5  # weight of the ideas that more are wanted of beside the topic's


def asked(prompt: Prompt) -> bool:
    """Whether a prompt asks for something that a bank may know."""
    return prompt.operation in OPERATIONS and prompt.modality == "text" and not prompt.option("picture")


async def drafts(order: Order, topic: str, vectors: Vectors) -> list[Draft]:
    """Ideas of the bank for an order, best first; none where it knows no topic that is near. The same order gives the same ones.

    Args:
        order: in the characters that the bank of its language is written in.
        topic: what to look for: the topic, with its manner.
        vectors: of texts, by the encoder of the bank; None where there is none.
    """
    prompt = order.prompt
    if order.alone or not asked(prompt) or (looked := await _looked(prompt, topic, vectors)) is None:
        return []
    there, sought = looked
    wish = wished(prompt)
    topic = prompt.text if wish else topic
    most, gone = PLENTY * (order.wanted or prompt.count), (*order.avoid, *prompt.about)
    kind = kinds.asked(prompt.text, prompt.language)
    found: list[Recalled] = []
    for vector in sought:
        gone = (*gone, *(one.text for one in found))
        found += there.recalled(
            topic, vector, (WISHED if wish else 1) * most - len(found), kind=kind, gone=gone, seed=order.seed, wish=wish
        )
    held = await _held(prompt, vectors)
    if held is not None:
        found += held[0].drawn(held[1], most, gone=gone, seed=order.seed)
    return [_draft(one, prompt, order.seed, there.least) for one in found]


def ample(drafts: Sequence[Draft], order: Order) -> bool:
    """Whether the bank's drafts for an order are so many and so good that a small model's own would hardly be chosen."""
    good = sum((draft.recalled or 0.0) >= GOOD for draft in drafts)
    return good >= AMPLE * (order.wanted or order.prompt.count)


async def known(prompt: Prompt, topic: str, vectors: Vectors) -> float:
    """Log-odds that the best of the bank's ideas for a prompt is usable; minus infinity: it has none. See `drafts`."""
    held = await _held(prompt, vectors) if asked(prompt) else None
    near = [odds for _entry, odds in await _near(prompt, topic, vectors)]
    return max(near + ([] if held is None else [table.odds(held[1])]), default=-inf)


async def beside(prompt: Prompt, topic: str, vectors: Vectors) -> list[str]:
    """Topics of the bank that are beside a prompt which it has no ideas for, nearest first. Arguments as for `drafts`."""
    return [entry.topic for entry, _odds in (await _near(prompt, topic, vectors, BESIDE))[:SUGGESTED]]


async def _near(prompt: Prompt, topic: str, vectors: Vectors, least: float | None = None) -> list[tuple[Entry, float]]:
    """Entries near to a prompt, see `Bank.near`; none where it asks for nothing that a bank may know."""
    looked = await _looked(prompt, topic, vectors) if asked(prompt) else None
    if looked is None:
        return []
    there, sought = looked
    topic = prompt.text if wished(prompt) else topic
    return there.near(topic, sought[0], kinds.asked(prompt.text, prompt.language), least)


async def _looked(prompt: Prompt, topic: str, vectors: Vectors) -> tuple[Bank, Sequence[npt.NDArray[np.float32]]] | None:
    """The bank of a prompt's language, and vectors of what to look for there, in this order; None where either cannot be had."""
    rows = await vectors(
        [prompt.text if wished(prompt) else topic, *prompt.about]
    )  # a wish tells nothing of which topics are near
    there = None if rows is None else await asyncio.to_thread(bank.shipped, prompt.language)
    if rows is None or there is None:
        return None
    if len(rows) == 1:
        return there, [rows[0]]
    return there, [
        bank.unit(rows[0] + ALIKE * rows[1:].mean(axis=0)),
        rows[0],
    ]  # what is like those, then what else the topic has


async def _held(prompt: Prompt, vectors: Vectors) -> tuple[Patterns, Asked] | None:
    """The patterns that a prompt's topic fills, and with what; None: there are none for it."""
    told = chinese.asked(prompt.text) if prompt.language == "zh" else english.asked(prompt.text)
    rows = None if told is None else await vectors([slot.told_by for slot in told.slots])
    there = None if rows is None else await asyncio.to_thread(table.shipped, prompt.language)
    if told is None or rows is None or there is None:
        return None
    named = there.told(told.slots, rows)
    held = replace(told, slots=tuple(named[:1] if told.one else named))
    return (there, held) if held.slots else None


def _draft(one: Recalled, prompt: Prompt, seed: int, least: float) -> Draft:
    manner = " ".join((manners.asked(prompt.style), prompt.tone)).casefold().split()
    otherwise = bool(manner) and not any(word in one.topic.casefold() for word in manner)
    return Draft(
        text=one.text,
        tokens=0,
        model=BANKED,
        apart=" ".join(one.apart.split()),
        recalled=max(least, one.odds - OTHERWISE * (otherwise and not one.wished)),  # it comes later, and is no refusal
        decoding=json.dumps({"bank": one.topic, "seed": seed}, ensure_ascii=False),
    )
