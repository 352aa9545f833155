"""Reads from the store what a team's votes can teach, topic by topic, and nothing that people did not agree to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from bot.domain.bridges import guests_words
from bot.domain.feedback import Feedback, Score
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Idea, IdeaId, Prompt, Team
from bot.domain.names import BORROWED
from bot.ports import Store
from learning.pairs import Pair, Verdict, decided, heard, middle_of, scored, verdicts

WHOLE = 100_000  # ideas of a team that are looked at; the newest
TAUGHT = "text"  # the only modality whose model is tuned


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One question that a team asked, maybe several times, and everything that it thinks of the answers.

    The question's words are here, because they group what competes and are what a judge asks; `told` says whether a model may
    learn from them, or anything leave this process with them.
    """

    id: str  #: a digest; says nothing of the words
    prompt: Prompt
    told: bool  #: the channel opted in to training
    at: datetime  #: when it was first asked
    ideas: tuple[Idea, ...]  #: that may be learned from
    feedback: tuple[Feedback, ...]  #: on them
    pairs: tuple[Pair, ...]
    good: tuple[Verdict, ...]  #: worth imitating
    thumbs: tuple[Verdict, ...]
    asked_by: tuple[str, ...]  #: ids of the question for `ModelVersion.trained_on`, where it is told


async def gather(store: Store, team: Team) -> list[Topic]:
    """A team's topics, oldest first, with what is decided about their ideas.

    Topics and people's own ideas and edits are words of people: they take part only in channels that opted in to training.
    Elsewhere only the model's own outputs are compared, and the topic is left out. Nobody of another team, who wrote in a round
    that was held together, has agreed to that: see decision 21.
    """
    ideas = [
        idea for idea in await store.team_ideas(team, limit=WHOLE) if idea.brainstorm is not None and idea.modality == "text"
    ]
    ideas = [idea for idea in ideas if idea.modality == TAUGHT and idea.model != BORROWED]  # no model wrote those
    opted_in = {channel: (await store.settings(channel)).training for channel in {idea.channel for idea in ideas}}
    foreign = guests_words(ideas)
    usable = [idea for idea in ideas if idea.author is None or (opted_in[idea.channel] and idea.id not in foreign)]
    feedback = await store.feedback(team, [idea.id for idea in usable])
    unquoted = await store.hidden(team) | foreign  # not among the ideas; what was made of them quotes them
    groups: dict[tuple[Channel, str], list[tuple[Brainstorm, Idea]]] = {}
    sources: dict[BrainstormId, Brainstorm | None] = {}
    for idea in usable:
        assert idea.brainstorm is not None
        if idea.brainstorm not in sources:
            sources[idea.brainstorm] = await store.brainstorm(team, idea.brainstorm)
        source = sources[idea.brainstorm]
        if source is not None and not unquoted.isdisjoint(source.parents):
            continue
        if source is not None and source.prompt is not None:  # deleted topics teach nothing: nobody knows what competed
            groups.setdefault((idea.channel, _folded(source.prompt)), []).append((source, idea))

    def decide() -> list[Topic]:
        scores = scored(usable, feedback)
        middle = middle_of(scores, {said.idea for said in heard(usable, feedback)})
        topics = (_topic(group, feedback, scores, middle, told=opted_in[channel]) for (channel, _text), group in groups.items())
        return sorted(topics, key=lambda topic: (topic.at, topic.id))

    return await asyncio.to_thread(decide)  # half a second for ten thousand votes, and the bot asks too


def _topic(
    group: Sequence[tuple[Brainstorm, Idea]],
    feedback: Sequence[Feedback],
    scores: Mapping[IdeaId, Score],
    middle: float,
    *,
    told: bool,
) -> Topic:
    first = min((source for source, _idea in group), key=lambda source: (source.created_at, source.id))
    assert first.prompt is not None
    ideas = _different(sorted((idea for _source, idea in group), key=lambda idea: idea.id))
    ids = {idea.id for idea in ideas}
    votes = tuple(one for one in feedback if one.idea in ids)
    good, thumbs = verdicts(ideas, votes, middle, scores)
    askers = {f"{source.id}:{source.asker.id}:topic" for source, _idea in group if source.asker is not None}
    return Topic(
        id=blake2b(f"{first.id}".encode(), digest_size=8).hexdigest(),
        prompt=first.prompt,
        told=told,
        at=first.created_at,
        ideas=tuple(ideas),
        feedback=votes,
        pairs=tuple(decided(ideas, votes, scores)),
        good=tuple(good),
        thumbs=tuple(thumbs),
        asked_by=tuple(sorted(askers)) if told else (),
    )


def _different(ideas: Sequence[Idea]) -> list[Idea]:
    """One idea for each text: what came twice would be compared with itself."""
    by_text: dict[str, Idea] = {}
    for idea in ideas:
        by_text.setdefault(" ".join(idea.text.casefold().split()), idea)
    return list(by_text.values())


def _folded(prompt: Prompt) -> str:
    """What makes two questions the same."""
    parts = (prompt.text, prompt.style, prompt.language, prompt.operation, *prompt.about)
    return "\n".join(" ".join(part.casefold().split()) for part in parts)
