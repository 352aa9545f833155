"""The part of the store that knows who may see the page."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.domain.ideas import Team
from bot.domain.passes import Pass, PassKind


class PassStore(Protocol):
    """Keeps passes by the digest of their secret. What has ended is as good as deleted, and is at the team's next one."""

    async def keep_pass(self, new: Pass) -> None:
        """Stores a pass, and deletes those of its team that had ended by then."""
        ...

    async def take_pass(self, digest: str, now: datetime, kind: PassKind = "link") -> Pass | None:
        """Takes a pass of a kind away, so that it can be used once only: of two that come at once one gets it.

        None where there is none.
        """
        ...

    async def found_pass(self, digest: str, now: datetime) -> Pass | None:
        """The session or the link for readers that a secret stands for; its team is not known before that."""
        ...

    async def passes(self, team: Team, kind: PassKind, now: datetime) -> list[Pass]:
        """A team's passes of a kind that have not ended, newest first."""
        ...

    async def drop_pass(self, team: Team, digest: str) -> bool:
        """Ends a pass of the team; whether there was one."""
        ...
