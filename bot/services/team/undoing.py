"""Takes back what somebody did last, whatever it was; and takes off the board what the team ranks last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import Refusal
from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, Channel, Idea, IdeaId, Person
from bot.domain.moderation import Hiding
from bot.messages import Call, Key
from bot.services.cards import shortened
from bot.services.ideas.board import WHOLE, Boards
from bot.services.ideas.finding import named
from bot.services.ideas.redrawing import Redrawing
from bot.services.talk.correcting import Meant, meant
from bot.services.talk.following import Following
from bot.services.talk.pointing import nothing_there
from bot.services.team.moderating import Moderating
from bot.services.votes.listening import Listening
from bot.words import N_, _, in_quotes

AT_ONCE = timedelta(seconds=5)  # within which several ideas were hidden by one command, which hides a whole list
RECENT = 20  # brainstorms among which the person's last is looked for; behind others' twenty it is not the last deed
QUOTED = 100  # characters of an idea that an answer quotes
SIGNALS = frozenset(("vote", "pick", "stars", "emoji"))  # an opinion that one person takes back alone; a duel's has two sides
#: For who says that another idea was meant, where nothing was said last that could be given to it.
UNMOVED = N_(
    "No vote of yours can be moved there: it was not the last thing that you did here. Say it of the one that you mean: "
    "“/vote #{n} up”, “more like #{n}”, “/hide #{n}”."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """What somebody did last in a channel; of these one is given."""

    at: datetime
    vote: Feedback | None = None
    hiding: Hiding | None = None
    written: Idea | None = None
    asked: Brainstorm | None = None


class Undoing:
    """Takes back."""

    def __init__(
        self, *, moderating: Moderating, listening: Listening, boards: Boards, following: Following, redrawing: Redrawing
    ) -> None:
        self.store = moderating.store
        self.moderating = moderating
        self.listening = listening
        self.boards = boards
        self.following = following
        self.redrawing = redrawing

    async def last(self, call: Call) -> str:
        """Takes back what the person did last here, and says what it was.

        Raises:
            Refusal: they did nothing here, or what can be taken back by a command only; the message names it.
            NotAllowed: it was theirs to do, but is not theirs to take back any more.
        """
        ideas = {idea.id: idea for idea in await self.store.ideas(call.channel, limit=WHOLE, hidden=True)}
        done = await self._done(call.channel, call.person, list(ideas.values()))
        if done is None:
            raise Refusal(_("You have done nothing here yet that could be undone."))
        if done.vote is not None:
            return await self._unsaid(call, ideas, done.vote)
        if done.hiding is not None:
            return await self._shown(call, ideas[done.hiding.idea], done.hiding)
        if done.written is not None:
            idea = await self.moderating.change(done.written, call.person, admin=call.admin, hidden=True)
            self.redrawing.changed(idea)
            said = _("Undone: “{idea}” is off the board. /restore #{number} brings it back.")
            return said.format(idea=shortened(idea.text, QUOTED), number=idea.number)
        topic = done.asked.prompt.text if done.asked is not None and done.asked.prompt is not None else ""
        raise Refusal(
            _("The last thing you did was to ask for “{topic}”. /delete takes what came of it away.").format(
                topic=shortened(topic, QUOTED)
            )
        )

    async def moved(self, call: Call) -> str:
        """Gives one idea what the person said of another last, and says so: who voted for 2 meant 3.

        Args:
            call: `said` is the line, see `bot.services.talk.correcting`; `under` the ideas in front of the person.

        Raises:
            UnknownIdea: no such idea stands there.
            Refusal: they said nothing of that idea that could be moved, or did something else since; it says what to type.
        """
        put_right = meant(str(call.args["said"]))
        before = await self.following.before(call.channel, str(call.args["under"]))
        if put_right is None or before is None:
            raise nothing_there()
        ideas = {idea.id: idea for idea in await self.store.ideas(call.channel, limit=WHOLE, hidden=True)}
        done = await self._done(call.channel, call.person, list(ideas.values()))
        last = done.vote if done is not None else None
        right, wrong = _named(put_right, before.ideas, last)
        if put_right.vote and wrong is not None and (last is None or last.idea != wrong.id):
            last = await self._said_of(call, wrong)
        if last is None or last.idea == right.id or wrong not in (None, ideas[last.idea]):
            raise Refusal(_(UNMOVED).replace("{n}", str(right.number)))
        old = ideas[last.idea]
        await self._say(call, old, last.signal, "none", 0.0)
        await self._say(call, right, last.signal, last.token, last.value)
        said = _("Understood: {said} goes to #{number} “{idea}”, and is taken back from #{other} “{wrong}”.")
        return said.format(
            said=f"/{last.signal} {last.token}",
            number=right.number,
            idea=shortened(right.text, QUOTED),
            other=old.number,
            wrong=shortened(old.text, QUOTED),
        )

    async def _said_of(self, call: Call, idea: Idea) -> Feedback | None:
        """What the person said last of an idea, and alone can take back."""
        votes = await self.store.feedback(call.channel.team, [idea.id])
        mine = [one for one in votes if one.person == call.person and one.value and one.signal in SIGNALS]
        return max(mine, key=lambda one: one.at, default=None)

    async def _say(self, call: Call, idea: Idea, signal: str, token: str, value: float) -> None:
        """Hears what a person says of an idea, as its control would; `value` 0 takes it back."""
        press = call.press(Key(verb=signal, target=idea.id, token=token))
        await self.listening.hear(press, idea, signal=signal, token=token, value=value)
        self.redrawing.changed(idea)

    async def hide_worst(self, call: Call) -> Idea:
        """Hides the one that the team ranks last: of what stands in front of the person, else of the channel's ideas.

        Raises:
            Refusal: there are not two of them, or nobody has said anything of the last.
            NotAllowed: the person may not hide it.
        """
        under = str(call.args.get("under", ""))
        before = await self.following.before(call.channel, under) if under else None
        shown = [idea for idea in before.ideas if not idea.hidden] if before is not None else []
        standings = (
            await self.boards.standings(call.channel.team, shown) if len(shown) > 1 else await self.boards.all(call.channel)
        )
        worst = min(standings, key=lambda one: (one.tally.picked, one.score.mean, -one.idea.number), default=None)
        if worst is None or len(standings) < 2 or not (worst.tally.voters or worst.tally.stars):
            raise Refusal(
                _(
                    "Nobody has voted against any of these yet, so none is the worst. “/vote 2 down” says what you think; /hide "
                    "2 takes "
                    "idea 2 away."
                )
            )
        return await self.moderating.change(worst.idea, call.person, admin=call.admin, hidden=True)

    async def _done(self, channel: Channel, person: Person, ideas: Sequence[Idea]) -> Last | None:
        votes = await self.store.feedback(channel.team, [idea.id for idea in ideas])
        hidden = {idea.id for idea in ideas if idea.hidden}
        done = [
            *(Last(at=one.at, vote=one) for one in votes if one.person == person and one.value and one.signal in SIGNALS),
            *(
                Last(at=one.at, hiding=one)
                for one in await self.store.hidings(channel)
                if one.by == person and one.hidden and one.idea in hidden
            ),
            *(Last(at=idea.created_at, written=idea) for idea in ideas if idea.author == person and not idea.hidden),
            *(
                Last(at=one.created_at, asked=one)
                for one in await self.store.brainstorms(channel, limit=RECENT)
                if one.asker == person
            ),
        ]
        return max(done, key=lambda one: one.at, default=None)

    async def _unsaid(self, call: Call, ideas: Mapping[IdeaId, Idea], last: Feedback) -> str:
        """Takes back an opinion, and those that were said in the same line."""
        votes = await self.store.feedback(call.channel.team, list(ideas))
        together = [
            one for one in votes if one.person == call.person and one.at == last.at and one.value and one.signal in SIGNALS
        ]
        for vote in together:
            await self._say(call, ideas[vote.idea], vote.signal, "none", 0.0)
        texts = ", ".join(in_quotes(shortened(ideas[vote.idea].text, QUOTED)) for vote in together)
        said = _("Undone: what you said of {ideas} is taken back ({said}).")
        return said.format(ideas=texts, said=f"/{last.signal} {last.token}")

    async def _shown(self, call: Call, idea: Idea, hiding: Hiding) -> str:
        mine = [one for one in await self.store.hidings(call.channel) if one.by == call.person and one.hidden]
        together = [one for one in mine if abs(one.at - hiding.at) < AT_ONCE]
        whole = await self.store.brainstorm(call.channel.team, idea.brainstorm) if idea.brainstorm is not None else None
        if len(together) > 1 and whole is not None:
            changed = await self.moderating.whole(whole, call.person, admin=call.admin, hidden=False)
        else:
            changed = [await self.moderating.change(idea, call.person, admin=call.admin, hidden=False)]
        for one in changed:
            self.redrawing.changed(one)
        said = _("Undone: back on the board: {ideas}.")
        return said.format(ideas=", ".join(in_quotes(shortened(one.text, QUOTED)) for one in changed))


def _named(put_right: Meant, ideas: Sequence[Idea], last: Feedback | None) -> tuple[Idea, Idea | None]:
    """The idea that was meant, and the one that was not; where a number may be a place, too, as the vote counted that is moved.

    Raises:
        UnknownIdea: no such idea stands there.
    """
    read: list[tuple[Idea, Idea | None]] = []
    for by_number in (True, False):
        right = named(ideas, put_right.right, by_number=by_number and not put_right.right_by_place)
        if put_right.wrong is None:
            return right, None
        wrong = named(ideas, put_right.wrong, by_number=by_number and not put_right.wrong_by_place)
        if last is not None and wrong.id == last.idea:
            return right, wrong
        read.append((right, wrong))
    return read[0]
