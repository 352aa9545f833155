"""Training sets: topics become lessons in the words that the model is asked with, split by topic and by time; and exports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Idea
from bot.ports import Phrasing
from bot.services.ideas.selecting import alike, wordset
from learning.balance import balanced
from learning.dataset import Lesson, PreferencePair, Thumb, TrainingSet
from learning.gathering import Topic
from learning.pairs import Pair, Verdict, feedback_id
from learning.plan import Plan

HELD_OUT = 1 / 3  # of the topics with decided pairs, the latest, are only for judging; a quarter proves too little (lab book)
WAYS = 3  # in which a held-out topic is asked: what a model thinks of ideas after one question is partly that question's chance
SEEDS = 2**31  # a phrase is drawn with a seed below it, as everywhere

Vectors = Callable[[Sequence[str]], NDArray[np.float32] | None]
FORMS = ("trl", "training")


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A team's topics, some to learn from and the later ones to judge by."""

    learned: tuple[Topic, ...]
    held_out: tuple[Topic, ...]

    @property
    def trained_on(self) -> tuple[str, ...]:
        """Ids of everything that the learned topics' lessons come from, and every vote on them, as a forecast learns from all."""
        ids: set[str] = set()
        for topic in self.learned:
            ids.update(map(feedback_id, topic.feedback))
            taught: tuple[Pair | Verdict, ...] = (*topic.pairs, *topic.good, *topic.thumbs)
            ids.update(id for one in taught for id in one.learned_from)
            ids.update(topic.asked_by if taught else ())
        return tuple(sorted(ids))


def split(topics: Sequence[Topic], share: float = HELD_OUT) -> Split:
    """The latest `share` of the topics with decided pairs are held out; everything asked before the first of them is learned."""
    compared = [topic for topic in topics if topic.pairs]
    held = round(share * len(compared))
    if not held:
        return Split(learned=tuple(topics), held_out=())
    out = {topic.id for topic in compared[-held:]}
    first = compared[-held].at
    return Split(
        learned=tuple(topic for topic in topics if topic.at <= first and topic.id not in out),
        held_out=tuple(topic for topic in topics if topic.id in out),
    )


def training_set(chosen: Split, phrasing: Phrasing, plan: Plan, vectors: Vectors | None = None) -> TrainingSet:
    """The lessons of a split: every epoch asks the topics in another way.

    Args:
        chosen: what is learned and what is held out.
        phrasing: how the generator words what it asks.
        plan: how many epochs; its seed draws the ways.
        vectors: of texts, unit length, to tell how rare an idea is; None: by words in common.
    """
    rarity = {topic.id: rarities([idea.text for idea in topic.ideas], vectors) for topic in (*chosen.learned, *chosen.held_out)}
    rounds = tuple(
        tuple(
            lesson for topic in chosen.learned if (lesson := _lesson(topic, phrasing, f"{plan.seed}/{epoch}", rarity[topic.id]))
        )
        for epoch in range(plan.epochs)
    )
    if plan.balanced:
        rounds = tuple(with_balance(lessons, plan.diversity) for lessons in rounds)
    held = (
        _lesson(topic, phrasing, f"{plan.seed}/held out/{way}", rarity[topic.id])
        for topic in chosen.held_out
        for way in range(WAYS)
    )
    return TrainingSet(rounds=rounds, held_out=tuple(lesson for lesson in held if lesson))


def _lesson(topic: Topic, phrasing: Phrasing, draw: str, rarity: NDArray[np.float64]) -> Lesson | None:
    """A topic in one of the ways it is asked; None where nothing is known of its ideas."""
    if not (topic.pairs or topic.good or topic.thumbs):
        return None
    seed = int.from_bytes(blake2b(f"{draw}/{topic.id}".encode(), digest_size=4).digest()) % SEEDS
    phrase = phrasing.phrase(topic.prompt, seed=seed, told=topic.told)
    if phrase.kept and not all(idea.text.startswith(phrase.opening) for idea in topic.ideas):
        phrase = replace(phrase, opening="")
    places = {idea.id: place for place, idea in enumerate(topic.ideas)}
    ideas = answered(topic)
    row = {idea.id: number for number, idea in enumerate(ideas)}
    return Lesson(
        topic=topic.id,
        phrase=phrase,
        answers=tuple(phrasing.answer(phrase, idea.text) for idea in ideas),
        preference_pairs=tuple(
            PreferencePair(
                chosen=row[pair.chosen.id],
                rejected=row[pair.rejected.id],
                weight=round(pair.weight, 6),
                rarity=round(float(rarity[places[pair.chosen.id]]), 6),
            )
            for pair in topic.pairs
        ),
        thumbs=tuple(Thumb(answer=row[one.idea.id], liked=one.liked, weight=round(one.weight, 6)) for one in topic.thumbs),
        models=tuple(Thumb(answer=row[one.idea.id], liked=True, weight=round(one.weight, 6)) for one in topic.good),
    )


def with_balance(lessons: Sequence[Lesson], diversity: float) -> tuple[Lesson, ...]:
    """The lessons, with what is chosen in them as long as what is rejected, on average; each lesson counts alike."""
    pairs = [(lesson, pair) for lesson in lessons for pair in lesson.preference_pairs]
    whole = {lesson.topic: sum(pair.weighted(diversity) for pair in lesson.preference_pairs) for lesson in lessons}
    factors = iter(
        balanced(
            [pair.weighted(diversity) / whole[lesson.topic] for lesson, pair in pairs],
            [len(lesson.answers[pair.chosen]) - len(lesson.answers[pair.rejected]) for lesson, pair in pairs],
        )
    )
    return tuple(
        replace(
            lesson,
            preference_pairs=tuple(replace(pair, balance=round(float(next(factors)), 6)) for pair in lesson.preference_pairs),
        )
        for lesson in lessons
    )


def answered(topic: Topic) -> list[Idea]:
    """The ideas that votes or edits say something about, in the order of the topic's lesson."""
    used = {pair.chosen.id for pair in topic.pairs} | {pair.rejected.id for pair in topic.pairs}
    used |= {one.idea.id for one in (*topic.good, *topic.thumbs)}
    return [idea for idea in topic.ideas if idea.id in used]


def rarities(texts: Sequence[str], vectors: Vectors | None = None) -> NDArray[np.float64]:
    """How far each text is from the others, 1 on average, shape (len(texts),); all 1 for fewer than five.

    Source: the deviation of DDPO (arXiv 2503.17126), whose quality fell with four answers or fewer to a question.
    """
    if len(texts) < 5:
        return np.ones(len(texts))
    matrix = vectors(texts) if vectors is not None else None
    if matrix is not None:
        near = matrix.astype(np.float64) @ matrix.T.astype(np.float64)
    else:
        words = [wordset(text) for text in texts]
        near = np.array([[alike(one, other) for other in words] for one in words])
    far = (1.0 - near).sum(axis=1) / (len(texts) - 1)
    mean = float(far.mean())
    return far / mean if mean > 1e-9 else np.ones(len(texts))


def exported(topics: Iterable[Topic], form: str) -> str:
    """What a team's votes teach, as JSON lines.

    `trl`: the columns that preference trainers read (prompt, chosen, rejected), and weight, voters. `training`: all that is
    known: pairs, single thumbs, ideas worth imitating, and the ids of the votes behind each.
    """
    rows = _trl(topics) if form == "trl" else _all(topics)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _trl(topics: Iterable[Topic]) -> Iterator[dict[str, Any]]:
    for topic in topics:
        for pair in topic.pairs:
            yield {
                "prompt": topic.prompt.text if topic.told else "",
                "chosen": pair.chosen.text,
                "rejected": pair.rejected.text,
                "weight": round(pair.weight, 4),
                "voters": pair.voters,
            }


def _all(topics: Iterable[Topic]) -> Iterator[dict[str, Any]]:
    for topic in topics:
        head = {"topic": topic.id, "at": topic.at.isoformat(), "prompt": topic.prompt.text if topic.told else None}
        for pair in topic.pairs:
            texts = {"chosen": pair.chosen.text, "rejected": pair.rejected.text}
            known = {"weight": round(pair.weight, 4), "voters": pair.voters, "ground": pair.ground}
            yield {**head, "kind": "pair", **texts, **known, "from": list(pair.learned_from)}
        for kind, verdicts in (("good", topic.good), ("thumb", topic.thumbs)):
            for one in verdicts:
                facts = {"text": one.idea.text, "liked": one.liked, "weight": round(one.weight, 4)}
                yield {**head, "kind": kind, **facts, "from": list(one.learned_from)}
