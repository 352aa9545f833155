"""Lessons on the tiny random model: a few letters each, so that a tuning run takes a second."""

from __future__ import annotations

from typing import Any

import torch

from bot.ports import Phrase
from learning.dataset import Lesson, PreferencePair, Thumb, TrainingSet
from learning.plan import Plan
from learning.tuners._policy import Policy
from tests.tiny import TEMPLATE, random_model, tokenizer

SMALL = Plan(rank=4, alpha=8.0, learning_rate=1e-2, epochs=2, batch=4, seed=3)


def a_policy(family: str = "llama") -> Policy:
    torch.set_num_threads(1)
    made = tokenizer()
    made.chat_template = TEMPLATE
    return Policy(random_model(family), made)


def a_lesson(number: int = 0, **changes: Any) -> Lesson:
    given: dict[str, Any] = {
        "topic": f"t{number}",
        "phrase": Phrase(prompt=f"A name for {number} is "),
        "answers": (f"aa{number}\n", f"bb{number}\n", f"ab{number}c\n"),
        "preference_pairs": (
            PreferencePair(chosen=0, rejected=1, weight=0.9),
            PreferencePair(chosen=2, rejected=1, weight=0.8, rarity=1.5),
        ),
        "thumbs": (Thumb(answer=0, liked=True, weight=0.9), Thumb(answer=1, liked=False, weight=0.7)),
        "models": (Thumb(answer=0, liked=True, weight=0.95),),
        "goals": (6.0, -9.0, 3.0),
    }
    return Lesson(**{**given, **changes})


def a_syllabus(topics: int = 6, held_out: int = 3) -> TrainingSet:
    learned = tuple(a_lesson(number) for number in range(topics))
    asked = tuple(
        a_lesson(number, phrase=Phrase(messages=({"role": "user", "content": f"Name {number}"},), opening='"'))
        for number in range(topics)
    )
    return TrainingSet(rounds=(learned, asked), held_out=tuple(a_lesson(number) for number in range(topics, topics + held_out)))
