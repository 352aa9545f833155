"""Links between a round's ideas: who writes "#3 a harbour at night" says that it goes on from idea 3."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from bot.domain.ideas import Idea, IdeaId
from bot.domain.rounds import Round

LINK = re.compile(r"#(\d{1,9})\s*[:：,，.、→-]?\s*(?=\S)")


def linked(text: str, numbers: Mapping[int, IdeaId]) -> tuple[str, tuple[IdeaId, ...]]:
    """What was written without the numbers it begins with, and the ideas of those; as it is where they are of no such idea.

    Args:
        text: as it was written.
        numbers: of the ideas that it may go on from.
    """
    found: list[IdeaId] = []
    rest = text
    while (match := LINK.match(rest)) is not None and int(match[1]) in numbers:
        found.append(numbers[int(match[1])])
        rest = rest[match.end() :]
    return rest, tuple(dict.fromkeys(found))


def base(round: Round, ideas: Sequence[Idea]) -> Idea | None:
    """The idea that the model goes on from in a step: by lot, one of those that were revealed last; the same each time."""
    if not ideas:
        return None
    last = max(idea.created_at for idea in ideas)
    latest = sorted((idea for idea in ideas if idea.created_at == last), key=lambda idea: idea.number)
    return random.Random(f"{round.id}/{round.step}/base").choice(latest)


def in_links(ideas: Sequence[Idea]) -> list[Idea]:
    """Those of some ideas that go on from another of them, or that another goes on from."""
    mine = {idea.id for idea in ideas}
    parents = {id for idea in ideas for id in idea.parents if id in mine}
    return [idea for idea in ideas if idea.id in parents or mine & {*idea.parents}]
