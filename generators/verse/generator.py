"""Gives Chinese its due beside any generator: 绝句 of the small poet, names out of old poems, Traditional for who writes it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import GeneratorDown, Refusal, WrongLanguage
from bot.domain.ideas import Draft, Prompt
from bot.ports import Generator, Health, Order
from bot.services.ideas.filtering import REFUSING
from bot.services.talk import manners
from bot.words import CONVERTED, language
from generators.bank import recalling
from generators.client.languages import all_shown, english_only
from generators.client.recipes import recognised
from generators.engines.text.multilingual import FORM, Multilingual
from generators.verse import forms, saying, writing
from generators.verse.keywords import Keywords
from generators.verse.naming import drafting as naming
from generators.verse.naming.asking import asked
from generators.verse.naming.making import Namer
from generators.verse.rhymes import GROUPS
from generators.verse.saying import Said, telling
from generators.verse.scripts import is_traditional, simplified, traditional
from generators.verse.writing import Poet, Wish, Written

KIND = "jueju"  #: the recipe's name
VERSES = frozenset(("poems", "quatrains"))  #: other kinds of poems in whose place it writes for a model that knows no Chinese
WRITES = frozenset({"fresh", "more", "remix", "spin"})  #: operations that make a poem; polishing is a language model's
MORE = 4  # times as many poems are written as drafts are wanted, fifty milliseconds each; the best are handed on
LEAST = 20  #: poems that are written for any order: of fewer the best one is no good poem
STAND_INS = 4  #: near words, of which one is read in the place of a word that no old poem has a character of
SEVEN = 0.6  # share of lines of seven where nobody said which
ASKED = "length"  #: option of a prompt: characters in a line, "5" or "7"
FIRST = "first"  #: option of a prompt: four characters with which the lines of an acrostic begin
#: What old verse says of somebody's death, which nobody wants in a poem for a retirement; and subjects that are of it.
DEATH = re.compile(r"[乘驾跨骑]鹤|鹤驾|归西|西归|仙[去逝]|黄泉|九泉|泉下|[冢坟墓]|亡人|故人亡|薄命")
MOURNING = re.compile(r"悼|祭|亡|逝|缅怀|清明|墓|忌日|追思|葬|鹤")
LENGTH = re.compile(r"(?P<length>[五七5７7５])(?:言|绝|絕|字)")


@dataclass(frozen=True, slots=True)
class _Topic:
    """What poems are to be about."""

    own: Sequence[str]  #: words that stand in it and that the poet knows
    reads: Mapping[str, Sequence[str]]  #: what the network may read for each word that a poem must say
    near: Sequence[str]  #: words near to it
    nearness: NDArray[np.float32]  #: how near each of these is, cosine less that of the nearest
    first: str = ""  #: what the lines' first characters are, where it is an acrostic


class ChineseGenerator:
    """Another generator, with a poet, and names where it knows no Chinese. Its vectors, and all other drafts, are its own."""

    def __init__(self, inner: Generator, poet: Poet | None = None) -> None:
        """Loads nothing before the first poem.

        Args:
            inner: makes everything else. Whoever opened it closes it.
            poet: None: the one that is shipped.
        """
        self.inner = inner
        self._given = poet

    async def oversampling(self, prompt: Prompt) -> float:
        """The other's; poems and names that it would refuse for their language are made here."""
        try:
            return await self.inner.oversampling(prompt)
        except Refusal as refusal:
            if isinstance(refusal, WrongLanguage) and asked(prompt) is not None:
                return naming.MORE
            if isinstance(refusal, WrongLanguage) and await self._recalls(prompt):
                return 1.0
            verse = _recipe(prompt) == KIND or (_recipe(prompt) in VERSES and prompt.language == "zh")
            if not verse or prompt.operation not in WRITES:
                raise await self._refusing(refusal, prompt) from refusal
            return 1.0

    @property
    def encoder(self) -> str:
        """See `bot.ports.Generator`."""
        return self.inner.encoder

    async def health(self) -> Health:
        """The other's."""
        return await self.inner.health()

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """The other's."""
        return await self.inner.embed(texts)

    async def close(self) -> None:
        """Closes the other."""
        await self.inner.close()

    async def draft(self, order: Order) -> AsyncGenerator[Draft, None]:
        """See `bot.ports.Generator`. The same order gives the same poems."""
        prompt = order.prompt
        said = "".join((prompt.text, *prompt.about))
        either = simplified(said) == said == traditional(said, name="s2t")  # 老街 says nothing of who wrote it
        old = prompt.language == "zh" and (is_traditional(said) or (either and language() in CONVERTED))
        if old:  # recipes and models know Simplified characters
            prompt = replace(prompt, text=simplified(prompt.text), about=tuple(map(simplified, prompt.about)))
            order = replace(order, prompt=prompt)
        recipe, subject = recognised(prompt)
        if recipe.kind == KIND and prompt.operation in WRITES:
            for draft in await self._poems(order, subject, old=old):
                yield draft
            return
        drafts = self.inner.draft(order)
        try:
            async for draft in drafts:
                yield replace(draft, text=traditional(draft.text)) if old else draft
        except Refusal as refusal:  # of a model that knows no Chinese, before its first draft
            made = await self._instead(order, recipe.kind, subject, refusal, old=old)
            if not made:
                shown = isinstance(refusal, WrongLanguage) and await self._recalls(prompt)
                raise (all_shown() if shown else await self._refusing(refusal, prompt)) from refusal
            for draft in made:
                yield draft
        finally:
            if isinstance(drafts, AsyncGenerator):
                await drafts.aclose()

    async def _instead(self, order: Order, kind: str, subject: str, refusal: Refusal, *, old: bool) -> list[Draft]:
        """What can be had here in place of what a model refuses: names, poems, ideas of the bank; empty: nothing.

        Args:
            order: in Simplified characters where it is Chinese.
            kind: its recipe's.
            subject: what the recipe finds that it is about.
            refusal: the model's.
            old: it is to be in Traditional characters.
        """
        prompt = order.prompt
        wanted = asked(prompt) if isinstance(refusal, WrongLanguage) else None
        if wanted is not None:
            return await naming.drafts(order, wanted, self._namer, self._vectors, old=old)
        if prompt.language != "zh":
            return []
        if kind in VERSES and prompt.operation in WRITES:
            return await self._poems(order, subject, old=old)
        if not isinstance(refusal, WrongLanguage):
            return []
        told = await recalling.drafts(order, _sought(prompt), self._vectors)
        return [replace(one, text=traditional(one.text)) if old else one for one in told]

    async def _recalls(self, prompt: Prompt) -> bool:
        """Whether the Chinese bank has ideas for a prompt, in either script."""
        if prompt.language != "zh" or not recalling.asked(prompt):
            return False
        try:
            prompt = replace(prompt, text=simplified(prompt.text))
            return await recalling.known(prompt, simplified(_sought(prompt)), self._vectors) > -inf
        except GeneratorDown:
            return True  # who cannot be asked now is asked again when drafts are wanted, and refuses then

    async def _refusing(self, refusal: Refusal, prompt: Prompt) -> Refusal:
        """A refusal for the language, with topics of the bank that are near; any other as it is."""
        if not isinstance(refusal, WrongLanguage) or prompt.language != "zh" or asked(prompt) is not None:
            return refusal
        try:
            plain = replace(prompt, text=simplified(prompt.text))
            near = await recalling.beside(plain, simplified(_sought(prompt)), self._vectors)
        except GeneratorDown:
            return refusal
        old = is_traditional(prompt.text) or language() in CONVERTED
        return english_only(prompt, [traditional(topic) for topic in near] if old else near)

    async def _poems(self, order: Order, subject: str, *, old: bool) -> list[Draft]:
        subject = simplified(LENGTH.sub("", subject) or subject)
        about = [simplified(text) for text in order.prompt.about]
        first = simplified(order.prompt.option(FIRST))
        words = [first] if first else await asyncio.to_thread(telling, subject)
        vectors = await self._vectors([" ".join((subject, *about)), *words])
        topic = await asyncio.to_thread(self._topic, subject, about, words, vectors)
        topic = replace(topic, own=(), first=first) if first else topic
        poems = of_the_living(await asyncio.to_thread(self._written, order, topic), subject)
        near = await self._vectors(["，".join(poem.lines) for poem in poems]) @ vectors[0]
        good = standing(np.array([poem.logprob for poem in poems])) + standing(near)
        return [_told(poems[place], order, old=old) for place in np.argsort(-good, kind="stable")[: order.candidates]]

    async def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors by the generation service, where it has the encoder of the keywords, else by our own."""
        rows = await self.inner.embed(texts)
        if rows is not None and self.inner.encoder.endswith(f"+use-m3.{FORM}"):
            return rows
        return await asyncio.to_thread(self._multilingual, texts)

    def _topic(self, subject: str, about: Sequence[str], words: Sequence[str], vectors: NDArray[np.float32]) -> _Topic:
        own = self._keywords.standing(subject, self._poet.signs) or [
            word for text in about for word in self._keywords.standing(text, self._poet.signs) if len(word) > 1
        ]
        known = self._poet.signs.numbers
        reads = {
            word: [word] if set(word) & set(known) else self._keywords.near(vector)[0][:STAND_INS]
            for word, vector in zip(words, vectors[1:], strict=True)
        }
        near, nearness = self._keywords.near(vectors[1:] if words else vectors[0], without="".join(words))
        return _Topic(own, reads, near, nearness)

    def _written(self, order: Order, topic: _Topic) -> list[Written]:
        chance = np.random.default_rng(order.seed)
        count = max(LEAST, MORE * order.candidates)
        said = LENGTH.search(order.prompt.text) or LENGTH.match(f"{order.prompt.option(ASKED)}言")
        sevens = round(SEVEN * count) if said is None else count if said["length"] in "七7７" else 0
        poems: list[Written] = []
        for length, some in ((7, sevens), (5, count - sevens)):
            ways = saying.ways(tuple(topic.reads), length, self._poet.tones, acrostic=bool(topic.first))
            wishes = [self._wish(topic, ways, length, chance) for _number in range(some)]
            poems += self._poet.write(wishes, chance) if wishes else []
        return poems

    def _wish(self, topic: _Topic, ways: Sequence[tuple[saying.Place, ...]], length: int, chance: np.random.Generator) -> Wish:
        """One poem's: where the topic's words stand, and what its other lines are about."""
        places = saying.drawn(ways, chance)
        said, heard = [], {}
        words = [(char, [char]) for char in topic.first] or topic.reads.items()
        for (word, reads), place in zip(words, places, strict=False):
            read = (reads[int(chance.integers(len(reads)))] * len(word))[: len(word)]
            said.append(Said(place.line * length + place.at, word, read))
            if not topic.first:
                heard[place.line] = "".join(char for char in read if char in self._poet.signs.numbers)
        group = next((place.group for place in places if place.group), "")
        drawn = int(chance.choice(len(GROUPS), p=self._poet.shares))
        return Wish(
            keywords=self._keywords.plan(heard, topic.own, topic.near, topic.nearness, chance),
            length=length,
            pattern=places[0].pattern if places else int(chance.integers(len(forms.ORDERS))),
            group=GROUPS.index(group) if group else drawn,
            said=tuple(said),
        )

    @cached_property
    def _poet(self) -> Poet:
        return self._given or Poet()

    @cached_property
    def _namer(self) -> Namer:
        return Namer()

    @cached_property
    def _keywords(self) -> Keywords:
        return Keywords.read(self._poet.keywords, writing.ASSETS / "keywords.npy")

    @cached_property
    def _multilingual(self) -> Multilingual:
        return Multilingual()


def _sought(prompt: Prompt) -> str:
    """What to look for in the bank: the topic, and how ideas should be; not what they should not be."""
    how = (
        manner for manner in (manners.asked(prompt.style), prompt.tone, prompt.option("audience")) if not REFUSING.match(manner)
    )
    return "，".join(filter(None, (prompt.text, *how)))


def _recipe(prompt: Prompt) -> str:
    """The kind of recipe for a prompt in either script."""
    return recognised(replace(prompt, text=simplified(prompt.text)))[0].kind


def of_the_living(poems: Sequence[Written], subject: str) -> Sequence[Written]:
    """The poems that speak of nobody's death, where the subject does not; all where every one does."""
    kept = [poem for poem in poems if not DEATH.search("，".join(poem.lines))]
    return poems if MOURNING.search(subject) or not kept else kept


def standing(values: NDArray[Any]) -> NDArray[np.float64]:
    """How far values lie above their mean, in standard deviations."""
    return np.asarray((values - values.mean()) / (values.std() + 1e-9), dtype=np.float64)


def _told(poem: Written, order: Order, *, old: bool) -> Draft:
    text = " / ".join(poem.lines)
    said = {"poet": True, "seed": order.seed, "temperature": writing.TEMPERATURE}
    return Draft(
        text=traditional(text, name="s2t") if old else text,
        logprob=poem.logprob,
        tokens=sum(map(len, poem.lines)),
        model="",
        decoding=json.dumps(said),
    )
