"""Groups a board's ideas into themes, and says which ideas say the same and what no idea is about yet."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import Refusal
from bot.domain.ideas import Channel, Idea, Person
from bot.domain.shaping import Theme
from bot.ports import Clock, Generator, Store
from bot.services.chinese import HAN
from bot.services.events import own_id
from bot.services.ideas.board import Boards
from bot.services.ideas.filtering import stem
from bot.services.ideas.gaps import Aspect, aspects, missing
from bot.services.ideas.naming import BINDING, Naming, shared
from bot.services.ideas.selecting import SAME, SAME_WORDS, alike, wordset
from bot.services.ideas.standing import View, folded
from bot.words import _, ngettext

LEAST = 12  # ideas; of fewer one sees at a glance what belongs together, and groups of them are chance
MOST = 500  # ideas, the best; grouping these takes a second of one core, and time grows with their square
AT_ONCE = 64  # texts embedded by one request, so that a brainstorm's own requests get between
#: Cosine, with the topic's meaning and without it, from which two sentences for one topic are offered as saying the same; and
#: words of a sentence: of names nearly alike most mean to differ. Measured in English only: docs/lab/workshop.md.
LIKELY, BESIDE, SENTENCE = 0.65, 0.6, 4
#: Cosine with and without the topic from which two sentences are offered that share a word which no other idea has: of the
#: workshop's thirty and what the model wrote two soups have .50 and .51, and the next such pair .39 and .36.
TOLD_APART = 0.45
NOTHING = 0.3  # length of what is left of a meaning without its topic's, below which it is noise
OFFERED = 3  # pairs that say the same, offered at once; each takes a line and a button

Grouping = Callable[[NDArray[np.float32]], list[list[int]]]
Told = Callable[[], Awaitable[None]]  #: told that themes are being named, which takes a moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A board's themes as they are now."""

    topic: str  #: of the board, as asked for; empty: the whole channel's
    themes: tuple[tuple[Theme, tuple[Idea, ...]], ...]  #: with those of their ideas that stand on the board
    loose: tuple[Idea, ...]  #: ideas that came since
    outside: tuple[Idea, ...]  #: ideas that somebody took out of every theme
    same: tuple[tuple[Idea, Idea], ...]  #: of each pair the one that would go, and the one that would stay
    gaps: tuple[Aspect, ...]  #: what no idea is about


class TooFew(Refusal):
    """There are too few ideas here for themes."""


class Theming:
    """Makes themes."""

    def __init__(
        self,
        *,
        store: Store,
        boards: Boards,
        generator: Generator,
        naming: Naming,
        grouping: Grouping,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self.naming = naming
        self.store = store
        self.boards = boards
        self.generator = generator
        self.grouping = grouping
        self.clock = clock
        self.new_id = new_id

    async def look(
        self, channel: Channel, topic: str, *, anew: bool = False, person: Person | None = None, told: Told | None = None
    ) -> Sight:
        """The themes of a board; they are made where there are none yet, or `anew`: then names that people gave stay.

        Args:
            channel: where.
            topic: of which board; empty: the whole channel's.
            anew: see above.
            person: who looks.
            told: see `Told`.

        Raises:
            TooFew: there are too few ideas.
            GeneratorDown: their meaning cannot be had now.
        """
        ideas = await ideas_of(self.boards, channel, topic)
        stored = await self.store.themes(channel, folded(topic))
        fresh = anew or not stored
        if fresh and len(ideas) < LEAST:
            raise TooFew(
                ngettext(
                    "There is {count} idea here; themes are made of {least} or more.",
                    "There are {count} ideas here; themes are made of {least} or more.",
                    len(ideas),
                ).format(count=len(ideas), least=LEAST)
            )
        vectors = await self._meanings([idea.text for idea in ideas])
        if fresh:
            stored = await self._made(channel, topic, ideas, vectors, stored, person=person, told=told)
        return await self._sight(topic, ideas, vectors, stored)

    async def _sight(self, topic: str, ideas: Sequence[Idea], vectors: NDArray[np.float32], stored: Sequence[Theme]) -> Sight:
        """The themes with what stands in them, and what else there is to see."""
        by_id = {idea.id: idea for idea in ideas}
        placed = [(theme, tuple(by_id[id] for id in theme.ideas if id in by_id)) for theme in stored]
        inside, made = {id for theme in stored for id in theme.ideas}, min((theme.at for theme in stored), default=self.clock())
        apart = [idea for idea in ideas if idea.id not in inside]
        return Sight(
            topic=topic,
            themes=tuple(pair for pair in placed if pair[1]),
            loose=tuple(idea for idea in apart if idea.created_at >= made),
            outside=tuple(idea for idea in apart if idea.created_at < made),
            same=tuple(same(ideas, vectors)[:OFFERED]),
            gaps=missing(ideas, vectors, await self._meanings([aspect.meaning for aspect in aspects()])),
        )

    async def _made(
        self,
        channel: Channel,
        topic: str,
        ideas: Sequence[Idea],
        vectors: NDArray[np.float32],
        before: Sequence[Theme],
        *,
        person: Person | None,
        told: Told | None,
    ) -> list[Theme]:
        """Groups ideas, names the groups and keeps them as the board's themes."""
        groups = await asyncio.to_thread(self.grouping, vectors)
        if told is not None:
            await told()
        several = [group for group in groups if len(group) > 1]
        texts = [[ideas[place].text for place in group] for group in several]
        common = shared((topic,) if topic else await self.boards.topics(channel))
        names = await self.naming.names(person, channel, topic, texts, [vectors[group] for group in several], common=common)
        made = self._named(channel, topic, [[ideas[place] for place in group] for group in groups], names, before)
        await self.store.keep_themes(channel, folded(topic), made)
        return made

    async def _meanings(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text.

        Raises:
            Refusal: whoever makes ideas here knows no meanings.
        """
        rows: list[NDArray[np.float32]] = []
        for start in range(0, len(texts), AT_ONCE):
            vectors = await self.generator.embed(texts[start : start + AT_ONCE])
            if vectors is None:
                raise Refusal(_("The service that makes ideas here has no embeddings, and themes are made of these."))
            rows.append(vectors)
        return np.concatenate(rows) if rows else np.zeros((0, 1), dtype=np.float32)

    def _named(
        self, channel: Channel, topic: str, groups: Sequence[Sequence[Idea]], names: Sequence[str], before: Sequence[Theme]
    ) -> list[Theme]:
        """Groups as themes. One of a single idea joins the others of its kind; a name that a person gave goes to its likest.

        `names`: of the groups of several ideas.
        """
        several = [list(group) for group in groups if len(group) > 1]
        single = [idea for group in groups if len(group) == 1 for idea in group]
        made = [(name, group) for name, group in zip(names, several, strict=True)]
        made += [(_("Others"), single)] if single else []
        now = self.clock()
        themes = [
            Theme(
                id=own_id(self.new_id),
                channel=channel,
                topic=folded(topic),
                name=name,
                ideas=tuple(idea.id for idea in group),
                at=now,
            )
            for name, group in made
        ]
        for old in before:
            shared = [len({*old.ideas} & {*theme.ideas}) for theme in themes]
            if old.by is not None and shared and max(shared):
                place = shared.index(max(shared))
                themes[place] = replace(themes[place], name=old.name, by=old.by)
        return themes


async def ideas_of(boards: Boards, channel: Channel, topic: str) -> list[Idea]:
    """The ideas in words of a board that has themes, the best first."""
    standings, _dropped = await boards.viewed(channel, View(topic=topic, kind="text"))
    return [standing.idea for standing in standings[:MOST]]


def without(vectors: NDArray[np.float32], topic: NDArray[np.float32]) -> NDArray[np.float32]:
    """Meanings without what they share with their topic's, unit length again; of one that says nothing else, zeros.

    Args:
        vectors: unit length, shape (texts, dimensions).
        topic: likewise, shape (dimensions,).
    """
    rest = vectors - np.outer(vectors @ topic, topic)
    length = np.linalg.norm(rest, axis=1, keepdims=True)
    return np.where(length > NOTHING, rest / np.maximum(length, NOTHING), 0.0).astype(np.float32)


def shares_rare(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which two of some texts share a word that none of the others has, shape (texts, texts)."""
    holders: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        for word in {stem(word) for word in re.findall(r"[^\W\d_]{4,}", text.casefold()) if word not in BINDING}:
            holders.setdefault(word, []).append(place)
    shares = np.zeros((len(texts), len(texts)), dtype=bool)
    for places in holders.values():
        if len(places) == 2:
            shares[places[0], places[1]] = shares[places[1], places[0]] = True
    return shares


def same(
    ideas: Sequence[Idea], vectors: NDArray[np.float32], topic: NDArray[np.float32] | None = None
) -> list[tuple[Idea, Idea]]:
    """Pairs of ideas that say the same, the likest first, each idea in one; the lower on the board would go into the higher.

    Args:
        ideas: best first.
        vectors: unit length, shape (len(ideas), dimensions).
        topic: the meaning of what all of them answer, likewise, shape (dimensions,); then sentences that are alike without it
            are pairs, too: with it, all that repeat its words are alike. None: they answer several.
    """
    if not ideas:
        return []
    words = [wordset(idea.text) for idea in ideas]
    cosine = vectors @ vectors.T
    beside = vectors if topic is None else without(vectors, topic)
    sentences = np.array(
        [len(some) >= SENTENCE and HAN.search(idea.text) is None for some, idea in zip(words, ideas, strict=True)]
    )
    apart = beside @ beside.T
    likely = (cosine >= LIKELY) & (apart >= BESIDE)
    likely |= (cosine >= TOLD_APART) & (apart >= TOLD_APART) & shares_rare([idea.text for idea in ideas])
    likely &= np.outer(sentences, sentences) & (topic is not None)
    pairs = [
        (max(float(cosine[low, high]), shared), low, high)
        for low in range(len(ideas))
        for high in range(low)
        if (shared := alike(words[low], words[high])) >= SAME_WORDS or cosine[low, high] >= SAME or likely[low, high]
    ]
    found, used = [], set[int]()
    for _likeness, low, high in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if not used & {low, high}:
            used |= {low, high}
            found.append((ideas[low], ideas[high]))
    return found
