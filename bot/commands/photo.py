"""Ideas on sticky notes."""

from __future__ import annotations

from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.messages import IMAGES, Call, Field, Form, Key, Param, Press
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.media.reviewing import ADD, PHOTO, read_photo
from bot.words import N_, _

HELP = N_("a photo of sticky notes becomes ideas, by column, once you have seen them")
EXAMPLES = ("/photo --file wall.jpg",)
WORDS_ONLY = True  # there is no such thing of pictures and sounds
PRIVATE = True  # what was read is for who took the photo, who decides what the team sees of it
PARAMS = (Param(name="file", help=N_("a photo of a wall or a whiteboard with notes"), kind="file", takes=IMAGES), ADD)
OPENS = ("📸", N_("Ideas from a photo"))

REVIEW = PHOTO
shares = REVIEW.shares
from_press = REVIEW.from_press


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For the photo."""
    return Form(
        key=Key(verb="photo"),
        title=_("Ideas from a photo"),
        fields=(Field(name="file", label=_("The photo"), kind="file", takes=IMAGES, hint=_("PNG, JPEG, WebP, GIF or AVIF")),),
        submit=_("Read"),
    )


async def form_here(services: Services, press: Press) -> Form:
    """For the photo; of one that was read its words, to be changed before they become ideas."""
    if not press.key.target:
        return await form(services, press.key, None)
    return await REVIEW.form(services.drafts, press, _("What is on the notes"))


async def run(services: Services, call: Call, reply: Reply) -> None:
    if await REVIEW.settled(services, call, reply):
        return
    if not call.uploads:
        raise Refusal(_("Please attach a photo; in the terminal: /photo --file PATH."))

    await read_photo(services.photos, services.contributing, call, call.uploads[0], reply)
