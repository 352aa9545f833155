"""Does what a line says of ideas that stand there, and goes on with what else it asks: "2 is great, more like that"."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.domain.errors import NotAllowed, Refusal
from bot.domain.ideas import Channel, Idea, Person
from bot.domain.modalities import TEXT
from bot.messages import Call, Card, Control, Key, Press, Value
from bot.ports import Reply
from bot.services.cards import shortened
from bot.services.chinese import HAN
from bot.services.ideas.finding import ID
from bot.services.talk.acting import QUOTED, Act, counting_none
from bot.services.talk.answers import NAMED, answer
from bot.services.talk.following import Before, Following
from bot.services.talk.followups import follow_up
from bot.services.talk.opinions import Heard, Opinion, about, heard
from bot.services.talk.replying import shaped
from bot.words import N_, _, in_quotes

Do = Callable[[Act], Awaitable[None]]
Serve = Callable[[Call, Reply, Do], Awaitable[bool]]  #: answers a line that is talk; False: it is a topic
Read = Callable[[str, Call], Call | Press]  #: what a line means, typed by who typed a call: see `bot.typed.parse`

#: What stands for the idea that was just spoken of.
IT = re.compile(
    r"\b(?:it|that one|this one|that(?! (?:is|was|would|cost|are|can|will|people|we|i)\b)|this(?! (?:is|was|year|week|"
    r"month|time)\b))\b",
    re.IGNORECASE,
)
THEM = re.compile(r"\b(?:them|these|those|both|the two|they)\b", re.IGNORECASE)
HAN_IT = re.compile(r"它们|它俩|它|这个|那个|这俩|这两个|那两个|(?<=把)这些|(?<=类)似的|^(?=画[一1]?[个张]|做[个成]|配|念|写成)")
#: What the clause before is joined with.
JOINED = re.compile(
    r"^(?:(?:but|and|so|though|although|because|cos|also|then|now|ok|okay)[, ]+)+|^(?:但是?|不过|可是|而且|然后|就是|"
    r"只是|那么?|所以|顺便)+[,， ]*",
    re.IGNORECASE,
)
#: Others like an idea, and how behind a comma: "more like 1 please, things we can try on monday".
MORE_LIKE = re.compile(
    r"^((?:some |a few )?(?:more|others)(?: ideas| ones)? like (?:number |no |#)?\d+)(?:,? please| pls)?[,;. ]+(?=\w)",
    re.IGNORECASE,
)
#: A question, which is about the idea where no rule knows it.
QUESTION = re.compile(
    r"(?:can|could|would|will|how|what|who|whose|where|when|why|which|is|are|does|do|did|should|shall|has|have|explain|"
    r"tell me)\b.*|.*\?$|"
    r".*(?:吗|嘛|么|呢|谁|怎么|如何|为什么|为啥|啥|哪|多少|几[个点天]|展开|细说|具体|详细|讲讲|说说).*",
    re.IGNORECASE,
)


#: How such a question begins that asks for nothing else.
WONDERED = re.compile(
    r"(?:so |and |but )*(?:how|what|who|why|when|where|which|whose)\b|.*(?:怎么|如何|为什么|为啥|啥|什么)", re.IGNORECASE
)
#: What wants other words for an idea, which is no opinion of it.
CHANGES = re.compile(
    r"改成|改为|换成|改叫|改一下|\b(?:should say|make (?:it|that)|call it|change|rename|replace|edit|reword)\b", re.IGNORECASE
)
MOST_ASKED = 1000  # people whose answer is waited for; a later line of theirs answers nothing
BRAINSTORM = "brainstorm"  #: the command of a line that may be a topic
WHICH_WAY = N_("Is that for #{number} {what}, or against it? I have counted nothing yet: /vote {n} up, or /vote {n} down.")
#: The answer to that.
ANSWERED = re.compile(
    r"(?:(?:oh|ok|okay|yes|yeah|well|sure|of course|obviously|definitely|i'm|im|i am|we're|we are|all|"
    r"both)[,.! ]+)*(?:(?P<up>for(?: it| that)?|yes|yeah|yep|up)|"
    r"(?P<down>against(?: it| that)?|no|nope|down))(?:[,.! ]+(?:obviously|of course|definitely|please|thanks|sorry))*[.! ]*|"
    r"(?:我|我们|当然)?(?:是)?(?:(?P<han_up>赞成|支持|赞|同意|是的?|对)|(?P<han_down>反对|不赞成|不支持|踩))(?:啊|呀|的|"
    r"它|这个)*[。！!. ]*",
    re.IGNORECASE,
)


class Opining:
    """Counts votes and decisions that are given in plain words, takes ideas off the board, and asks where neither is said."""

    def __init__(self, following: Following, read: Read, serve: Serve) -> None:
        """`read`: what a line means; `serve`: answers one that no rule knows."""
        self.following = following
        self.read = read
        self.talk = serve
        self._asked: dict[tuple[Channel, Person], str] = {}  #: the idea that somebody was asked about last

    async def serve(self, call: Call, before: Before, line: str, reply: Reply, do: Do, *, alone: bool = False) -> bool:
        """Answers a line that says something of ideas; False: it says nothing of them.

        Args:
            call: of whoever typed it; `spoken` or `under` is what stands in front of them, as in `bot.typed.Source`.
            before: what that is.
            line: as typed.
            reply: where the answer goes.
            do: runs the command of an act, or counts its vote.
            alone: rules read the line as a wish for others, so that it must surely be no more than that.
        """
        under = str(call.args.get("spoken") or call.args.get("under") or "")
        said = heard(line, before.ideas, by_place=ID.match(under) is not None) if before.prompt.modality == TEXT else None
        if (answered := await self._answered(call, line, do)) is not None:
            return answered
        if alone and said is not None and not said.sure and all(one.says == "down" for one in said.opinions):
            return False  # "no torches please" says how others should be
        wanted = follow_up(line) if alone and said is not None and said.rest else None
        if said is None or (wanted is not None and wanted.like):  # which counts what it praises itself
            return False
        try:
            for one in said.opinions:
                await do(_act(one, call))
        except NotAllowed as why:
            await reply.tell(Card(text=str(why), private=True))
        if said.rest:
            await self._go_on(call, before, said, reply, do)
        return True

    async def ask(self, call: Call, before: Before, line: str, reply: Reply) -> bool:
        """Asks whether a line is for the one idea that it begins with, or against it; False: it begins with none."""
        under = str(call.args.get("spoken") or "")
        if CHANGES.search(line):
            return False
        one = about(line, before.ideas, by_place=ID.match(under) is not None) if before.prompt.modality == TEXT else None
        if one is None:
            return False
        self._asked[call.channel, call.person] = one.id
        while len(self._asked) > MOST_ASKED:
            self._asked.pop(next(iter(self._asked)))
        controls = (
            Control(key=Key(verb="vote", target=one.id, token="up"), label=_("For it"), emoji="👍"),
            Control(key=Key(verb="vote", target=one.id, token="down"), label=_("Against it"), emoji="👎"),
        )
        what = in_quotes(shortened(one.text, QUOTED))
        text = _(WHICH_WAY).format(number=one.number, what=what, n=f"#{one.number}")
        await reply.tell(Card(text=text, controls=controls, private=True))
        return True

    async def _answered(self, call: Call, line: str, do: Do) -> bool | None:
        """Counts the answer to what was asked last, "yes, for it"; None where nothing was asked, or a line answers it not."""
        asked = self._asked.pop((call.channel, call.person), None)
        match = ANSWERED.fullmatch(line.strip()) if asked is not None else None
        if asked is None or match is None:
            return None
        way = "down" if match["down"] or match["han_down"] else "up"
        await do(Act("vote", {"idea": asked}, vote=way))
        return True

    async def _go_on(self, call: Call, before: Before, said: Heard, reply: Reply, do: Do) -> None:
        """Does what a line asks for behind its opinions: as a line of its own would, with the ideas in the place of "it"."""
        rest = MORE_LIKE.sub(r"\1 but ", JOINED.sub("", said.rest).strip(), count=1)
        named = pointed(rest, said, before.ideas)
        try:
            meant = self.read(named, call)
        except Refusal as why:
            await reply.tell(Card(text=str(why), private=True))
            return
        of_it = QUESTION.fullmatch(rest) is not None and bool(said.of)
        if isinstance(meant, Call) and "spoken" not in meant.args and not (of_it and meant.command == "help"):
            await do(Act(meant.command, meant.args))
        elif isinstance(meant, Press):
            await do(Act(meant.key.verb, press=meant))
        elif of_it and WONDERED.match(rest):
            await reply.tell(Card(text=_question(named, said, before.ideas), private=True))
        elif meant.command == BRAINSTORM and await self.talk(replace(call, args={"topic": rest, **_there(call)}), reply, do):
            return
        elif shaped(rest):
            await self.following.answering.brainstorm(
                call.channel, call.person, await self.following.answering.prompt(call.channel, rest), reply
            )
        elif QUESTION.fullmatch(rest):
            await reply.tell(Card(text=_question(named, said, before.ideas), private=True))
        else:
            await self.following.further(call, before, rest, reply)


def _question(asked: str, said: Heard, ideas: Sequence[Idea]) -> str:
    """What is answered to a question about the idea that was spoken of."""
    numbers = "" if NAMED.search(counting_none(asked)) else "".join(f" #{idea.number}" for idea in said.of[:1])
    return answer("question", asked + numbers, ideas, anywhere=True)


def _act(one: Opinion, call: Call) -> Act:
    """What is done for an opinion."""
    if one.says in ("pick", "hide"):
        return Act(one.says, {"idea": one.idea.id})
    if one.says != "none":
        return Act("vote", {"idea": one.idea.id}, vote=one.says)
    return Act("vote", press=call.press(Key(verb="vote", target=one.idea.id, token="none")))


def _there(call: Call) -> dict[str, Value]:
    """What stands in front of whoever typed a call, as a line that may be a topic has it."""
    return {"spoken": call.args.get("spoken") or call.args.get("under") or ""}


def pointed(rest: str, said: Heard, ideas: Sequence[Idea]) -> str:
    """What is asked, with the numbers of the ideas in the place of "it" and "them", in Chinese their places.

    Args:
        rest: what is asked.
        said: what was said of ideas before.
        ideas: what stands in front of the person, top first.
    """
    meant = [one.idea for one in said.opinions if one.says != "down"] or list(said.of)
    if not meant or NAMED.search(counting_none(rest)):
        return rest
    if HAN.search(rest):
        places = [1 + [idea.id for idea in ideas].index(one.id) for one in meant]
        return HAN_IT.sub(f"第{places[0]}个" if len(places) == 1 else "和".join(f"#{one.number}" for one in meant), rest, count=1)
    if len(meant) > 1:
        return THEM.sub(" and ".join(f"#{one.number}" for one in meant), rest, count=1)
    return IT.sub(f"number {meant[0].number}", rest, count=1)
