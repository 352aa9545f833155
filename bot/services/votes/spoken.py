"""Votes that are said in plain words: counted as their control would count them, and how they are taken back."""

from __future__ import annotations

from bot.domain.errors import NotAllowed
from bot.domain.ideas import Idea
from bot.domain.modalities import TEXT
from bot.messages import Call, Card, Control, Key, Press
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.finding import named
from bot.services.talk.acting import voted
from bot.services.talk.followups import follow_up
from bot.services.talk.praising import liked
from bot.words import _

VOTE = "vote"  #: the signal of whoever says in plain words that they like an idea


async def count(services: Services, call: Call, idea: Idea, way: str, reply: Reply) -> None:
    """Counts a vote, and says how it is taken back; `way`: up or down.

    Raises:
        NotAllowed: the team lets only some people vote.
    """
    press = Press(
        id=call.id,
        key=Key(verb=VOTE, target=idea.id, token=way),
        person=call.person,
        channel=call.channel,
        at=call.at,
        locale=call.locale,
        admin=call.admin,
        roles=call.roles,
        outsider=call.outsider,
    )
    await services.entrance.admit(press, None, signal=True)
    value = services.cards.signals[VOTE].value(way)
    await services.listening.hear(press, idea, signal=VOTE, token=way, value=value)
    services.meter.votes.labels(call.person.platform, VOTE).inc()
    services.redrawing.changed(idea)
    undo = Control(key=Key(verb=VOTE, target=idea.id, token="none"), label=_("Undo"), emoji="↩️")
    await reply.tell(Card(text=voted(idea, way), controls=(undo,), private=True))


async def count_praise(services: Services, call: Call, reply: Reply) -> None:
    """Counts the vote of who likes one idea and goes on with a wish: "I like the second one, more like that".

    Who may not vote is told so, and gets what they wish for.

    Raises:
        UnknownIdea: no such idea stands there.
    """
    line = str(call.args.get("said", ""))
    wanted = follow_up(line) if liked(line) else None
    before = await services.following.before(call.channel, str(call.args.get("under", ""))) if wanted is not None else None
    if wanted is None or before is None or len(wanted.like) != 1 or before.prompt.modality != TEXT or not before.ideas:
        return
    idea = named(before.ideas, wanted.like[0], by_number=wanted.by_number)
    try:
        await count(services, call, idea, "up", reply)
    except NotAllowed as why:
        await reply.tell(Card(text=str(why), private=True))
