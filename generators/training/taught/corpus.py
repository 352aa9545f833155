"""Topics and ideas as lessons: read, split by topic, and laid out in the form in which the model is asked."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from generators.client.lessons import LINE

Line = TypeVar("Line")

DATA = Path(__file__).with_name("data")
APART = 16  # of the topics one in so many is never learned
SHOWN = 0.2  # share of lessons that begin with examples: a team's liked ideas are shown so
MOST_SHOWN = 3  # as many as `generators.client.recipes` shows


@dataclass(frozen=True, slots=True)
class Lesson:
    """One topic and its ideas."""

    kind: str  #: the file it is in
    topic: str
    manner: str  #: a tone, an audience, a style; may be empty
    ideas: tuple[str, ...]

    @property
    def asked(self) -> str:
        """Topic and manner, as `generators.client.lessons.asked` makes them of a prompt."""
        return f"{self.topic}, {self.manner}" if self.manner else self.topic


def lessons(folder: Path = DATA) -> tuple[Lesson, ...]:
    """All of them, in the order of files and lines.

    Raises:
        ValueError: a line is no lesson; the message names it.
    """
    return lines(folder, "lesson", lambda kind, told: Lesson(kind, told["topic"], told["manner"], tuple(told["ideas"])))


def lines(folder: Path, what: str, made: Callable[[str, Any], Line]) -> tuple[Line, ...]:
    """What the lines of a folder's files say, in the order of files and lines.

    Args:
        folder: of `.jsonl` files.
        what: what a line is, in the singular.
        made: makes it of the file's name and what the line says.

    Raises:
        ValueError: a line is none; the message names it.
    """
    found = []
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                found.append(made(file.stem, json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{file.name}, line {number}, is no {what}: {error}") from error
    return tuple(found)


def split(every: Sequence[Lesson], seed: int) -> tuple[list[Lesson], list[Lesson]]:
    """What is learned, and what is kept apart to be judged by; a topic with two manners is on one side only."""
    topics = sorted({lesson.topic.casefold() for lesson in every})
    chance = random.Random(seed)
    chance.shuffle(topics)
    apart = set(topics[: max(1, len(topics) // APART)])
    learned = [lesson for lesson in every if lesson.topic.casefold() not in apart]
    chance.shuffle(learned)
    return learned, [lesson for lesson in every if lesson.topic.casefold() in apart]


def question(lesson: Lesson, pools: Mapping[str, Sequence[Lesson]], chance: random.Random) -> str:
    """What stands before a lesson's ideas: examples of its kind, now and then, and its topic.

    Args:
        lesson: the lesson.
        pools: lessons of each kind to draw examples from; none: there are none.
        chance: draws them.
    """
    others = [one for one in pools.get(lesson.kind, ()) if one.topic != lesson.topic]
    shown = chance.sample(others, min(len(others), chance.randint(1, MOST_SHOWN))) if chance.random() < SHOWN else []
    before = [LINE.format(asked=one.asked, idea=chance.choice(one.ideas)) for one in shown]
    return "\n\n".join([*before, LINE.format(asked=lesson.asked, idea="").rstrip(" ")])


def answers(lesson: Lesson) -> list[str]:
    """Its ideas as they stand behind the question, each with the end of its line."""
    return [f" {idea}\n" for idea in lesson.ideas]
