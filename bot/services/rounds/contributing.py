"""What people add to a round: ideas that nobody sees yet, points, decisions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.domain.errors import InvalidFeedback, InvalidPrompt, Refusal, TooMany
from bot.domain.feedback import PICK, Feedback
from bot.domain.ideas import MAX_IDEA, MAX_OPTION, Channel, Idea, IdeaId, clean, within
from bot.domain.rounds import POINTS, Decision, Note, Round, signal, worth
from bot.messages import Call, Key, Press
from bot.services.events import own_id
from bot.services.ideas.filtering import unsafe
from bot.services.rounds.leading import Rounds
from bot.services.rounds.ranking import counted
from bot.services.votes.listening import Listening
from bot.words import _, ngettext

AT_ONCE = 10  # ideas in one form, a line each
MOST_BROUGHT = 100  # of one person, with those from a photo or a list: a wall of notes, and what they write themselves
MOST_NOTES = 40  # of one person in a round: nobody reads more, and a slip of the finger in a loop fills no database
MAX_OWNER = 80  # characters of a name
#: "12", "#12", "12x3", "#12*2", "12:3": an idea's number, and how many points it gets.
POINT = re.compile(r"#?(\d{1,9})(?:\s*[x×*:]\s*(\d{1,3}))?")


class Contributing:
    """Takes in what people add."""

    def __init__(self, *, rounds: Rounds, listening: Listening, new_id: Callable[[], str]) -> None:
        self.rounds = rounds
        self.store = rounds.store
        self.listening = listening
        self.new_id = new_id

    async def jot(self, call: Call, round: Round, text: str) -> int:
        """Keeps a person's ideas, a line each, until the reveal; how many there were.

        Raises:
            Refusal: no ideas are taken now, or one of them cannot be: then none is kept.
            TooMany: the person has written as many as a round takes.
        """
        self._open(round)
        texts = [within(line, MAX_IDEA, what=_("The idea")) for line in text.splitlines() if line.strip()]
        if not texts or len(texts) > AT_ONCE:
            raise InvalidPrompt(_("Write one to {most} ideas, one a line.").format(most=AT_ONCE))
        if any(map(unsafe, texts)):
            raise InvalidPrompt(_("This text has words that do not belong on a team's board. Please say it in others."))
        return await self._keep(call, round, texts, MOST_NOTES)

    async def bring(self, call: Call, round: Round, texts: Sequence[str]) -> int:
        """Keeps what a person had read in a file until the reveal; what cannot be an idea is left out. How many were kept.

        Raises:
            Refusal, TooMany: as of `jot`; or nothing in it can be an idea.
        """
        self._open(round)
        fit = [one for one in map(clean, texts) if one and len(one) <= MAX_IDEA and not unsafe(one)]
        if not fit:
            raise Refusal(_("Nothing of it can be an idea."))
        return await self._keep(call, round, fit, MOST_BROUGHT)

    async def taking(self, channel: Channel) -> Round | None:
        """The round that runs in a channel, while ideas are written in it."""
        round = await self.rounds.running(channel)
        return round if round is not None and getattr(self.rounds.cards.phase(round), "TAKES", False) else None

    def _open(self, round: Round) -> None:
        if round.state != "running" or not getattr(self.rounds.cards.phase(round), "TAKES", False):
            raise Refusal(_("Ideas are not being written in this round now. Put yours on the board with /idea."))

    async def _keep(self, call: Call, round: Round, texts: Sequence[str], most: int) -> int:
        notes = [
            Note(id=IdeaId(own_id(self.new_id)), round=round.id, step=round.step, author=call.person, text=one, at=call.at)
            for one in texts
        ]
        there = await self.store.notes(call.channel.team, round.id)
        mine = {note.id for note in there if note.author == call.person} | {note.id for note in notes}
        if len(mine) > most:
            raise TooMany(_("In one round a person writes {most} ideas at most.").format(most=most))
        for note in notes:
            if not await self.store.jot(call.channel.team, note):
                raise Refusal(_("That phase has just ended. Put your idea on the board with /idea."))
        await self.rounds.stage.redraw(round)
        return len(notes)

    async def give(self, call: Call, round: Round, text: str) -> tuple[dict[int, int], int]:
        """Gives a person's points, in the place of those they gave before in the round.

        Returns:
            Points by the number of the idea, and how many are left.

        Raises:
            Refusal: points are not being given now.
            InvalidFeedback: it names no idea of the round, or more points than there are.
        """
        if round.state != "running" or round.now.phase != POINTS:
            raise Refusal(_("Points are not being given in this round now."))
        ideas = {idea.number: idea for idea in await self.rounds.cards.ideas(round)}
        dots = points_in(text, ideas)
        spent = sum(dots.values())
        if spent > round.dots:
            over = ngettext("You have {count} point and gave {spent}.", "You have {count} points and gave {spent}.", round.dots)
            raise InvalidFeedback(over.format(count=round.dots, spent=spent) + " " + _("Please take some away."))
        opinions = [
            Feedback(
                idea=ideas[number].id,
                person=call.person,
                signal=signal(round.id),
                token=str(some),
                value=worth(some, round.dots),
                at=call.at,
            )
            for number, some in dots.items()
        ]
        await self.store.give_points(call.channel.team, round.id, call.person, opinions)
        self.listening.tasting.heard(call.channel.team)
        self.listening.versions.heard(call.channel.team)
        return dots, round.dots - spent

    async def given(self, call: Call | Press, round: Round) -> dict[int, int]:
        """The points that a person has given in a round, by the number of the idea."""
        ideas = {idea.id: idea for idea in await self.rounds.cards.ideas(round)}
        votes = await self.store.feedback(round.channel.team, list(ideas))
        mine = counted([vote for vote in votes if vote.person == call.person], round)
        return {ideas[id].number: some for id, some in mine.items()}

    async def decide(self, call: Call, round: Round, idea: Idea, action: str, owner: str) -> Round:
        """Picks an idea of the round, and notes what is done about it and by whom.

        Raises:
            NotAllowed: the person leads neither the round nor the channel, or may not pick there.
            Refusal: the idea is not the round's.
        """
        await self.rounds.lead(call, round)
        if idea.id not in {one.id for one in await self.rounds.cards.ideas(round)}:
            raise Refusal(_("Idea #{number} is not one of this round's.").format(number=idea.number))
        action = within(action, MAX_OPTION, what=_("The action")) if action.strip() else ""
        owner = within(owner, MAX_OWNER, what=_("The owner's name")) if owner.strip() else ""
        press = call.press(Key(verb=PICK, target=idea.id, token="yes"))
        await self.listening.hear(press, idea, signal=PICK, token="yes", value=1.0)
        decision = Decision(idea=idea.id, action=action, owner=owner, by=call.person)
        return await self.store.decide(call.channel.team, round.id, decision) or round


def points_in(text: str, numbers: Sequence[int] | dict[int, Idea]) -> dict[int, int]:
    """The points that a line gives, by the number of the idea; "none" gives none.

    Raises:
        InvalidFeedback: something in it is no idea among `numbers`.
    """
    dots: dict[int, int] = {}
    if text.strip().casefold() in ("none", "无"):
        return dots
    left = POINT.sub("", text)
    if re.sub(r"[\s,;，；、]+", "", left) or not POINT.search(text):
        raise InvalidFeedback(_("Write the number of an idea for each of your points, such as “3 3 7”, or “3x2 7”."))
    for number, times in POINT.findall(text):
        if int(number) not in numbers:
            raise InvalidFeedback(_("There is no idea #{number} in this round.").format(number=int(number)))
        dots[int(number)] = dots.get(int(number), 0) + (int(times) if times else 1)
    return {number: some for number, some in dots.items() if some}
