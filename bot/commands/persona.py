"""The channel's voices, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.domain.personas import MAX_NAME, MAX_VOICE, Persona
from bot.messages import Call, Card, Control, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import FALLBACK, N_, _, language

HELP = N_("voices that this channel keeps by name, such as “brand voice”: save one, use it, remove it")
EXAMPLES = ("/persona", N_("/persona --save critic “a grumpy critic who finds the flaw”"), N_("/persona --use critic"))
PRIVATE = True  # a list that changes nothing is nobody else's news
SAID_ONLY = True  # "persona of a tea drinker" is a topic, also where a command was announced
WORDS_ONLY = True
PARAMS = (
    Param(name="text", help=N_("what the one you save says, in a few words: who speaks, or how"), rest=True),
    Param(name="save", help=N_("a name to save a voice by")),
    Param(name="use", help=N_("the name of the one that ideas here should be in from now on"), personas=True),
    Param(name="remove", help=N_("the name of one to delete"), personas=True),
    Param(name="none", help=N_("use none any more"), kind="flag"),
)


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For a name, and what the voice says."""
    fields = (
        Field(name="save", label=_("Name"), placeholder=_("brand voice"), most=MAX_NAME),
        Field(
            name="text",
            label=_("Who speaks, or how"),
            placeholder=_("a grumpy critic who finds the flaw in everything"),
            most=MAX_VOICE,
        ),
    )
    return Form(key=Key(verb="persona", token="save"), title=_("Save a persona"), fields=fields, submit=_("Save"))


def from_press(press: Press) -> Mapping[str, Value]:
    """What is to be done, and with which; or what was written in the form."""
    if press.key.token == "none":
        return {"none": True}
    return {press.key.token: press.key.target} if press.key.token in ("use", "remove") else dict(press.values)


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "persona" is this command."""
    return rest.startswith("--")


async def run(services: Services, call: Call, reply: Reply) -> None:
    told = await done(services, call)
    there = await services.personas.all(call.channel)
    used = await services.personas.used(call.channel, there)
    style = (await services.store.settings(call.channel)).style or ""
    await reply.show(card(there, used, style, told, admin=call.admin))


async def done(services: Services, call: Call) -> str:
    """Does what was asked for, and says so; empty where only a look was."""
    args, personas = call.args, services.personas
    voice = str(args.get("text", "")).strip()
    if name := str(args.get("save", "")).strip():
        if not voice:
            raise Refusal(
                _("Please say what {name} says, too: /persona --save NAME and a few words.").format(name=name[:MAX_NAME])
            )
        saved = await personas.save(call, name, voice)
        return _("Saved: {name}.").format(name=saved.name)
    if name := str(args.get("remove", "")).strip():
        return _("Removed for good: {name}").format(name=(await personas.remove(call, name)).name)
    if args.get("none"):
        await personas.drop(call)
        return _("Ideas here are in no voice of the channel's any more.")
    if name := str(args.get("use", "")).strip() or voice:
        used = await personas.use(call, name)
        return _("From now on ideas here are in this voice: {name}.").format(name=used.name)
    return ""


def card(there: Sequence[Persona], used: Persona | None, style: str, told: str, *, admin: bool) -> Card:
    """The voices, each with what uses and removes it, for who may."""
    none = _("There is none yet. A persona is a voice with a name: ideas are asked for in it, once or from now on.")
    lines = [line(one, used=one == used) for one in there]
    once = _("Once: /brainstorm … --style {name}").format(name=quoted(there[0].name)) if there else ""
    other = _("The channel's style: {style}").format(style=style) if style and used is None else ""
    text = "\n\n".join(filter(None, [told, "\n".join(lines) or none, other, once]))
    return Card(
        title=_("Personas of this channel"), text=text, controls=controls(there, used, style) if admin else (), private=True
    )


def controls(there: Sequence[Persona], used: Persona | None, style: str) -> tuple[Control, ...]:
    """What an admin can do."""
    uses = tuple(
        Control(key=Key(verb="persona", target=one.token, token="use"), label=_("Use {name}").format(name=one.name), emoji="🎭")
        for one in there
        if one != used
    )
    none = (Control(key=Key(verb="persona", token="none"), label=_("Use none"), emoji="🚫"),) if style else ()
    save = Control(key=Key(verb="persona", token="save"), label=_("Save a persona"), emoji="➕", asks=True, primary=not there)
    removes = tuple(
        Control(
            key=Key(verb="persona", target=one.token, token="remove"),
            label=_("Remove {name}").format(name=one.name),
            emoji="🗑️",
            minor=True,
        )
        for one in there
    )
    return (*uses, *none, save, *removes)


def line(persona: Persona, *, used: bool) -> str:
    """A persona in a line."""
    colon = ": " if language() == FALLBACK else "："
    shown = f"{persona.name}{colon}{persona.voice}"
    return _("• {persona} (used here)").format(persona=shown) if used else f"• {shown}"


def quoted(name: str) -> str:
    """A name as an option takes it."""
    return f'"{name}"' if " " in name else name
