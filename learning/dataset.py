"""What a tuner learns from, as values: questions as the model is asked them, answers, and what people think of these.

It knows no votes, no people and no teams, only how sure a preference is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from bot.ports import Phrase

RARITY = (0.5, 2.0)  # least and most that a chosen idea's rarity may multiply a pair's weight with: few pairs carry much noise


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencePair:
    """One answer is better than another."""

    chosen: int  #: place among the lesson's answers
    rejected: int
    weight: float  #: probability that the preference is real, 0.5..1
    balance: float = 1.0  #: times its weight, so that lengths teach nothing; see `Plan.balanced`
    rarity: float = 1.0  #: how far the chosen answer is from the question's other answers, 1 on average; see `Plan.diversity`

    def weighted(self, diversity: float) -> float:
        """How much the pair counts: how sure it is, times how rare the chosen idea is among the others for its question."""
        rarity = min(RARITY[1], max(RARITY[0], self.rarity))
        return self.weight * float(rarity**diversity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumb:
    """An answer that people like, or do not."""

    answer: int
    liked: bool
    weight: float  #: 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One question, several answers to it, and what is known of them. A tuner computes the question once for all."""

    topic: str  #: names the topic without its words: lessons of one topic are never on both sides of a split
    phrase: Phrase
    answers: tuple[str, ...]  #: as the model would have written them, distinct
    preference_pairs: tuple[PreferencePair, ...] = ()
    thumbs: tuple[Thumb, ...] = ()
    models: tuple[Thumb, ...] = ()  #: answers good enough to be imitated
    goals: tuple[float, ...] = ()  #: by how many nats each answer is to become likelier than to the base; none: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSet:
    """Everything for one tuning run: what is learned in each round over the topics, and what is held out to be judged by."""

    rounds: tuple[tuple[Lesson, ...], ...]  #: the same topics each time, asked in another way
    held_out: tuple[Lesson, ...] = ()  #: topics of none of the rounds, later than they; each in several ways

    @property
    def digest(self) -> str:
        """Names exactly this material."""
        return blake2b(dumped(self).encode(), digest_size=8).hexdigest()


def dumped(training_set: TrainingSet) -> str:
    """The training set as JSON."""
    return json.dumps(asdict(training_set), ensure_ascii=False, sort_keys=True)


def loaded(text: str) -> TrainingSet:
    """The training set in JSON.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    table = json.loads(text)
    return TrainingSet(
        rounds=tuple(_lessons(lessons) for lessons in table["rounds"]),
        held_out=_lessons(table["held_out"]),
    )


def _lessons(tables: Iterable[Mapping[str, Any]]) -> tuple[Lesson, ...]:
    return tuple(
        Lesson(
            topic=table["topic"],
            phrase=_phrase(table["phrase"]),
            answers=tuple(table["answers"]),
            preference_pairs=tuple(PreferencePair(**one) for one in table["preference_pairs"]),
            thumbs=tuple(Thumb(**one) for one in table["thumbs"]),
            models=tuple(Thumb(**one) for one in table["models"]),
            goals=tuple(table["goals"]),
        )
        for table in tables
    )


def _phrase(table: Mapping[str, Any]) -> Phrase:
    values = dict(table)
    return Phrase(**{**values, "messages": tuple(values["messages"]), "stop": tuple(values["stop"])})


def count(lessons: Sequence[Lesson], what: str) -> int:
    """How many preference pairs, thumbs or models there are in lessons."""
    return sum(len(getattr(lesson, what)) for lesson in lessons)
