"""Votes that are said in plain words: counted as their control would count them, and how they are taken back."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.errors import NotAllowed
from bot.domain.feedback import EDIT
from bot.domain.ideas import Idea
from bot.domain.modalities import TEXT
from bot.messages import Call, Card, Control, Key, Press
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.doors import act as act_of
from bot.services.doors import redraws, token_of
from bot.services.ideas.finding import named
from bot.services.talk.acting import Act, voted
from bot.services.talk.followups import follow_up
from bot.services.talk.praising import liked
from bot.words import _

VOTE = "vote"  #: the signal of whoever says in plain words that they like an idea
SHOWN = 100  # characters of an idea in a confirmation


async def count(services: Services, call: Call, idea: Idea, way: str, reply: Reply) -> None:
    """Counts a vote, and says how it is taken back; `way`: up or down.

    Raises:
        NotAllowed: the team lets only some people vote.
    """
    press = call.press(Key(verb=VOTE, target=idea.id, token=way))
    await services.entrance.admit(press, None, signal=True)
    value = services.cards.signals[VOTE].value(way)
    await services.listening.hear(press, idea, signal=VOTE, token=way, value=value)
    services.meter.votes.labels(call.person.platform, VOTE).inc()
    services.redrawing.changed(idea)
    undo = Control(key=Key(verb=VOTE, target=idea.id, token="none"), label=_("Undo"), emoji="↩️")
    await reply.tell(Card(text=voted(idea, way), controls=(undo,), private=True))


async def done(services: Services, call: Call, act: Act, reply: Reply) -> None:
    """Runs the command of an act as if it had been called, or counts its vote or other signal.

    Raises:
        NotAllowed: the person may not do that here.
    """
    if act.vote:
        await count(services, call, await services.finding.idea(call.channel, str(act.args["idea"])), act.vote, reply)
    elif act.press is not None:
        await _pressed(services, replace(act.press, roles=call.roles), reply)
    else:
        command = services.cards.commands[act.command]
        called = replace(call, command=act.command, args=act.args)
        await services.entrance.admit(called, command, signal=False)
        await command.run(services, called, reply)
        if named := redraws(command):
            services.redrawing.changed(await services.finding.idea(call.channel, str(act.args[named]), hidden=True))


async def _pressed(services: Services, press: Press, reply: Reply) -> None:
    """Counts what is said of an idea by any signal: other words for it, stars, an emoji."""
    verb, old, under = press.key.verb, press.values.get("old", ""), press.values.get("under", "")
    signal = services.cards.signals[verb]
    await services.entrance.admit(press, None, signal=True)
    named_so = services.finding.having(press.channel, old, under, edited=verb == EDIT) if old else None
    idea = await (named_so or services.finding.idea(press.channel, press.key.target))
    token = token_of(signal, press)
    new = await act_of(signal, services, press, idea)
    await services.listening.hear(press, idea, signal=verb, token=token, value=signal.value(token))
    services.meter.votes.labels(press.person.platform, verb).inc()
    services.redrawing.changed(idea)
    text = signal.said(token, shortened(idea.text if new is None else new.text, SHOWN))
    await reply.tell(Card(text=text, private=True))


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
