"""Takes ideas off the board and puts them back, and keeps who did; a deleted message takes what it showed with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import NotAllowed, Refusal
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Idea, IdeaId, Person
from bot.domain.moderation import Hiding
from bot.ports import Clock, Store
from bot.services.ideas.board import WHOLE
from bot.services.votes.refitting import Tasting
from bot.words import _

UNDO = "undo"  # token of the control that brings a result back
LOOKED_BACK = 20  # brainstorms of a channel whose dropped drafts are told of; in a busy channel those of an hour
EXAMPLES = 3  # dropped drafts that are quoted for each reason
QUOTED = ("unsafe", "off-topic")  # reasons that are a matter of judgement, so that somebody looks at whether they were right
LISTED = 20  # hidden ideas shown at once; a message holds no more in full


@dataclass(frozen=True, slots=True)
class Hidden:
    """A hidden idea, and how it came to be."""

    idea: Idea
    last: Hiding


@dataclass(frozen=True, slots=True)
class Dropped:
    """Drafts that nobody was shown, for one reason."""

    why: str  #: `Candidate.verdict`
    count: int
    examples: tuple[str, ...]  #: some, of the reasons in `QUOTED`


class Moderating:
    """Hides ideas and shows them again."""

    def __init__(self, *, store: Store, tasting: Tasting, clock: Clock) -> None:
        self.store = store
        self.tasting = tasting
        self.clock = clock

    async def dropped(self, channel: Channel) -> list[Dropped]:
        """What the filter kept from the channel's latest brainstorms, the commonest reason first."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for brainstorm in await self.store.brainstorms(channel, limit=LOOKED_BACK):
            for one in await self.store.candidates(channel.team, brainstorm.id):
                if one.verdict not in ("shown", "kept"):
                    found[one.verdict].append(one.draft.text)
        reasons = [
            Dropped(why, len(texts), tuple(dict.fromkeys(texts))[:EXAMPLES] if why in QUOTED else ())
            for why, texts in found.items()
        ]
        return sorted(reasons, key=lambda one: (-one.count, one.why))

    async def change(self, idea: Idea, person: Person, *, admin: bool, hidden: bool) -> Idea:
        """Hides an idea or shows it again: admins any, authors their own and not against an admin.

        Raises:
            NotAllowed: the person is neither.
            Refusal: it is so already, or it is merged into another.
        """
        if not admin:
            await self._may(idea, person, hidden=hidden)
        kept = await self.store.merged_into(idea.channel.team, idea.id)
        if kept is not None:
            raise Refusal(_("Idea #{number} is part of another: /merge {number} --undo").format(number=idea.number))
        changed = await self._noted(idea, person, hidden=hidden)
        if changed is None:
            already = _("Idea #{number} is hidden already.") if hidden else _("Idea #{number} stands on the board already.")
            raise Refusal(already.format(number=idea.number))
        self.tasting.forget(idea.channel.team)
        return changed

    async def whole(self, brainstorm: Brainstorm, person: Person, *, admin: bool, hidden: bool) -> list[Idea]:
        """Hides what was made for somebody, or shows it again; what others added or hid stays as it is.

        Raises:
            NotAllowed: the person did not ask for it, and is no admin.
            Refusal: there is nothing to change; or it was an anonymous round: only the model's and the person's own would
                go, and everybody would see which those are.
        """
        if any(idea.origin == "unsigned" for idea in await self.store.ideas_of(brainstorm.channel.team, brainstorm.id)):
            raise Refusal(_("These are the ideas of an anonymous round. An admin takes one away with /hide and its number."))
        if brainstorm.asker != person and not admin:
            raise NotAllowed(_("Only the person who asked for this, or an admin, may take it away or bring it back."))
        last = {one.idea: one.by for one in reversed(await self.store.hidings(brainstorm.channel, limit=1000))}
        ideas = [
            idea
            for idea in await self.store.ideas(brainstorm.channel, limit=WHOLE, hidden=True)
            if idea.brainstorm == brainstorm.id and idea.author in (None, person) and idea.hidden is not hidden
            if hidden or last.get(idea.id) == person
        ]
        changed = [one for idea in ideas if (one := await self._noted(idea, person, hidden=hidden)) is not None]
        if not changed:
            raise Refusal(_("There is nothing left to take away.") if hidden else _("There is nothing to bring back."))
        self.tasting.forget(brainstorm.channel.team)
        return changed

    async def latest(self, channel: Channel, person: Person) -> BrainstormId | None:
        """The result of which somebody took an idea away last, and nobody brought that back."""
        last = await self._last(channel)
        for id in (id for id, hiding in last.items() if hiding.hidden and hiding.by == person):
            idea = await self.store.idea(channel.team, id)
            if idea is not None and idea.brainstorm is not None:
                return idea.brainstorm
        return None

    async def _may(self, idea: Idea, person: Person, *, hidden: bool) -> None:
        if idea.author != person:
            raise NotAllowed(_("Only admins may hide or restore ideas of others. Your own you may hide."))
        if not hidden:
            last = next((one for one in await self.store.hidings(idea.channel, limit=1000) if one.idea == idea.id), None)
            if last is not None and last.by != person:
                raise NotAllowed(_("An admin has hidden this idea, so only an admin may restore it."))

    async def _noted(self, idea: Idea, person: Person | None, *, hidden: bool) -> Idea | None:
        hiding = Hiding(idea=idea.id, channel=idea.channel, number=idea.number, hidden=hidden, by=person, at=self.clock())
        return await self.store.hide(idea.channel.team, hiding)

    async def deleted(self, channel: Channel, address: str, shown: Sequence[IdeaId]) -> list[Idea]:
        """Somebody who may delete our messages has deleted one: hides the ideas whose message it was.

        Those of a brainstorm's card, or the one idea that a message showed. A board shows ideas that stand elsewhere too, and
        tidying it away says nothing of them.

        Returns:
            What is hidden now.
        """
        team = channel.team
        brainstorm = await self.store.at_address(team, address)
        if brainstorm is not None:
            ideas = await self.store.ideas_of(team, brainstorm.id)
        elif len(shown) == 1:
            one = await self.store.idea(team, shown[0])
            ideas = [one] if one is not None and not one.hidden else []
        else:
            return []
        changed = [await self._noted(idea, None, hidden=True) for idea in ideas]
        if any(changed):
            self.tasting.forget(team)
        return [idea for idea in changed if idea is not None]

    async def hidden(self, channel: Channel) -> list[Hidden]:
        """The channel's hidden ideas, the one that was hidden last first."""
        pairs = [
            (await self.store.idea(channel.team, id), hiding)
            for id, hiding in (await self._last(channel)).items()
            if hiding.hidden
        ]
        return [Hidden(idea, hiding) for idea, hiding in pairs if idea is not None and idea.hidden]

    async def _last(self, channel: Channel) -> dict[IdeaId, Hiding]:
        """What was done last with each idea that was ever hidden, the newest first."""
        last: dict[IdeaId, Hiding] = {}
        for hiding in await self.store.hidings(channel, limit=1000):
            last.setdefault(hiding.idea, hiding)
        return last
