"""The options that every command which asks for ideas has in common, and how they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.ideas import MAX_IDEAS, MAX_STYLE, MAX_TOPIC
from bot.messages import IMAGES, Call, Field, Form, Key, Param, Press, Value
from bot.words import N_, _

STYLES = (
    N_("playful"),
    N_("bold"),
    N_("elegant"),
    N_("minimal"),
    N_("absurd"),
    N_("warm"),
    N_("dry humour"),
    N_("futuristic"),
    N_("poetic"),
)
TONES = (
    N_("warm"),
    N_("funny"),
    N_("ironic"),
    N_("serious"),
    N_("hopeful"),
    N_("melancholic"),
    N_("energetic"),
    N_("calm"),
    N_("dark"),
    N_("romantic"),
)
COUNT = Param(name="count", help=N_("how many ideas, 1 to 10"), kind="integer", least=1, most=MAX_IDEAS, short="n")
STYLE = Param(
    name="style",
    help=N_("a style or persona, such as “playful” or “a grumpy pirate”"),
    short="s",
    suggested=STYLES,
    recent="style",
    personas=True,
)
TONE = Param(name="tone", help=N_("a mood or tone of voice, such as “warm” or “ironic”"), short="t", suggested=TONES)
PICTURE = Param(name="picture", help=N_("a picture that the ideas should go with"), kind="file", takes=IMAGES)


def asked(call: Call, *names: str) -> dict[str, Any]:
    """Those of `names` that were given, each as its parameter's kind; what was not given is left to the channel's settings."""
    return {name: call.args[name] for name in names if call.args.get(name) not in (None, "")}


def filled(press: Press) -> dict[str, Value]:
    """What a person wrote or chose in a command's form, by field; what they left empty is not there."""
    return {name: text.strip() for name, text in press.values.items() if text.strip()}


def picture_field(name: str = "picture", label: str = "") -> Field:
    """A place for a picture in a form."""
    return Field(
        name=name,
        label=label or _("A picture of yours"),
        kind="file",
        takes=IMAGES,
        hint=_("PNG, JPEG, WebP or GIF"),
        required=False,
    )


def subject_field(label: str) -> Field:
    """What a work is of: an idea, or words."""
    return Field(name="what", label=label, hint=_("The number of an idea, or words"), required=False, multiline=True)


def ways_field(label: str, ways: Sequence[tuple[str, str]]) -> Field:
    """What is to be done, one of several ways; `ways`: values, and labels marked with `N_`."""
    choices = tuple((value, _(shown)) for value, shown in ways)
    return Field(name="how", label=label, kind="choice", choices=choices, required=False)


def task_form(key: Key, title: str, label: str, *more: Field) -> Form:
    """The form of a command for ideas: what for, what is the command's own, a picture that they go with, style, tone."""
    style = Field(name="style", label=_("Style"), placeholder=_("playful, a grumpy pirate …"), required=False, most=MAX_STYLE)
    tone = Field(name="tone", label=_("Tone"), placeholder=_("warm, ironic …"), required=False, most=MAX_STYLE)
    topic = Field(name="topic", label=label, most=MAX_TOPIC, multiline=True)
    return Form(key=key, title=title, fields=(topic, *more, picture_field(), style, tone), submit=_("Go"))
