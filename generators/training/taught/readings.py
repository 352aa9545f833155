"""What readers said of the model's own drafts, and what it drafted for topics of its lessons: each topic with all its drafts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generators.training.taught import corpus

READ = Path(__file__).with_name("read")
APART = 10  # of the topics that were read one in so many is never learned


@dataclass(frozen=True, slots=True)
class Reading:
    """A topic, and what was written for it."""

    topic: str  #: as the model is asked for it
    drafts: tuple[str, ...]
    good: tuple[bool, ...]  #: of each, whether somebody could paste it unchanged
    lesson: bool = False  #: the good ones are those of a lesson, and nobody read the others


def every(folder: Path = READ, lessons: Path = corpus.DATA) -> tuple[Reading, ...]:
    """All of them.

    Raises:
        ValueError: a line is no reading; the message names it.
    """
    known = {one.asked: one.ideas for one in corpus.lessons(lessons)}
    return corpus.lines(folder, "reading", lambda _file, told: _reading(told, known))


def split(readings: Sequence[Reading]) -> tuple[list[Reading], list[Reading]]:
    """What is learned, and topics that are kept apart to be judged by; no lesson is among these."""
    topics = sorted({one.topic for one in readings if not one.lesson})
    random.Random(1).shuffle(topics)
    apart = set(topics[::APART])
    return [one for one in readings if one.topic not in apart], [one for one in readings if one.topic in apart]


def _reading(told: dict[str, list[str] | str], known: dict[str, tuple[str, ...]]) -> Reading:
    topic = str(told["topic"])
    if "own" in told:  # drafts for a lesson's topic
        good, others = known[topic], tuple(told["own"])
    else:
        good, others = tuple(told["good"]), tuple(told["others"])
    return Reading(topic, (*good, *others), (True,) * len(good) + (False,) * len(others), lesson="own" in told)
