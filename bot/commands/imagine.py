"""Pictures of an idea, or made of a picture."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.ideas import Idea
from bot.messages import Call, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("see an idea as a picture: poster, moodboard, logo; or paint a picture of yours")
BOARDS = 3  # one of each layout
MOST = 6  # a message's gallery stays a gallery, and six take half a minute on a laptop
WAYS = (("board", N_("A board of the idea")), ("paint", N_("My picture, painted")), ("variants", N_("Variants of my sketch")))
PARAMS = (
    Param(name="what", help=N_("the number of an idea, or words"), kind="about", rest=True),
    Param(
        name="layout",
        help=N_("what kind of board"),
        kind="choice",
        choices=(("poster", N_("Poster")), ("moodboard", N_("Moodboard")), ("logo", N_("Logo sheet"))),
    ),
    Param(name="style", help=N_("a look or a painting style, such as “painted”"), short="s"),
    Param(name="palette", help=N_("colours, such as “ocean” or “sunset”")),
    Param(name="count", help=N_("how many pictures, 1 to 6"), kind="integer", least=1, most=MOST, short="n"),
    Param(name="picture", help=N_("a picture of yours to paint or to vary"), kind="file"),
    Param(name="how", help=N_("what to do with it"), kind="choice", choices=WAYS),
)


def on_idea(idea: Idea) -> tuple[Control, ...]:
    """A button beside words, and beside a picture for another one like it."""
    if idea.modality == "text":
        return (Control(key=Key(verb="imagine", target=idea.id), label=_("Picture"), emoji="🖼️"),)
    if idea.modality == "image":
        return (Control(key=Key(verb="imagine", target=idea.id), label=_("Variants"), emoji="🖼️"),)
    return ()


def from_press(press: Press) -> Mapping[str, Value]:
    """The idea that the button stands beside."""
    return {"what": press.key.target}


async def run(services: Services, call: Call, reply: Reply) -> None:
    options = {"layout": "layout", "style": "style", "palette": "palette", "task": "how"}
    await services.ordering.make(
        "image", call, reply, options=options, count=BOARDS, uploads=services.ordering.pictures(call, "picture")
    )
