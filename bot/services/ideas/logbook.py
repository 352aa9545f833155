"""The log of everything that was generated, shown and said in a channel, as JSON lines that other programs can learn from."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from bot.domain.ideas import Brainstorm, Channel, Draft, Idea, IdeaId, Team
from bot.ports import Store

LOG = "log"  # the name of this format
WHOLE = 100_000  # brainstorms of a channel; far more than anybody asks for, and bounds memory

#: What stands in the log, in the order of a line's fields. One line is one candidate; people's own ideas and edits are lines too.
FIELDS = {
    "brainstorm": "id of the request; lines with the same id compete for the same topic",
    "at": "when it was asked, UTC",
    "topic": "what was asked; null after its asker had it deleted",
    "style": "as asked",
    "tone": "as asked",
    "kind": "of task, where a command names it (copy, haikus); empty: told by the topic's words",
    "operation": "fresh, more, remix, spin or polish",
    "count": "ideas asked for",
    "model": "model version the team was served with, empty for the base",
    "canary": "version tried blind beside it, empty for none",
    "seed": "of the generator, of the draw for the explore slot, of which slots are the canary's, and of the order of slots",
    "text": "the candidate",
    "made_by": "model version that made it, empty for the base; null where the generator did not say, or a person wrote it",
    "decoding": "how it was drawn: seed, choice (which one with that seed), temperature, min_p, max_tokens; null where not known",
    "verdict": "shown; kept (good, not chosen); or why it was dropped: broken, unsafe, off-topic, too-long, too-short, "
    "unwanted, repeat; own: a person wrote it",
    "broken": "empty, cut, not-text, refusal, too-long, repetitive, echo, example, known or form; null unless broken",
    "score": "the chooser's quality at the time, on a scale of that brainstorm alone; null when dropped unjudged",
    "logprob": "mean per token under the sampling model, nats; null where the engine gives none",
    "relevance": "mean per token of log p(text | topic) - log p(text | no topic), nats; null likewise",
    "idea": "id once shown, else null",
    "slot": "place on the card from 0; drawn by lot among what was ready at the same time; null unless shown",
    "slot_kind": "exploit, or explore: a Thompson draw; null unless shown",
    "origin": "fresh, more, remix, spin, polish, edit or human; null unless shown",
    "opinions": "each person's current opinion by signal: person, signal, said, value -1..+1, at",
}


class Logbook:
    """Reads the log."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def lines(self, channel: Channel) -> AsyncIterator[str]:
        """The channel's log, oldest brainstorm first, one JSON object a line."""
        for brainstorm in reversed(await self.store.brainstorms(channel, limit=WHOLE)):
            for row in await self._rows(brainstorm):
                yield json.dumps(row, ensure_ascii=False) + "\n"

    async def _rows(self, brainstorm: Brainstorm) -> list[dict[str, Any]]:
        team = brainstorm.channel.team
        candidates = await self.store.candidates(team, brainstorm.id)
        ideas = {idea.id: idea for idea in await self.store.ideas_of(team, brainstorm.id)}
        opinions = await self._opinions(team, list(ideas))
        head = of_request(brainstorm)
        logged = {candidate.idea for candidate in candidates}
        own = [idea for idea in ideas.values() if idea.id not in logged]
        drafts = [
            (candidate.draft, candidate.verdict, candidate.score, ideas.get(candidate.idea) if candidate.idea else None)
            for candidate in candidates
            if candidate.idea is None or candidate.idea in ideas  # what was hidden is nobody's to learn from
        ]
        drafts += [
            (
                Draft(text=idea.text, model=idea.model if idea.author is None else None),
                "shown" if idea.author is None else "own",
                None,
                idea,
            )
            for idea in own
        ]
        return [
            head | of_draft(draft, verdict, score) | of_idea(idea) | {"opinions": opinions[idea.id] if idea else []}
            for draft, verdict, score, idea in drafts
        ]

    async def _opinions(self, team: Team, ideas: list[IdeaId]) -> dict[IdeaId, list[dict[str, Any]]]:
        """What people said of each idea, oldest first."""
        opinions: dict[IdeaId, list[dict[str, Any]]] = {id: [] for id in ideas}
        for vote in sorted(await self.store.feedback(team, ideas), key=lambda vote: (vote.at, vote.person, vote.signal)):
            person = f"{vote.person.platform}:{vote.person.id}"
            opinions[vote.idea].append(
                {"person": person, "signal": vote.signal, "said": vote.token, "value": vote.value, "at": vote.at.isoformat()}
            )
        return opinions


def of_request(brainstorm: Brainstorm) -> dict[str, Any]:
    """The fields that all lines of one brainstorm share."""
    prompt = brainstorm.prompt
    return {
        "brainstorm": brainstorm.id,
        "at": brainstorm.created_at.isoformat(),
        "topic": prompt.text if prompt else None,
        "style": prompt.style if prompt else None,
        "tone": prompt.tone if prompt else None,
        "kind": prompt.kind if prompt else None,
        "operation": prompt.operation if prompt else None,
        "count": prompt.count if prompt else None,
        "model": brainstorm.model,
        "canary": brainstorm.canary,
        "seed": brainstorm.seed,
    }


def of_draft(draft: Draft, verdict: str, score: float | None) -> dict[str, Any]:
    """The fields of what a model wrote, and of what became of it."""
    return {
        "text": draft.text,
        "made_by": draft.model,
        "decoding": json.loads(draft.decoding) if draft.decoding else None,
        "verdict": verdict,
        "broken": draft.broken,
        "score": score,
        "logprob": draft.logprob,
        "relevance": draft.relevance,
    }


def of_idea(idea: Idea | None) -> dict[str, Any]:
    """The fields of a draft that was shown; all None for others."""
    return {
        "idea": idea.id if idea else None,
        "slot": idea.slot if idea else None,
        "slot_kind": idea.slot_kind if idea else None,
        "origin": idea.origin if idea else None,
    }
