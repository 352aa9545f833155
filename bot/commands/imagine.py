"""Pictures of an idea, or made of a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.ideas import Idea
from bot.messages import IMAGES, Call, Control, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.ideas.asking import filled, picture_field, subject_field, ways_field
from bot.services.media.offered import IMAGE
from bot.words import N_, _

HELP = N_("see an idea as a picture: poster, moodboard, logo; or paint a picture of yours")
EXAMPLES = (
    N_("/imagine 44 moodboard"),
    N_("/imagine a fox in the snow --style linocut"),
    N_("/imagine 3 --palette purple"),
    "/imagine 3 --how solid",
    N_("/imagine 12 vary"),
)
BESIDE = 4  # place of its control beside an idea
BOARDS = 3  # one of each layout
MOST = 6  # a message's gallery stays a gallery, and six take half a minute on a laptop
MOST_SEED = 2**31 - 1  # what a store's column and every engine hold
#: What buttons beside a model's picture stand for.
PRESSED: dict[str, dict[str, Value]] = {"vary": {"how": "img2img", "strength": 45}, "upscale": {"how": "upscale", "count": 1}}
WAYS = (
    ("board", N_("A board of the idea")),
    ("paint", N_("My picture, painted")),
    ("variants", N_("Variants of my sketch")),
    ("img2img", N_("My picture, made anew after the words")),
    ("inpaint", N_("A part of my picture, made anew after the words")),
    ("upscale", N_("My picture at twice its size")),
    ("solid", N_("Things of the idea as 3D models")),
)
SUGGESTED = IMAGE  # offered while somebody types
HANDS_OUT = True  # its answer is a file
PARAMS = (
    Param(name="what", help=N_("the number of an idea, or words"), kind="about", rest=True),
    Param(
        name="layout",
        help=N_("what kind of board"),
        kind="choice",
        choices=(("poster", N_("Poster")), ("moodboard", N_("Moodboard")), ("logo", N_("Logo sheet"))),
        trails=True,
    ),
    Param(
        name="again",
        help=N_("a model's picture once more"),
        kind="choice",
        choices=(("vary", N_("Vary a little")), ("upscale", N_("Larger"))),
        trails=True,
    ),
    Param(name="style", help=N_("a look or a painting style"), short="s"),
    Param(name="palette", help=N_("which colours")),
    Param(name="count", help=N_("how many pictures, 1 to 6"), kind="integer", least=1, most=MOST, short="n"),
    Param(name="picture", help=N_("a picture of yours to paint, to vary or to make anew"), kind="file", takes=IMAGES),
    Param(
        name="second",
        help=N_("a second picture: whose style it gets, or a mask, white where it is made anew"),
        kind="file",
        takes=IMAGES,
    ),
    Param(name="how", help=N_("what to do with it"), kind="choice", choices=WAYS, by_name=True),
    Param(name="strength", help=N_("how much of your picture changes, in percent"), kind="integer", least=2, most=100),
    Param(name="size", help=N_("in pixels, such as 1024x768")),
    Param(name="aspect", help=N_("the shape: width by height, such as 16:9")),
    Param(name="not", help=N_("what is not to be in it; for image models that know such words")),
    Param(
        name="seed",
        help=N_("the number below earlier pictures: the same words give the same again"),
        kind="integer",
        least=0,
        most=MOST_SEED,
    ),
)


def on_idea(idea: Idea) -> tuple[Control, ...]:
    """A button beside words, and beside a picture for another one like it."""
    if idea.modality == "text":
        return (Control(key=Key(verb="imagine", target=idea.id), label=_("Picture"), emoji="🖼️"),)
    if idea.modality == "image":
        again = Control(key=Key(verb="imagine", target=idea.id), label=_("Variants"), emoji="🖼️")
        if "model" not in dict(idea.traits):
            return (again,)
        vary = Control(key=Key(verb="imagine", target=idea.id, token="vary"), label=_("Vary a little"), emoji="🎲", minor=True)
        larger = Control(key=Key(verb="imagine", target=idea.id, token="upscale"), label=_("Larger"), emoji="🔍", minor=True)
        return again, vary, larger
    return ()


OPENS = ("🖼️", N_("Make a picture"))


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """Of what, and how; with pictures to start from."""
    return Form(
        key=key,
        title=_("Make a picture"),
        fields=(
            subject_field(_("Of what?")),
            picture_field(),
            ways_field(_("What to do with it"), WAYS),
            picture_field("second", _("A second one: a style to take, or a mask")),
            Field(name="style", label=_("Style"), placeholder="watercolour, ink, mosaic …", required=False),
        ),
        submit=_("Make it"),
    )


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that the button stands beside, or what was written in the form."""
    return {"what": press.key.target} | PRESSED.get(press.key.token, {}) | filled(press)


async def run(services: Services, call: Call, reply: Reply) -> None:
    if again := str(call.args.get("again", "")):  # what the buttons do, typed
        call = replace(call, args={**PRESSED[again], **call.args})
    options = {name: name for name in ("layout", "style", "palette", "strength", "size", "aspect", "seed")}
    options |= {"task": "how", "negative": "not"}
    pictures = services.ordering.pictures(call, "picture", "second")
    await services.ordering.make("image", call, reply, options=options, count=BOARDS, uploads=pictures)
