"""Tunes for an idea, a mood, or a few notes."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import Idea
from bot.messages import SCORES, Call, Control, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.asking import filled, subject_field, ways_field
from bot.services.media.offered import MUSIC
from bot.words import N_, _

HELP = N_("hear an idea as a tune, or go on from a few notes of yours")
EXAMPLES = (
    N_("/compose 3 --mood calm"),
    N_("/compose a rainy afternoon --style waltz"),
    N_("/compose 3 --lead piano"),
    "/compose 3 --how vary",
    "/compose 3 --drums no",
    "/compose 3 mp3",
)
MOST = 4  # each takes some seconds, and nobody hears out a fifth
OPTIONS = ("mood", "style", "tempo", "bars", "key", "transpose", "lead", "drums", "notes", "format")
WAYS = (
    ("compose", N_("Compose")),
    ("continue", N_("Go on from them")),
    ("vary", N_("Vary them")),
    ("harmonise", N_("Harmonise them in four parts")),
    ("restyle", N_("Put them in another style")),
    ("play", N_("Play them as they are")),
)
FORMATS = (("mp3", "MP3"), ("ogg", "Ogg"), ("wav", "WAV"))
SUGGESTED = {**MUSIC, "how": tuple(value for value, _label in WAYS)}  # offered while somebody types
HANDS_OUT = True  # its answer is a file
PARAMS = (
    Param(name="what", help=N_("the number of an idea, or words"), kind="about", rest=True),
    Param(name="mood", help=N_("the feeling"), short="m"),
    Param(name="style", help=N_("what kind of music"), short="s"),
    Param(name="tempo", help=N_("beats a minute, 30 to 300"), kind="integer", least=30, most=300),
    Param(name="bars", help=N_("length in bars, 2 to 64"), kind="integer", least=2, most=64),
    Param(name="key", help=N_("such as D, F# minor, A dorian")),
    Param(name="transpose", help=N_("semitones up or down, -24 to 24"), kind="integer", least=-24, most=24),
    Param(name="lead", help=N_("the instrument that plays the melody")),
    Param(
        name="drums",
        help=N_("whether there may be drums"),
        kind="choice",
        choices=(("yes", N_("Yes")), ("no", N_("No"))),
        by_name=True,
    ),
    Param(name="notes", help=N_("first notes: C4 E4 G4, or 1 3 5")),
    Param(name="how", help=N_("what to do with the notes")),
    Param(name="count", help=N_("how many tunes, 1 to 4"), kind="integer", least=1, most=MOST, short="n"),
    Param(name="file", help=N_("a MIDI or ABC file"), kind="file", takes=SCORES),
    Param(name="format", help=N_("of the sound file"), kind="choice", choices=FORMATS, trails=True),
)


def on_idea(idea: Idea) -> tuple[Control, ...]:
    """A button beside words, and beside a tune for another one."""
    if idea.modality == "text":
        return (Control(key=Key(verb="compose", target=idea.id), label=_("Tune"), emoji="🎵", minor=True),)
    if idea.modality == "music":
        return (Control(key=Key(verb="compose", target=idea.id), label=_("Variants"), emoji="🎵"),)
    return ()


OPENS = ("🎵", N_("Make a tune"))


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For what, and how; with notes to start from."""
    return Form(
        key=key,
        title=_("Make a tune"),
        fields=(
            subject_field(_("For what?")),
            Field(
                name="file", label=_("Notes of yours"), kind="file", takes=SCORES, hint=_("A MIDI or ABC file"), required=False
            ),
            ways_field(_("What to do with the notes"), WAYS),
            Field(name="style", label=_("Style"), placeholder=_("reel, waltz, ballad, hymn …"), required=False),
            Field(name="mood", label=_("Mood"), placeholder=_("cheerful, calm, heroic …"), required=False),
        ),
        submit=_("Make it"),
    )


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that the button stands beside, or what was written in the form."""
    return {"what": press.key.target} | filled(press)


async def run(services: Services, call: Call, reply: Reply) -> None:
    options = {name: name for name in OPTIONS} | {"do": "how"}
    await services.ordering.make("music", call, reply, options=options, count=1, uploads=services.ordering.notes(call, "file"))
