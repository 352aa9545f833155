"""Rankers that give a second opinion on a tuned model's drafts: learned from votes, each from topics of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.ideas import Prompt
from bot.ports import Entry, Log, Taste
from learning.gathering import Topic
from learning.judge import Embed, Scorer
from learning.rankers.taste import Untaught


@dataclass(frozen=True, slots=True)
class Critic:
    """A learned taste as a `learning.judge.Scorer`; it is silent where its forecasts have not earned trust."""

    taste: Taste
    embed: Embed | None

    def __call__(self, prompt: Prompt, texts: Sequence[str]) -> NDArray[np.float64] | None:
        """See `learning.judge.Scorer`."""
        return self.taste.foretell(prompt, texts, self.embed(texts) if self.embed is not None else None)


def critics(learned: Sequence[Topic], held_out: Sequence[Topic], embed: Embed | None) -> list[Scorer]:
    """Three of them: of the topics held out from tuning, and of either half of the others.

    None of them built the pairs (votes alone did that). The worst of those that are trusted decides, which takes the ground from
    a model that has learned one critic's errors.
    """
    parts = (held_out, learned[::2], learned[1::2])
    return [Critic(taste_of(part, embed), embed) for part in parts if part]


def taste_of(topics: Sequence[Topic], embed: Embed | None) -> Taste:
    """What the votes on some topics make of a team's taste."""
    entries = tuple(Entry(idea=idea, prompt=topic.prompt) for topic in topics for idea in topic.ideas)
    asked = list(dict.fromkeys(entry.prompt.text for entry in entries))
    vectors = embed([*(entry.idea.text for entry in entries), *asked]) if embed is not None else None
    log = Log(
        entries=entries,
        vectors=None if vectors is None else vectors[: len(entries)],
        topics={} if vectors is None else dict(zip(asked, vectors[len(entries) :], strict=True)),
    )
    return Untaught().learn(log, [vote for topic in topics for vote in topic.feedback])
