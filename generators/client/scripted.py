"""A generator without any model: drafts that follow from the seed and the topic alone, for tests and for trying out a chat."""

from __future__ import annotations

import asyncio
import random
import re
import zlib
from collections.abc import AsyncIterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import GeneratorDown
from bot.domain.ideas import MAX_IDEA, Draft, Prompt
from bot.ports import Health, Order

DIMENSIONS = 256  # hashed letter groups collide seldom enough below a few hundred characters
MODEL = "scripted"

_OPENINGS = {
    "en": "A secret|The midnight|A handmade|The travelling|A tiny|The upside-down|A musical|The neighbourly|A glowing|A patient|"
    "A borrowed|The seasonal|A silent|The wild|A paper|The floating|A one-day|The curious|A rooftop|The forgotten|A spicy",
    "zh": "秘密的|午夜的|手作的|旅行的|迷你的|倒立的|会唱歌的|邻里的|发光的|安静的|屋顶上的|四季的",
}
_THINGS = {
    "en": "map|orchestra|picnic|library|parade|workshop|treasure hunt|garden|postcard|market|compass|kitchen|lantern|puzzle|"
    "expedition|swap|gallery|signal|recipe|time capsule|relay|harbour|studio|almanac",
    "zh": "地图|乐队|野餐|书房|游行|工坊|寻宝|花园|明信片|集市|灯笼|拼图",
}
_TWISTS = {
    "en": "where nobody speaks|made by strangers|that changes every hour|for rainy days|with one rule only|told backwards|"
    "that fits in a pocket|led by the youngest|without any screens|at half the price|that ends in a feast|for two at a time|"
    "with a hidden guest|that anybody can join|built in an afternoon|that grows by itself",
    "zh": "不许说话|由陌生人完成|每小时都在变|只在雨天|只有一条规则|倒着讲|装进口袋|由最年轻的人带领|没有屏幕|人人可加入",
}


class ScriptedGenerator:
    """Makes the same drafts for the same order, at once or after a delay, and fails where it is told to."""

    def __init__(
        self,
        *,
        texts: Sequence[str] = (),
        delay_s: float = 0.0,
        broken_every: int = 0,
        fails_after: int | None = None,
        failure: Exception | None = None,
        embeddings: bool = True,
    ) -> None:
        """Nothing happens yet.

        Args:
            texts: yield these, in this order and as they are, before any made-up ones.
            delay_s: seconds before each draft.
            broken_every: every so many-th draft is broken; 0: none is.
            fails_after: drafts of each order before `failure` is raised; None: never.
            failure: what is raised then; `GeneratorDown` by default.
            embeddings: whether `embed` gives vectors, or None like a service without them.
        """
        self.texts = tuple(texts)
        self.delay_s = delay_s
        self.broken_every = broken_every
        self.fails_after = fails_after
        self.failure = failure
        self.embeddings = embeddings
        self.orders: list[Order] = []  #: everything that was asked for, in order
        self.closed = False

    async def health(self) -> Health:
        """Ready, unless it fails at once."""
        if self.fails_after == 0:
            return Health(ready=False, doing=str(self.failure or GeneratorDown()), model=MODEL, failed=True)
        return Health(ready=True, doing="ready", done=1.0, model=MODEL)

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        """Yields `order.candidates` drafts."""
        self.orders.append(order)
        for index in range(order.candidates):
            if self.fails_after is not None and index >= self.fails_after:
                raise self.failure or GeneratorDown
            await asyncio.sleep(self.delay_s)
            yield self._draft(order, index)

    async def oversampling(self, prompt: Prompt) -> float:
        """As usual."""
        return 1.0

    @property
    def encoder(self) -> str:
        """Hashed letter groups, for ever."""
        return "letters"

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Vectors of hashed letter groups."""
        return letters(texts) if self.embeddings else None

    async def close(self) -> None:
        """Nothing is held."""
        self.closed = True

    def _draft(self, order: Order, index: int) -> Draft:
        chance = random.Random(f"{order.seed}|{order.model}|{order.prompt}|{index}")
        if self.broken_every and (index + 1) % self.broken_every == 0:
            return Draft(text="", broken="empty", model=order.model)
        text = self.texts[index] if index < len(self.texts) else made_up(order.prompt, chance)
        logprob = -1.0 - 2.0 * chance.random()
        return Draft(
            text=text, logprob=logprob, relevance=chance.gauss(1.0, 0.3), tokens=max(1, len(text) // 4), model=order.model
        )


def made_up(prompt: Prompt, chance: random.Random) -> str:
    """A text that looks like an answer to the prompt."""
    language = "zh" if prompt.language == "zh" else "en"
    opening, thing, twist = (chance.choice(words[language].split("|")) for words in (_OPENINGS, _THINGS, _TWISTS))
    subject = chance.choice(prompt.about) if prompt.about else prompt.text
    if prompt.operation == "polish":
        return f"{subject.rstrip('.!。')[: MAX_IDEA - 60]}, {twist}"
    words = [word for word in re.findall(r"\w+", subject) if len(word) > 3] or [subject[:20]]
    word = chance.choice(words)[:30].lower()
    if language == "zh":
        return f"{opening}{word[:8]}{thing}，{twist}"
    return f"{opening} {word} {thing} {twist}"


def letters(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors of hashed groups of three letters: alike for texts that share spelling, shape (len(texts), DIMENSIONS)."""
    rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        folded = f" {' '.join(text.casefold().split())} "
        for start in range(max(1, len(folded) - 2)):
            hashed = zlib.crc32(folded[start : start + 3].encode("utf-8", "surrogatepass"))
            row[hashed % DIMENSIONS] += 1.0 if hashed & (1 << 30) else -1.0
        length = float(np.linalg.norm(row))
        if length == 0.0:
            row[0] = length = 1.0
        row /= length
    return rows
