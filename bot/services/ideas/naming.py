"""Names themes: by the model where it says something that fits, else by the words that a theme's ideas share."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import aclosing

import numpy as np
import structlog
from numpy.typing import NDArray

from bot.domain.errors import MuselabError
from bot.domain.ideas import Channel, Person, Prompt, clean
from bot.domain.shaping import MAX_THEME
from bot.limits import Turnstile
from bot.ports import Generator, Order
from bot.services.chinese import HAN
from bot.services.ideas.filtering import verdict
from bot.services.ideas.selecting import FILLER
from bot.services.models.versions import BASE

KIND, LEVEL = "themes", "theme"  # of the recipe, see `generators/client/prompts/*/themes.toml`
DRAFTS = 8  # of each theme, ten tokens each; three in four of a small model are of no use
QUOTED = 6  # ideas of a theme that the model reads, the most typical; more say the same again
A_QUOTE = 80  # characters of each
MOST_WORDS = 4  # of a name; a longer one is a sentence
MOST_SIGNS = 10  # likewise, of a Chinese one
NEAR = 0.25  # median cosine of MiniLM vectors with a theme's ideas below which a name is about something else
ABOUT = 0.05  # of that, by which two names fit as well; what the model says reads better than words set side by side
LONGEST_S = 30.0  # for all themes of a board together: somebody looks at them and waits
#: Words of three letters and more that bind others together; what ideas share of these is no name.
BINDING = FILLER.union(
    re.findall(
        r"\w+",
        """who whom whose what which that this these those they them their there then than how why when where while from into onto
        some any all every each other another one two its his her you are was were will can may let get has have not but out off
        over under about after before between through without within everybody somebody anybody everyone someone anyone""",
    )
)

Vectors = NDArray[np.float32]
log = structlog.get_logger(__name__)


class Naming:
    """Has the model name themes."""

    def __init__(self, generator: Generator, turnstile: Turnstile) -> None:
        self.generator = generator
        self.turnstile = turnstile

    async def names(
        self,
        person: Person | None,
        channel: Channel,
        topic: str,
        groups: Sequence[Sequence[str]],
        vectors: Sequence[Vectors],
        *,
        common: frozenset[str] = frozenset(),
    ) -> list[str]:
        """A name for each group of texts, the most typical first.

        Args:
            person: who waits for it; None: nobody does.
            channel: where.
            topic: of the board; empty: of the whole channel.
            groups: the texts.
            vectors: theirs, of each group an array of shape (texts, dimensions), unit length.
            common: words that most ideas have, see `shared`; a name of nothing else tells no theme from another.
        """
        plain = names_of(groups, common)
        if not groups:
            return plain
        said: list[list[str]] = [[] for _group in groups]
        try:
            async with asyncio.timeout(LONGEST_S), self.turnstile.turn(person, channel, _patiently):
                asking = (self._ask(channel, topic, group, common, into) for group, into in zip(groups, said, strict=True))
                for end in await asyncio.gather(*asking, return_exceptions=True):
                    if isinstance(end, BaseException):
                        raise end
        except TimeoutError:
            log.info("the model was too slow to name every theme")
        except MuselabError as error:
            log.info("the model names no themes now", why=str(error))
        try:
            meanings = await self.generator.embed([*plain, *(name for names in said for name in names)]) if any(said) else None
        except MuselabError as error:
            log.info("names of themes could not be judged", why=str(error))
            meanings = None
        return plain if meanings is None else chosen(plain, said, meanings, vectors)

    async def _ask(self, channel: Channel, topic: str, group: Sequence[str], common: frozenset[str], into: list[str]) -> None:
        """Asks for names of one group; each that has the form of a name is put into `into` as it comes."""
        quoted = "; ".join(_short(text) for text in group[:QUOTED])
        chinese = len(HAN.findall(quoted)) * 2 > len(re.sub(r"\W", "", quoted))
        about = "；".join(_short(text) for text in group[:QUOTED]) if chinese else quoted
        language = "zh" if chinese else "en"
        prompt = Prompt(
            text=topic or ("点子" if chinese else "ideas"),
            language=language,
            kind=KIND,
            about=(about,),
            options=(("level", LEVEL),),
        )
        seed = zlib.crc32("\n".join(group).encode("utf-8", "replace"))  # the same ideas get the same name again
        order = Order(prompt=prompt, candidates=DRAFTS, seed=seed, model=BASE, team=channel.team, alone=True)
        async with aclosing(self.generator.draft(order)) as drafts:  # type: ignore[type-var]  # a generator, as all are
            async for draft in drafts:
                name = tidied(draft.text)
                if verdict(draft) is None and formed(name) and not (_terms(name) and _terms(name) <= common):
                    into.append(name)


async def _patiently(_place: int) -> None:
    """Whoever waits has been told that themes are being named."""


def chosen(plain: Sequence[str], said: Sequence[Sequence[str]], meanings: Vectors, vectors: Sequence[Vectors]) -> list[str]:
    """For each theme the name that fits it best, where one fits: better than any other theme, and as well as its plain name.

    A plain name that is a whole idea fits itself best of all, and is no name: anything that fits takes its place.

    Args:
        plain: the names to fall back on.
        said: those that the model gave each theme.
        meanings: of the plain names, then of one theme's after the other's, unit length, shape (names, dimensions).
        vectors: of each theme's ideas, unit length, shape (ideas, dimensions).
    """
    fits = np.stack(
        [np.median(meanings @ rows.T, axis=1) for rows in vectors], axis=1
    )  # a name of one of its ideas fits no theme
    names, start, taken = list(plain), len(plain), {name.casefold() for name in plain}
    for theme, mine in enumerate(said):
        rows = fits[start : start + len(mine)]
        start += len(mine)
        least = max(NEAR, float(fits[theme, theme]) - ABOUT) if formed(plain[theme]) else NEAR
        fitting = [
            (float(row[theme]), name)
            for name, row in zip(mine, rows, strict=True)
            if row[theme] >= least and int(np.argmax(row)) == theme and name.casefold() not in taken
        ]
        if fitting:
            names[theme] = max(fitting)[1]
            taken.add(names[theme].casefold())
    return names


def tidied(text: str) -> str:
    """A model's answer as a name: without quotes and full stops around it."""
    return clean(text).strip(" .,;:!\"'“”‘’«»《》「」。，；：！")


def formed(name: str) -> bool:
    """Whether a text has the form of a name: few words, no sentence, no list."""
    if not name or len(name) > MAX_THEME or re.search(r"[.;:!?。；：！？/|]", name):
        return False
    if HAN.search(name):
        return 1 < len(name) <= MOST_SIGNS
    words = name.split()
    return len(words) <= MOST_WORDS and any(len(word) > 2 and word.casefold() not in FILLER for word in words)


def shared(topics: Sequence[str]) -> frozenset[str]:
    """The words that are in all of a board's topics, and so in most of its ideas, of one and of several."""
    if not topics:
        return frozenset()
    words = frozenset.intersection(*map(_terms, topics))
    return words | {f"{word}s" for word in words} | {word.removesuffix("s") for word in words}


def names_of(groups: Sequence[Sequence[str]], without: frozenset[str] = frozenset()) -> list[str]:
    """A name for each group of texts, the most typical first: the words that its texts share and others do not have.

    Where they share none it is the most typical text itself, cut.

    Args:
        groups: the texts.
        without: words that name none of them, such as the topic's.
    """
    texts = [text for group in groups for text in group]
    common: Mapping[str, int] = Counter(word for text in texts for word in _terms(text))
    names = []
    for group in groups:
        mine = Counter(word for text in group for word in _terms(text) - without)
        told = {word: count * count / common[word] for word, count in mine.items() if count >= 2 and count * 4 > len(group)}
        best = sorted(told, key=lambda word: (-told[word], word))[:2]
        names.append(" · ".join(best)[:MAX_THEME] if best else cut(group[0]))
    return names


def _terms(text: str) -> frozenset[str]:
    """The words of a text that can name a theme; of Chinese, pairs of characters."""
    folded = text.casefold()
    words = {word for word in re.findall(r"[^\W\d_]{3,}", folded) if word not in BINDING and not HAN.search(word)}
    pairs = {run[place : place + 2] for run in re.findall(r"[\u3400-\u9fff]{2,}", folded) for place in range(len(run) - 1)}
    return frozenset(words | pairs)


def cut(text: str) -> str:
    """A text as a theme's name; a long one ends with a whole word."""
    tidy = clean(text)
    if len(tidy) <= MAX_THEME:
        return tidy
    head, space, _begun = tidy[:MAX_THEME].rpartition(" ")
    return (head if space and len(head) > MAX_THEME // 2 else tidy[: MAX_THEME - 1]).rstrip(" ,;:.–-") + "…"


def _short(text: str) -> str:
    """An idea as it is quoted to the model."""
    tidy = clean(text).rstrip(".。")
    return tidy if len(tidy) <= A_QUOTE else tidy[: A_QUOTE - 1].rstrip() + "…"
