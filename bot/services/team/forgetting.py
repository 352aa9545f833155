"""What is kept about a person: shown, handed over, deleted."""

from __future__ import annotations

import json

from bot.domain.ideas import Person, Team
from bot.messages import File
from bot.ports import Forgotten, Kept, Store
from bot.services.votes.refitting import Tasting


class Forgetting:
    """Gives people power over what is kept about them, one team at a time."""

    def __init__(self, store: Store, tasting: Tasting) -> None:
        self.store = store
        self.tasting = tasting

    async def about(self, person: Person, team: Team) -> Kept:
        """Everything kept about a person in a team."""
        return await self.store.about(team, person)

    async def export(self, person: Person, team: Team) -> File:
        """The same as a JSON file."""
        kept = await self.store.about(team, person)
        content = {
            "person": {"platform": person.platform, "id": person.id},
            "topics": [
                {"at": b.created_at.isoformat(), "topic": b.prompt.text, "style": b.prompt.style, "count": b.prompt.count}
                for b in kept.brainstorms
                if b.prompt is not None
            ],
            "ideas": [
                {"at": idea.created_at.isoformat(), "text": idea.text, "origin": idea.origin, "number": idea.number}
                for idea in kept.ideas
            ],
            "feedback": [
                {"at": said.at.isoformat(), "idea": said.idea, "signal": said.signal, "said": said.token, "value": said.value}
                for said in kept.feedback
            ],
        }
        text = json.dumps(content, ensure_ascii=False, indent=2)
        return File(name="muselab-about-me.json", media_type="application/json", content=text.encode())

    async def forget(self, person: Person, team: Team) -> Forgotten:
        """Deletes it."""
        gone = await self.store.forget(team, person)
        self.tasting.forget(team)
        return gone
