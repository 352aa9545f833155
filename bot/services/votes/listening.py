"""Hears what people think of ideas, and takes in ideas of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.errors import InvalidPrompt, NotAllowed
from bot.domain.feedback import PICK, Feedback
from bot.domain.ideas import MAX_IDEA, BrainstormId, Channel, Idea, IdeaId, Person, Team, within
from bot.messages import Call, Press
from bot.ports import Clock, Store
from bot.services.events import own_id
from bot.services.ideas.filtering import unsafe
from bot.services.models.versions import Versions
from bot.services.team.entrance import lacks
from bot.services.team.governing import Governing, whole
from bot.services.votes.refitting import Tasting
from bot.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became of an opinion."""

    idea: Idea
    previous: Feedback | None  #: what it replaced


class Listening:
    """Records opinions and people's own ideas."""

    def __init__(
        self,
        *,
        store: Store,
        tasting: Tasting,
        versions: Versions,
        governing: Governing,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self.store = store
        self.governing = governing
        self.tasting = tasting
        self.versions = versions
        self.clock = clock
        self.new_id = new_id

    async def hear(self, press: Press, idea: Idea, *, signal: str, token: str, value: float) -> Heard:
        """Records one person's current opinion of an idea.

        Raises:
            NotAllowed: the channel lets only some people pick.
        """
        if signal == PICK:
            await self.may_pick(press, idea)
        feedback = Feedback(idea=idea.id, person=press.person, signal=signal, token=token, value=value, at=press.at)
        previous = await self.store.hear(idea.channel.team, feedback)
        self.tasting.heard(idea.channel.team)
        self.versions.heard(idea.channel.team)
        return Heard(idea=idea, previous=previous)

    async def may_pick(self, press: Press | Call, idea: Idea) -> None:
        """Refuses whom the channel does not let decide.

        Raises:
            NotAllowed: the channel lets only some people pick.
        """
        pickers = (await self.store.settings(idea.channel)).pickers
        picking = (await self.store.settings(whole(idea.channel.team))).picking
        if press.admin or (pickers == "everyone" and not picking) or (pickers == "asker" and press.person == idea.asker):
            return
        if picking and not lacks(press.roles, picking):
            return
        if picking:
            raise NotAllowed(_("Here only some roles may pick. Your votes count all the same."))
        who = _("the person who asked") if pickers == "asker" else _("its admins")
        raise NotAllowed(_("In this channel only {who} may pick. Your votes count all the same.").format(who=who))

    async def own(self, person: Person, channel: Channel, text: str, brainstorm: BrainstormId | None = None) -> Idea:
        """Puts a person's own idea on the board.

        Raises:
            InvalidPrompt: it is empty, too long, not fit for others' eyes, or stands there already.
            TooMany: the person has added as many within the hour as is allowed.
        """
        id = IdeaId(own_id(self.new_id))
        tidy = await self._fit(person, channel, text, id)
        return await self.store.add(
            Idea(
                id=id,
                brainstorm=brainstorm,
                channel=channel,
                number=0,
                text=tidy,
                origin="human",
                author=person,
                asker=person,
                created_at=self.clock(),
            )
        )

    async def edited(self, press: Press, original: Idea) -> Idea:
        """Puts a person's version of an idea on the board; the original stays.

        Raises:
            InvalidPrompt: the new text is empty, too long, not fit for others' eyes, or not new; or the original is no text.
            TooMany: as above.
        """
        if original.modality != "text":
            raise InvalidPrompt(_("Only words can be rewritten. Edit the idea that this was made of, then make it anew."))
        id = IdeaId(own_id(self.new_id))
        tidy = await self._fit(press.person, original.channel, press.values.get("text", ""), id)
        return await self.store.add(
            Idea(
                id=id,
                brainstorm=original.brainstorm,
                channel=original.channel,
                number=0,
                text=tidy,
                origin="edit",
                parents=(original.id,),
                author=press.person,
                asker=press.person,
                slot=original.slot,
                created_at=self.clock(),
            )
        )

    async def _fit(self, person: Person, channel: Channel, text: str, id: IdeaId) -> str:
        """What a person writes, as it may stand on the board; `id`: what it gets."""
        tidy = within(text, MAX_IDEA, what=_("The idea"))
        if unsafe(tidy):
            raise InvalidPrompt(_("This text has words that do not belong on a team's board. Please say it in others."))
        await self.governing.admit_idea(person, channel)
        await self._refuse_copy(channel, tidy, id)
        return tidy

    async def _refuse_copy(self, channel: Channel, text: str, id: IdeaId) -> None:
        """`id`: what it gets; the event that it came with may have been begun before."""
        for idea in await self.store.ideas(channel):
            if idea.id != id and idea.text.casefold() == text.casefold():
                raise InvalidPrompt(_("That idea is on the board already, as #{number}.").format(number=idea.number))

    async def feedback_of(self, team: Team, idea: IdeaId, person: Person) -> list[Feedback]:
        """What one person currently says of one idea."""
        return [vote for vote in await self.store.feedback(team, [idea]) if vote.person == person]
