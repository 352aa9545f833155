"""Makes ideas that say the same one idea, and parts them again."""

from __future__ import annotations

from bot.domain.errors import InvalidPrompt, Refusal
from bot.domain.ideas import Idea, Person
from bot.domain.shaping import Merge
from bot.ports import Clock, Store
from bot.services.votes.refitting import Tasting
from bot.words import _


class Merging:
    """Merges and splits. Everybody may, as nothing is lost by it."""

    def __init__(self, *, store: Store, tasting: Tasting, clock: Clock) -> None:
        self.store = store
        self.tasting = tasting
        self.clock = clock

    async def merge(self, person: Person, idea: Idea, into: Idea) -> None:
        """Makes an idea part of another, which gets its votes: of each person the latest.

        Raises:
            InvalidPrompt: they are the same, or one is no text.
            Refusal: one of them is merged already.
        """
        if idea.id == into.id:
            raise InvalidPrompt(_("Idea #{number} cannot be merged into itself.").format(number=idea.number))
        if {idea.modality, into.modality} != {"text"}:
            raise InvalidPrompt(_("Only words can be merged: two pictures, or two tunes, are never the same."))
        merge = Merge(idea=idea.id, into=into.id, channel=idea.channel, by=person, at=self.clock())
        if not await self.store.merge(idea.channel.team, merge):
            raise Refusal(_("One of these ideas has left the board meanwhile. Look at it again: /board"))
        self.tasting.heard(idea.channel.team)

    async def split(self, idea: Idea) -> Idea | None:
        """Lets an idea stand for itself again, with its own votes; what stood for it, None where nothing is known of that.

        Raises:
            Refusal: it does already.
        """
        team = idea.channel.team
        kept = await self.store.merged_into(team, idea.id)
        if kept is None or not await self.store.split(team, idea.id):
            raise Refusal(_("Idea #{number} stands for itself.").format(number=idea.number))
        self.tasting.heard(team)
        return await self.store.idea(team, kept)
