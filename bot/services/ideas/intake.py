"""The drafts of a round, from arrival to verdict, as they go into the log."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.ideas import Candidate, Draft, Idea
from bot.services.ideas.slate import Placed, Slate


@dataclass(frozen=True, slots=True)
class Intake:
    """What has become of each draft so far."""

    slate: Slate
    candidates: list[Candidate] = field(default_factory=list)

    def drop(self, draft: Draft, why: str) -> None:
        """Logs a draft that will not be shown."""
        self.candidates.append(Candidate(brainstorm=self.slate.brainstorm.id, draft=draft, verdict=why))

    def shown(self, placed: Placed, idea: Idea) -> None:
        """Logs a draft that was chosen, and what it became."""
        draft, score = placed.option.draft, placed.option.quality
        self.candidates.append(
            Candidate(brainstorm=self.slate.brainstorm.id, draft=draft, verdict="shown", score=score, idea=idea.id)
        )

    def log_kept(self) -> None:
        """Logs what was good enough, and not chosen."""
        self.candidates.extend(
            Candidate(brainstorm=self.slate.brainstorm.id, draft=option.draft, verdict="kept", score=option.quality)
            for option in self.slate.pool.options
        )
