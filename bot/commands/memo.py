"""Ideas said aloud."""

from __future__ import annotations

from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.messages import RECORDINGS, Call, Card, Field, Form, Key, Param, Press, Progress
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.media.memos import MODALITY
from bot.services.media.reviewing import ADD, Review
from bot.words import N_, _

HELP = N_("say ideas aloud: a recording becomes ideas once you have seen them")
EXAMPLES = ("/memo --file talk.m4a",)
WORDS_ONLY = True  # there is no such thing of pictures and sounds
PRIVATE = True  # what was heard is for its speaker, who decides what the team sees of it
PARAMS = (
    Param(name="file", help=N_("a recording of yours: a voice memo, up to ten minutes"), kind="file", takes=RECORDINGS),
    ADD,
)
OPENS = ("🎙️", N_("Ideas from a recording"))

REVIEW = Review(verb="memo", modality=MODALITY)
shares = REVIEW.shares
from_press = REVIEW.from_press


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For the recording."""
    return Form(
        key=Key(verb="memo"),
        title=_("Ideas from a recording"),
        fields=(
            Field(
                name="file", label=_("The recording"), kind="file", takes=RECORDINGS, hint=_("WAV, MP3, Ogg, FLAC, M4A or WebM")
            ),
        ),
        submit=_("Listen"),
    )


async def form_here(services: Services, press: Press) -> Form:
    """For the recording; of one that was heard its words, to be changed before they become ideas."""
    if not press.key.target:
        return await form(services, press.key, None)
    return await REVIEW.form(services.drafts, press, _("What you said"))


async def run(services: Services, call: Call, reply: Reply) -> None:
    if await REVIEW.settled(services, call, reply):
        return
    if not call.uploads:
        raise Refusal(_("Please attach a recording; in the terminal: /memo --file PATH."))

    async def watch(progress: Progress) -> None:
        await reply.show(Card(title=_("Listening"), progress=progress, private=True))

    await watch(Progress(doing=_("Listening")))
    memo = await services.memos.heard(call.person, call.channel, call.uploads[0], reply, watch)
    round = await services.contributing.taking(call.channel)
    await reply.show(REVIEW.card(memo, _("What was said"), round))
