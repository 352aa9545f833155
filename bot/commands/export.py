"""The board as a file."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.ideas import Brainstorm
from bot.messages import Call, Card, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _

HELP = N_("take this channel's board away as a file")
EXAMPLES = ("/export csv",)
READS = True  # nothing is changed
PRIVATE = True  # only the person who asks sees the answer
HANDS_OUT = True  # its answer is a file
PARAMS = (
    Param(
        name="format",
        help=N_("markdown, csv, jsonl or html"),
        kind="choice",
        choices=(
            ("markdown", N_("Markdown, to read")),
            ("csv", N_("CSV, for a spreadsheet")),
            ("jsonl", N_("JSON lines, for programs")),
            ("html", N_("A web page with small pictures")),
        ),
    ),
)


def on_brainstorm(brainstorm: Brainstorm) -> tuple[Control, ...]:
    """A button under the ideas."""
    return (Control(key=Key(verb="export"), label=_("Export"), emoji="📄", minor=True),)


def from_press(press: Press) -> Mapping[str, Value]:
    """The usual format."""
    return {}


async def run(services: Services, call: Call, reply: Reply) -> None:
    if not await services.store.ideas(call.channel, limit=1):
        raise Refusal(_("The board is empty, so there is nothing to export. Write a topic first, then /export."))
    file = await services.exporting.board(call.channel, str(call.args.get("format", "markdown")))
    await reply.show(Card(text=_("Here is the board as {name}.").format(name=file.name), files=(file,), private=True))
