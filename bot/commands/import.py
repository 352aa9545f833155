"""Ideas that are written down elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.ideas import MAX_TOPIC, Idea
from bot.messages import IMAGES, TEXTS, Call, Card, Control, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.ideas.importing import lines_of
from bot.services.media.reviewing import INTO, in_round, into_round, read_photo
from bot.services.media.uploads import is_picture
from bot.words import N_, _, ngettext

HELP = N_("put a list on the board, once you have seen it: a file, pasted lines or a photo of notes")
EXAMPLES = ("/import --file ideas.csv",)
WORDS_ONLY = True  # there is no such thing of pictures and sounds
SAID_ONLY = True  # "import duties" is a topic, also where a command was announced
OPENS = ("📥", N_("A list of ideas"))
PARAMS = (
    Param(name="text", help=N_("the ideas, one a line; or parted by semicolons"), rest=True, lines=True),
    Param(
        name="file",
        help=N_("a CSV, JSON lines, Markdown or text file, or a photo of a whiteboard"),
        kind="file",
        takes=(*TEXTS, *IMAGES),
    ),
    Param(name="topic", help=N_("what they are ideas for")),
)
SEEN = 10  # ideas that are shown before they are taken; the rest is counted
LISTED = 10  # of those that were taken likewise: a message has room for as many with their buttons
MOST_FORM = 3000  # characters that Slack's field holds; Discord's holds 4 000


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For a file, or pasted lines."""
    hint = _("CSV, JSON lines, Markdown or text")
    return Form(
        key=Key(verb="import"),
        title=_("A list of ideas"),
        fields=(
            Field(name="text", label=_("The ideas, one a line"), most=MOST_FORM, multiline=True, required=False),
            Field(name="file", label=_("Or a file"), kind="file", takes=(*TEXTS, *IMAGES), hint=hint, required=False),
            Field(name="topic", label=_("What they are ideas for"), most=MAX_TOPIC, required=False),
        ),
        submit=_("Look at them"),
    )


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "import" is this command: with lines below it, or an option."""
    return "\n" in rest or rest.startswith("--")


def from_press(press: Press) -> Mapping[str, Value]:
    """Which list is meant; or what the form was filled in with."""
    if press.key.target:
        return {"add": press.key.target, "into": press.key.token == INTO}
    return {name: press.values.get(name, "") for name in ("text", "topic")}


async def run(services: Services, call: Call, reply: Reply) -> None:
    if call.args.get("add"):
        await _add(services, call, reply)
        return
    text, topic = str(call.args.get("text", "")), str(call.args.get("topic", ""))
    if not call.uploads and not text.strip():
        raise Refusal(_("Please attach a list or paste it; in the terminal: /import --file PATH."))
    upload = call.uploads[0] if call.uploads else None
    if upload is not None and is_picture(upload):
        await read_photo(services.photos, services.contributing, call, upload, reply)
        return
    round = await services.contributing.taking(call.channel)
    reading = await services.importing.read(call, upload, text, topic.strip(), reply.address)
    count, prompt = len(reading.fit), reading.kept.prompt
    shown = [f"{number}. {shortened(one, 120)}" for number, one in enumerate(reading.fit[:SEEN], 1)]
    if count > SEEN:
        shown.append(ngettext("and {count} more", "and {count} more", count - SEEN).format(count=count - SEEN))
    add = ngettext("Put it on the board", "Put all {count} on the board", count).format(count=count)
    found = ngettext("{count} idea", "{count} ideas", count).format(count=count)
    await reply.show(
        Card(
            title=found if prompt is None else f"{found} · {shortened(prompt.text, 100)}",
            text="\n".join(shown),
            footer=" ".join([*reading.left, _("Nothing of it is on the board yet.")]),
            controls=(
                Control(key=Key(verb="import", target=reading.kept.id), label=add, emoji="📥", primary=True),
                *into_round(Key(verb="import", target=reading.kept.id, token=INTO), round),
            ),
            private=round is not None,  # what is put into it is not to be seen yet
        )
    )


async def _add(services: Services, call: Call, reply: Reply) -> None:
    """Puts a list on the board that was shown."""
    kept = await services.importing.pending(call.person, call.channel, str(call.args["add"]))
    if call.args.get("into"):
        round = await services.rounds.latest(call.channel)
        await reply.show(in_round(await services.contributing.bring(call, round, lines_of(kept))))
        return
    ideas = await services.importing.added(call, kept)
    title = ngettext("One new idea on the board", "{count} new ideas on the board", len(ideas)).format(count=len(ideas))
    more = len(ideas) - LISTED
    footer = ngettext("and {count} more", "and {count} more", more).format(count=more) if more > 0 else ""
    card = await services.cards.several(ideas[:LISTED], title, footer=footer)
    await services.redrawing.show(reply, card, call.channel)
