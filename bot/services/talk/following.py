"""Goes on with ideas that stand in front of somebody: more of them, like one of them, or as the person now wants them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.errors import Refusal, UnknownIdea
from bot.domain.feedback import EDIT, tallies
from bot.domain.ideas import MAX_STYLE, Channel, Idea, IdeaId
from bot.domain.modalities import TEXT
from bot.messages import Call
from bot.ports import Clock, Reply, Store
from bot.services.ideas.answering import Answering
from bot.services.ideas.finding import LATEST, Finding, named
from bot.services.ideas.substituting import Swap
from bot.services.ideas.verses import POEMS, rhymed, rhyming
from bot.services.media.altering import NOTHING, SAYABLE, Altering, same_again
from bot.services.media.changes import change, modalities
from bot.services.media.depicted import parts
from bot.services.media.ordered import same_series
from bot.services.talk.adding import asked_about, extended, for_it, peopled, subject_of
from bot.services.talk.amounts import named as said_of
from bot.services.talk.carrying import Before as Before
from bot.services.talk.carrying import count_of, manner
from bot.services.talk.complaining import wish
from bot.services.talk.deeds import Deed, deed
from bot.services.talk.followups import FollowUp, follow_up
from bot.services.talk.heard import ABOUT, told
from bot.services.talk.pointing import nothing_there, points
from bot.services.talk.polite import tidied, trimmed
from bot.services.talk.praising import IT
from bot.services.talk.retorts import of_a_line, one_line
from bot.services.talk.swapping import having, swapped, swapped_in, told_how
from bot.services.talk.turning import OPPOSITE, turned
from bot.services.talk.wishes import refinement
from bot.words import _

IN_ENGLISH = {"jueju": "haikus"}  #: kinds that there are in Chinese only, and what is written in their place
#: What is said before what is wanted, and is no part of it.
LED = re.compile(
    r"^(?:(?:and|but|so|or|hm+|ok|well|also|maybe)[, ]+)*(?:what else|(?:is there |do you have |have you got |"
    r"got )?(?:anything|something)(?: else)?|"
    r"(?:are there |do you have |have you got |got )?any(?: (?:ones|ideas|others))?|could (?:there be|we have) (?:one|"
    r"some|ones)|(?:some|ones)|"
    r"can (?:you|we) (?:give me|do|have|get) (?:some|ones|something)|what about|how about)\s+(?=(?:for|with|that|where|"
    r"about|in|without|which|who|when|at|on)\b)",
    re.IGNORECASE,
)
IN_MIND = timedelta(hours=1)  # after that a line in a conversation of one's own begins with something new
RHYMED = "rhyming"  #: how ideas are to be that are no poems
RECENT = 20  # brainstorms among which the last work is looked for; within an hour nobody remembers more


class Following:
    """Serves what people say of ideas in front of them."""

    def __init__(self, *, store: Store, finding: Finding, answering: Answering, altering: Altering, clock: Clock) -> None:
        self.clock = clock
        self.store = store
        self.finding = finding
        self.answering = answering
        self.altering = altering

    async def serve(self, call: Call, reply: Reply) -> None:
        """Answers a line that `follow_up` understands; where no ideas stand, it is a topic like any other.

        Args:
            call: `said` is the line, `under` the ideas in front of the person, as in `bot.typed.Source`.
            reply: where the ideas are shown.

        Raises:
            UnknownIdea: the line names an idea that does not stand there, or says nothing where there is none.
        """
        line = str(call.args.get("said", ""))
        before, asked = await self.before(call.channel, str(call.args.get("under", ""))), deed(line)
        if (about := one_line(line)) is not None and ((before and before.prompt.kind in POEMS) or follow_up(line) is None):
            raise Refusal(of_a_line(about))
        if (swap := swapped(line)) is not None:
            await self._swapped(call, before, swap, reply)
        elif before is not None and before.prompt.modality != TEXT:
            await self._of_media(call, before, line, asked, reply)
        elif asked is not None and asked.modality:
            if before is None:
                raise Refusal(_(NOTHING))
            await self.of_it(call, before, asked, reply)
        else:
            await self._of_words(call, before, line, reply)

    async def _of_words(self, call: Call, before: Before | None, line: str, reply: Reply) -> None:
        """What is said where ideas in words stand, or none."""
        wanted = follow_up(line) or refinement(line) or refinement(tidied(line))
        if rhyming(line) and before is not None and before.prompt.kind in POEMS:
            order = await self.answering.like(
                before.prompt, call.channel, kind=rhymed(before.prompt), count=count_of(before, FollowUp())
            )
            await self.answering.brainstorm(call.channel, call.person, order, reply)
            return
        wanted = wanted or (FollowUp(constraint=RHYMED) if rhyming(line) else None)
        work = await self._earlier(call, line, surely=wanted is not None)
        if work is not None:
            await self._of_media(call, work, line, None, reply)
        elif wanted is None:
            await self._anew(call, before, line, reply)
        elif before is None:
            if wanted == FollowUp(count=wanted.count) and len(line.split()) < 3:
                raise UnknownIdea(_("There is no brainstorm here yet. Start one with /brainstorm and a topic."))
            if points(line):
                raise nothing_there()
            prompt = await self.answering.prompt(call.channel, line)
            await self.answering.brainstorm(call.channel, call.person, prompt, reply)
        elif not (before.ideas or wanted.language or before.running) and points(line):
            raise nothing_there()
        else:
            await self._words(call, before, wanted, reply)

    async def _of_media(self, call: Call, before: Before, line: str, asked: Deed | None, reply: Reply) -> None:
        """What is said where a picture, a tune or a voice stands: the same with a change, another one, or more for it."""
        prompt, one = before.prompt, before.brainstorm
        wanted = follow_up(line) or refinement(line) or refinement(tidied(line))
        if one is not None and (said := change(line, prompt.modality)) is not None:
            if said.work is not None:
                meant = named(before.ideas, said.work, by_number=said.by_number)
                said = replace(said, work=1 + list(before.ideas).index(meant))
            await self.altering.serve(call, prompt, one, before.ideas, said, reply)
        elif asked is not None and asked.modality:
            await self.altering.of_it(call, prompt, before.ideas, asked, reply)
        elif wanted is not None and (turn := turned(line)) is not None and turn.of_words:
            await self._words(call, await self._ideas_of(call, before), wanted if turn.one else replace(wanted, like=()), reply)
        elif (wanted is None or wanted == FollowUp(constraint=wanted.constraint)) and await self.of_parts(
            call, before, line, reply
        ):
            return
        elif (work := await self._earlier(call, line, surely=False)) is not None:
            await self._of_media(call, work, line, None, reply)
        elif wanted is None:
            await self._anew(call, before, line, reply)
        elif wanted == FollowUp(count=wanted.count) or prompt.modality == "music" or _drawn_by_a_model(before.ideas):
            await self.altering.again(call, same_again(prompt, wanted.count, wanted.constraint, wanted.audience), one, reply)
        else:
            raise Refusal(_(SAYABLE.get(prompt.modality, NOTHING)))

    async def _ideas_of(self, call: Call, before: Before) -> Before:
        """What a work was made of, in words: the idea that it shows; else none, and the words of its order."""
        parents = before.brainstorm.parents if before.brainstorm is not None else ()
        found = [await self.store.idea(call.channel.team, id) for id in parents]
        ideas = [idea for idea in found if idea is not None and not idea.hidden]
        topic = await self.finding.topic(ideas[0]) if ideas else None
        text = ideas[0].text if ideas else subject_of(before.prompt.text)
        asked = topic if topic is not None and topic.modality == TEXT else await self.answering.prompt(call.channel, text)
        return Before(replace(asked, text=text, style=""), ideas, None)

    async def of_parts(self, call: Call, before: Before, line: str, reply: Reply) -> bool:
        """Answers what is said of the parts of a picture that stands there; False: nothing of the kind is said, or none does.

        Raises:
            Refusal: nothing of it can be done; the message says what can.
        """
        one = before.brainstorm
        said = parts(line) if one is not None and before.prompt.modality == "image" else None
        if said is None or one is None:
            return False
        if _drawn_by_a_model(before.ideas):  # which reads words
            await self.altering.again(call, same_again(before.prompt, None, line), one, reply)
        else:
            await self.altering.of_parts(call, before.prompt, one, before.ideas, said, reply)
        return True

    async def of_it(self, call: Call, before: Before, asked: Deed, reply: Reply) -> None:
        """The first work of what stands there: of the one idea that was picked, else of what the ideas are for."""
        await self.altering.of_it(call, before.prompt, await self._chosen(call, before), asked, reply)

    async def _chosen(self, call: Call, before: Before) -> Sequence[Idea]:
        """The one idea that "it" is: which was picked, or which the person spoke of last; all where that is none, or several."""
        votes = (
            await self.store.feedback(before.ideas[0].channel.team, [idea.id for idea in before.ideas]) if before.ideas else []
        )
        found = tallies(votes)
        picked = [idea for idea in before.ideas if idea.id in found and found[idea.id].picked]
        if len(picked) == 1 or IT.search(str(call.args.get("said", ""))) is None:
            return picked if len(picked) == 1 else before.ideas
        like = await self.finding.likened(call.channel, call.person, before.ideas)
        mine = {vote.idea for vote in votes if vote.person == call.person and vote.value > 0 and vote.signal != EDIT}
        liked = [idea for idea in before.ideas if idea.id in mine] or ([like] if like is not None else [])
        return liked if len(liked) == 1 else before.ideas

    async def _swapped(self, call: Call, before: Before | None, swap: Swap, reply: Reply) -> None:
        """The one thing that stands there with a word in place of another: a work made anew, or new ideas for the topic.

        Raises:
            UnknownIdea: nothing stands there.
            Refusal: nothing there has the word, or an idea has it, which its number changes.
        """
        if before is None:
            raise nothing_there()
        prompt, one = before.prompt, before.brainstorm
        text = swap.within(prompt.text)
        if prompt.modality != TEXT and one is not None and text:
            await self.altering.again(call, replace(same_series(prompt, one.seed), text=text), one, reply)
            return
        one_of = swapped_in(str(call.args.get("said", "")))
        if text and prompt.modality == TEXT and not one_of:
            order = await self.answering.like(replace(prompt, text=text), call.channel, count=count_of(before, FollowUp()))
            await self.answering.brainstorm(call.channel, call.person, order, reply)
            return
        (place, *_others), by_number = said_of(one_of) if one_of else ((0,), False)
        ideas = [named(before.ideas, place, by_number=by_number)] if place else before.ideas
        raise Refusal(told_how(swap, having(swap, ideas) if prompt.modality == TEXT else [], prompt))

    async def _earlier(self, call: Call, line: str, *, surely: bool) -> Before | None:
        """The person's last work that a line can be said of, where none stands there: "slower" under ideas means their tune.

        `surely`: the line may be said of ideas, too, so that it must be one that nobody says of them.
        """
        said = ((kind, change(line, kind)) for kind in modalities(line))
        kinds = [kind for kind, one in said if one is not None and (one.never_of_words or not surely)]
        for one in await self.store.brainstorms(call.channel, limit=RECENT) if kinds else ():
            mine = one.asker == call.person and self.clock() - one.created_at <= IN_MIND
            if mine and one.prompt is not None and one.prompt.modality in kinds:
                return Before(one.prompt, await self.store.ideas_of(call.channel.team, one.id), one)
        return None

    async def _anew(self, call: Call, before: Before | None, line: str, reply: Reply) -> None:
        """Ideas for the topic with what was added to it, as if it had been asked so; a line that adds nothing is a topic."""
        chosen = await self._chosen(call, before) if before is not None and len(before.ideas) > 1 and for_it(line) else ()
        told_of = f"“{chosen[0].text}”" if len(chosen) == 1 else before.prompt.text if before is not None else ""
        topic = (extended(told_of, line) if before is not None else "") or line
        fields: dict[str, Any] = {}
        if before is not None and (subject := peopled(before.prompt.text, line)):
            topic, fields = subject, {"kind": "characters"}
        about = asked_about(before.prompt.text, line) if before is not None else ""
        topic, fields = told(topic, fields, {ABOUT: about} if about else {})
        await self.answering.brainstorm(
            call.channel, call.person, await self.answering.prompt(call.channel, topic, **fields), reply
        )

    async def before(self, channel: Channel, under: str) -> Before | None:
        """What stands in front of somebody: a thread's last ideas, a channel's, or those named; None when nothing does."""
        if "," in under or len(under) == 24:
            candidates = [await self.store.idea(channel.team, IdeaId(id)) for id in under.split(",")]
            ideas = [idea for idea in candidates if idea is not None and idea.channel == channel]
            if not ideas:
                return None
            topic = await self.finding.topic(ideas[0])
            one = await self.store.brainstorm(channel.team, ideas[0].brainstorm) if ideas[0].brainstorm else None
            return Before(topic, ideas, one)
        one = await self.finding.under(channel, under)
        if one is None or one.prompt is None or (under == LATEST and self.clock() - one.created_at > IN_MIND):
            return None
        return Before(one.prompt, await self.store.ideas_of(channel.team, one.id), one)

    async def further(self, call: Call, before: Before, how: str, reply: Reply) -> None:
        """More ideas in words, as they should be in the person's own words; empty: as before."""
        told = wish(how)
        constraint = LED.sub("", trimmed(how if told is None else told), count=1)
        await self._words(call, before, FollowUp(constraint=constraint[:MAX_STYLE]), reply)

    async def _words(self, call: Call, before: Before, wanted: FollowUp, reply: Reply) -> None:
        like = [named(before.ideas, one, by_number=wanted.by_number) for one in wanted.like][:2]
        prompt, changed = before.prompt, manner(before.prompt, wanted)
        changed["language"] = wanted.language or prompt.language
        if prompt.kind in IN_ENGLISH and wanted.language == "en":
            changed["kind"] = IN_ENGLISH[prompt.kind]
        changed["count"] = count_of(before, wanted)
        if like:
            changed["operation"] = "spin" if wanted.constraint == OPPOSITE else "more" if len(like) == 1 else "remix"
            changed["about"] = tuple(idea.text for idea in like)
        order, parents = await self.answering.like(prompt, call.channel, **changed), tuple(idea.id for idea in like)
        await self.answering.brainstorm(call.channel, call.person, order, reply, parents=parents)


def _drawn_by_a_model(works: Sequence[Idea]) -> bool:
    """Whether words are read by what made the works; boards are designed from the words, and would only have them written on."""
    return any("model" in dict(work.traits) for work in works)
