"""Says what becomes of ideas: open, shortlisted, or dropped with a reason; and takes it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.errors import InvalidPrompt, Refusal
from bot.domain.ideas import Idea, IdeaId, within
from bot.domain.shaping import MAX_REASON, Mark, State
from bot.messages import Call
from bot.ports import Clock, Store
from bot.services.ideas.board import Boards
from bot.services.ideas.filtering import unsafe
from bot.services.votes.listening import Listening
from bot.words import _

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Marking:
    """Marks ideas. Who may pick may mark."""

    def __init__(self, *, store: Store, boards: Boards, listening: Listening, clock: Clock) -> None:
        self.store = store
        self.boards = boards
        self.listening = listening
        self.clock = clock

    async def change(self, call: Call, idea: Idea, state: State, reason: str) -> Mark:
        """Says what becomes of an idea.

        Raises:
            NotAllowed: the channel lets only some people decide.
            Refusal: it is picked, or is in that state already, or the reason is not fit for others' eyes.
        """
        await self.listening.may_pick(call, idea)
        (tally,) = await self.boards.tallies(idea.channel.team, [idea])
        if tally.picked:
            raise Refusal(_("Idea #{number} is picked. Take that back first: /pick {number} --undo").format(number=idea.number))
        why = within(reason, MAX_REASON, what=_("The reason")) if reason.strip() and state != "open" else ""
        if unsafe(why):
            raise InvalidPrompt(_("This text has words that do not belong on a team's board. Please say it in others."))
        before = (await self.store.marks(idea.channel)).get(idea.id)
        if (state, why) == (("open", "") if before is None else (before.state, before.reason)):
            raise Refusal(_("Idea #{number} is in that state already.").format(number=idea.number))
        new = Mark(idea=idea.id, channel=idea.channel, state=state, reason=why, by=call.person, at=self.clock())
        await self.store.mark(idea.channel.team, new)
        return new

    async def undo(self, call: Call, idea: Idea, moment: str) -> Mark | None:
        """Takes a mark back; the one that counts now, None for none.

        Raises:
            NotAllowed: the channel lets only some people decide.
            Refusal: somebody has said something else since.
        """
        await self.listening.may_pick(call, idea)
        at = EPOCH + timedelta(microseconds=int(moment)) if moment.isdecimal() and len(moment) < 18 else EPOCH
        if not await self.store.unmark(idea.channel.team, IdeaId(idea.id), at):
            raise Refusal(_("What became of idea #{number} was changed since; look at the board.").format(number=idea.number))
        return (await self.store.marks(idea.channel)).get(idea.id)


def moment_of(mark: Mark) -> str:
    """When a mark was made, as a button keeps it: microseconds since 1970."""
    return str((mark.at - EPOCH) // timedelta(microseconds=1))
