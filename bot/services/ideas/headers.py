"""Headers: finished brainstorms that no model answered, under which ideas from elsewhere stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Person, Prompt
from bot.services.events import own_id
from bot.words import language


def headed(
    person: Person, channel: Channel, prompt: Prompt, address: str, *, new_id: Callable[[], str], at: datetime
) -> Brainstorm:
    """One, not stored yet; `address`: of the message that shows it, or empty."""
    return Brainstorm(
        id=BrainstormId(own_id(new_id)),
        channel=channel,
        asker=person,
        prompt=prompt,
        model="",
        seed=0,
        locale=language(),
        address=address,
        state="done",
        created_at=at,
        finished_at=at,
    )
