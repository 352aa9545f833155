"""Ideas said aloud."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.messages import Call, Card, Control, Field, Form, Key, Param, Press, Progress, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.media.memos import thoughts_of
from bot.words import N_, _, ngettext

HELP = N_("say ideas aloud: a recording becomes ideas once you have seen them")
EXAMPLES = ("/memo --file talk.m4a",)
WORDS_ONLY = True  # there is no such thing of pictures and sounds
PARAMS = (
    Param(name="file", help=N_("a recording of yours: a voice memo, up to ten minutes"), kind="file"),
    Param(name="add", help=N_("of what was heard: “all”, or the numbers that go on the board, such as “1 3”"), short="a"),
)
ALL = "all"
MOST_FORM = 3000  # characters that Slack's field holds; Discord's holds 4 000

OPENS = ("🎙️", N_("Ideas from a recording"))


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For the recording."""
    return Form(
        key=Key(verb="memo"),
        title=_("Ideas from a recording"),
        fields=(Field(name="file", label=_("The recording"), kind="file", hint=_("WAV, MP3, Ogg, FLAC, M4A or WebM")),),
        submit=_("Listen"),
    )


async def form_here(services: Services, press: Press) -> Form:
    """For the recording; of one that was heard its words, to be changed before they become ideas."""
    if not press.key.target:
        return await form(services, press.key, None)
    memo = await services.memos.memo(press.person, press.channel, press.key.target)
    field = Field(
        name="text",
        label=_("The ideas, one a line"),
        value="\n".join(thoughts_of(memo))[:MOST_FORM],
        most=MOST_FORM,
        multiline=True,
    )
    return Form(key=press.key, title=_("What you said"), fields=(field,), submit=_("Put them on the board"))


def from_press(press: Press) -> Mapping[str, Value]:
    """Which recording is meant, and what its words were changed to."""
    heard = {"heard": press.key.target, "add": ALL} if press.key.target else {}
    return heard | {"text": press.values.get("text", "")}


async def run(services: Services, call: Call, reply: Reply) -> None:
    if call.args.get("add"):
        await _add(services, call, reply)
        return
    if not call.uploads:
        raise Refusal(_("Please attach a recording; in the terminal: /memo --file PATH."))

    async def watch(progress: Progress) -> None:
        await reply.show(Card(title=_("Listening"), progress=progress))

    await watch(Progress(doing=_("Listening")))
    memo = await services.memos.heard(call.person, call.channel, call.uploads[0], reply, watch)
    thoughts = thoughts_of(memo)
    told = "\n".join(f"{number}. {one}" for number, one in enumerate(thoughts, 1))
    add = ngettext("Put it on the board", "Put all {count} on the board", len(thoughts)).format(count=len(thoughts))
    controls = (
        Control(
            key=Key(verb="memo", target=memo.id, token="edit"), label=_("Change them first"), emoji="✏️", asks=True, primary=True
        ),
        Control(key=Key(verb="memo", target=memo.id, token="add"), label=add, emoji="💡"),
    )
    footer = _(
        "This is what was heard. Nothing of it is on the board yet. Press a button, or type /memo --add all or --add “1 3”."
    )
    await reply.show(Card(title=_("What was said"), text=told, footer=footer, controls=controls))


async def _add(services: Services, call: Call, reply: Reply) -> None:
    """Puts thoughts on the board, as they were heard or as they were changed."""
    memo = await services.memos.memo(call.person, call.channel, str(call.args.get("heard", "")))
    changed = [line.strip() for line in str(call.args.get("text", "")).splitlines() if line.strip()]
    thoughts = changed or picked(thoughts_of(memo), str(call.args["add"]))
    ideas, left = await services.memos.added(call.person, call.channel, thoughts)
    if not ideas:
        raise Refusal("\n".join(dict.fromkeys(left)))
    title = ngettext("One new idea on the board", "{count} new ideas on the board", len(ideas)).format(count=len(ideas))
    card = await services.cards.several(ideas, title, footer="\n".join(dict.fromkeys(left)))
    await services.redrawing.show(reply, card, call.channel)


def picked(thoughts: list[str], which: str) -> list[str]:
    """Those that `all`, or numbers such as `1 3` or `2-4`, mean.

    Raises:
        Refusal: they are no such numbers.
    """
    if which.strip().lower() in (ALL, "全部"):
        return thoughts
    numbers: list[int] = []
    for first, last in re.findall(r"(\d{1,3})(?:\s*[-–]\s*(\d{1,3}))?", which):
        numbers += range(int(first), int(last or first) + 1)
    wrong = [number for number in numbers if not 1 <= number <= len(thoughts)]
    if wrong or not numbers:
        raise Refusal(_("Which of them? There are {count}: write “all”, or numbers such as “1 3”.").format(count=len(thoughts)))
    return [thoughts[number - 1] for number in dict.fromkeys(numbers)]
