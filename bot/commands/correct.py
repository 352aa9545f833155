"""The same again with the topic put right; what was made for the wrong one makes way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.errors import Refusal
from bot.domain.ideas import MAX_TOPIC, Brainstorm, Channel, Prompt
from bot.domain.modalities import TEXT
from bot.messages import Call, Card, Control, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.media.ordered import same_series
from bot.services.team.moderating import UNDO
from bot.words import N_, _

HELP = N_("put the topic of the last ideas right, and have them made anew")
EXAMPLES = (N_("/correct names for a tea bar"),)
WORDS_ONLY = True  # there is no such thing of pictures and sounds
PARAMS = (Param(name="topic", help=N_("the topic as it should be"), required=True, rest=True),)


def on_brainstorm(brainstorm: Brainstorm) -> tuple[Control, ...]:
    """An entry under the ideas."""
    key = Key(verb="correct", target=brainstorm.id)
    return (Control(key=key, label=_("Correct the topic"), emoji="📝", asks=True, minor=True),)


async def form_here(services: Services, press: Press) -> Form:
    """The topic as it was, to be changed."""
    _old, prompt = await asked(services, press.channel, press.key.target)
    field = Field(name="topic", label=_("The topic"), value=prompt.text, most=MAX_TOPIC, multiline=True)
    return Form(key=press.key, title=_("Correct the topic"), fields=(field,), submit=_("Make anew"))


def from_press(press: Press) -> Mapping[str, Value]:
    """The topic that was written, and whose it is."""
    return {"topic": press.values.get("topic", ""), "brainstorm": press.key.target}


def said(rest: str) -> bool:
    """A line without a slash that begins with "correct" is a topic."""
    return False


async def asked(services: Services, channel: Channel, brainstorm: str) -> tuple[Brainstorm, Prompt]:
    """A brainstorm, and what was asked for.

    Raises:
        UnknownIdea: there is no such brainstorm here.
        Refusal: its topic was deleted.
    """
    source = await services.finding.brainstorm(channel, brainstorm)
    if source.prompt is None:
        raise Refusal(_("The topic of that brainstorm was deleted. Please start a new one with /brainstorm."))
    return source, source.prompt


async def run(services: Services, call: Call, reply: Reply) -> None:
    old, before = await asked(services, call.channel, str(call.args.get("brainstorm", "")))
    topic = replace(before, text=str(call.args["topic"]))
    if before.modality != TEXT:  # the same picture or tune of other words; the one before stays, as nothing was said against it
        await services.following.altering.again(call, same_series(topic, old.seed), old, reply)
        return
    prompt = await services.answering.like(topic, call.channel, count=before.count)
    made = await services.answering.brainstorm(call.channel, call.person, prompt, reply)
    if await services.store.ideas_of(call.channel.team, made.id) and (note := await making_way(services, call, old, before)):
        await reply.tell(note)


async def making_way(services: Services, call: Call, old: Brainstorm, before: Prompt) -> Card | None:
    """Takes away what was made for the wrong topic, and says so; or why it stays. None: nothing of it was there."""
    team, topic = call.channel.team, shortened(before.text, 60)
    there = await services.store.ideas_of(team, old.id)
    ideas = [idea.id for idea in there if idea.author is None]
    if not ideas or any(idea.origin == "unsigned" for idea in there):
        return None
    if old.asker != call.person and not call.admin:
        said = _("The ideas for “{topic}” stay: only the person who asked for them, or an admin, may take them away.")
        return Card(text=said.format(topic=topic), private=True)
    if any(opinion.person != call.person for opinion in await services.store.feedback(team, ideas)):
        said = _("The ideas for “{topic}” stay, as others have said what they think of them.")
        away = Control(key=Key(verb="delete", target=old.id), label=_("Delete"), emoji="🗑️")
        return Card(text=said.format(topic=topic), controls=(away,), private=True)
    for idea in await services.moderating.whole(old, call.person, admin=call.admin, hidden=True):
        services.redrawing.changed(idea)
    said = _("The ideas for “{topic}” made way for these: they stand on no board and in no export.")
    undo = Control(key=Key(verb="delete", target=old.id, token=UNDO), label=_("Undo"), emoji="↩️")
    return Card(text=said.format(topic=topic), controls=(undo,), private=True)
