"""Lessons without votes: the model's own drafts for topics that nobody voted on, with goals from what votes foretell of them.

A forecast that has earned trust orders drafts for new topics as rightly as a few votes do, costs nobody a vote, and is asked for
as many topics as are wanted. What people voted on themselves is left to the judge.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Draft, Prompt
from bot.ports import Phrase, Phrasing, Taste
from bot.services.ideas.selecting import wordset
from learning.dataset import Lesson, TrainingSet, dumped, loaded
from learning.goals import goals, less_usual, level, standardised
from learning.judge import Embed
from learning.plan import Plan
from learning.sets import SEEDS

DRAFTED = (
    24  # drafts of each topic: a pass over a topic's question is most of its cost, and more drafts come to the same forecast
)
FEW = 8  # different drafts of a topic, below which what stands out among them means little
UNWANTED = 2.0  # nats that a draft loses that cannot be shown
TAUGHT = 3  # drafts of a topic, those pushed furthest, that count as taught by it

Write = Callable[[Phrase, Prompt, int, int], Sequence[Draft]]  # a phrase for a prompt, how many, a seed


@dataclass(frozen=True, slots=True)
class Labels:
    """Lessons without votes."""

    lessons: tuple[Lesson, ...]  #: one a topic, with goals
    taught: tuple[str, ...]  #: the ideas that they push furthest, as people would read them

    def dumped(self) -> str:
        """As JSON."""
        return json.dumps({"lessons": dumped(TrainingSet(rounds=(self.lessons,))), "taught": list(self.taught)})

    @classmethod
    def loaded(cls, text: str) -> Labels:
        """Those in JSON.

        Raises:
            ValueError, KeyError, TypeError: there are none.
        """
        table = json.loads(text)
        return cls(loaded(table["lessons"]).rounds[0], tuple(map(str, table["taught"])))


@dataclass(frozen=True, slots=True)
class Drafted:
    """One topic's drafts by the base."""

    prompt: Prompt
    phrase: Phrase
    whole: tuple[str, ...]  #: different, and fit to be shown
    broken: tuple[str, ...]
    foretold: NDArray[np.float64]  #: of the whole ones

    @property
    def lengths(self) -> NDArray[np.float64]:
        """Letters of the whole ones."""
        return np.array([len(text) for text in self.whole], dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labeller:
    """Makes them."""

    taste: Taste
    phrasing: Phrasing
    embed: Embed | None
    write: Write  #: the base model's drafts

    def labels(self, prompts: Sequence[Prompt], plan: Plan, told: Callable[[float], None]) -> Labels:
        """Labels for drafts of topics; none where forecasts are not trusted.

        Args:
            prompts: the topics.
            plan: how far drafts are pushed.
            told: how many topics are drafted, as a share.
        """
        found = []
        for number, prompt in enumerate(prompts):
            told(number / len(prompts))
            if (drafted := self.drafted(prompt)) is not None:
                found.append(drafted)
        return self._labelled(found, plan.sharpness) if found else Labels((), ())

    def drafted(self, prompt: Prompt) -> Drafted | None:
        """A topic's drafts; None where its kind's forecast is not trusted, or where too few different ones came."""
        if not self.taste.trust(prompt).trusted:
            return None
        draw = int.from_bytes(blake2b(f"labelled/{prompt.text}".encode(), digest_size=4).digest()) % SEEDS
        phrase = self.phrasing.phrase(prompt, seed=draw)
        drafts = self.write(phrase, prompt, DRAFTED, draw)
        whole = tuple(dict.fromkeys(draft.text for draft in drafts if draft.broken is None))
        if len(whole) < FEW:
            return None
        foretold = self.taste.foretell(prompt, whole, self.embed(whole) if self.embed is not None else None)
        if foretold is None:
            return None
        broken = tuple(dict.fromkeys(draft.text for draft in drafts if draft.broken is not None and draft.text.strip()))
        return Drafted(prompt, phrase, whole, broken, foretold)

    def _labelled(self, found: Sequence[Drafted], sharpness: float) -> Labels:
        values = level(
            less_usual(standardised([one.foretold for one in found]), holding([one.whole for one in found])),
            [one.lengths for one in found],
            sharpness,
        )
        lessons, taught = [], []
        for one, value in zip(found, values, strict=True):
            texts = (*one.whole, *one.broken)
            nats = goals(value, sharpness, unwanted=len(one.broken), loss=UNWANTED)
            lessons.append(
                Lesson(
                    topic=blake2b(one.prompt.text.encode(), digest_size=8).hexdigest(),
                    phrase=one.phrase,
                    answers=tuple(self.phrasing.answer(one.phrase, text) for text in texts),
                    goals=tuple(round(float(goal), 6) for goal in nats),
                )
            )
            taught += [one.whole[place] for place in np.argsort(-value, kind="stable")[:TAUGHT]]
        return Labels(tuple(lessons), tuple(taught))


def holding(written: Sequence[Sequence[str]]) -> list[NDArray[np.int64]]:
    """For each text of each topic the number of topics in which the same words were written."""
    words = [[frozenset(wordset(text)) for text in texts] for texts in written]
    counts = Counter(one for topic in words for one in set(topic))
    return [np.array([counts[one] for one in topic], dtype=np.int64) for topic in words]
