"""The team's own documents, which ideas are fed with."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.messages import DOCUMENTS, Call, Card, Control, Field, Form, Key, Param, Press, Progress, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.team.material import Document
from bot.words import N_, _, ngettext

HELP = N_("add, list or remove documents of the team's own, which ideas are fed with")
EXAMPLES = ("/material", "/material add --file handbook.pdf", "/material remove 2")
FOR_ADMINS = True  # it is the whole team's
PRIVATE = True  # what is in the documents is not everybody's to hear of here
SAID_ONLY = True  # "material for a dress" is a topic, also where a command was announced
WORDS_ONLY = True
PARAMS = (
    Param(
        name="do",
        help=N_("what to do with them; empty: list them"),
        kind="choice",
        choices=(("list", N_("List")), ("add", N_("Add")), ("remove", N_("Remove"))),
    ),
    Param(name="document", help=N_("its number in the list, or its name"), rest=True),
    Param(name="file", help=N_("Markdown, plain text or a PDF"), kind="file", takes=DOCUMENTS),
)


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For a document."""
    return Form(
        key=Key(verb="material", token="add"),
        title=_("Add a document"),
        fields=(
            Field(name="file", label=_("The document"), kind="file", takes=DOCUMENTS, hint=_("Markdown, plain text or a PDF")),
        ),
        submit=_("Add"),
    )


def from_press(press: Press) -> Mapping[str, Value]:
    """What is to be done, and with which document."""
    return {"do": press.key.token, "document": press.key.target}


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "material" is this command."""
    return rest.startswith("--")


async def run(services: Services, call: Call, reply: Reply) -> None:
    what, told = str(call.args.get("do") or ("add" if call.uploads else "list")), ""
    if what == "add":
        if not call.uploads:
            raise Refusal(_("Please attach a document; in the terminal: /material add --file PATH."))
        await reply.show(Card(title=_("Team material"), progress=Progress(doing=_("Reading")), private=True))
        added = await services.material.add(call, call.uploads[0])
        told = _("Added: {document}").format(document=line(added))
    elif what == "remove":
        gone = await services.material.remove(call, str(call.args.get("document", "")).strip())
        told = _("Removed for good: {name}").format(name=gone.name)
    await reply.show(card(await services.material.documents(call), told))


def card(documents: list[Document], told: str) -> Card:
    """The documents, each with what removes it."""
    none = _(
        "There is none. What you add is found by meaning: ideas for a topic are fed with what it says, and /why quotes it with "
        "its name to everybody in the team."
    )
    lines = [f"{number}. {line(one)}" for number, one in enumerate(documents, 1)]
    remove = tuple(
        Control(
            key=Key(verb="material", target=one.id, token="remove"), label=_("Remove {name}").format(name=one.name), emoji="🗑️"
        )
        for one in documents
    )
    add = Control(key=Key(verb="material", token="add"), label=_("Add a document"), emoji="📎", asks=True, primary=True)
    text = "\n\n".join(filter(None, [told, "\n".join(lines) or none]))
    return Card(title=_("Team material"), text=text, controls=(add, *remove), private=True)


def line(document: Document) -> str:
    """A document in a line."""
    size = ngettext("{count} paragraph", "{count} paragraphs", document.pieces).format(count=document.pieces)
    return f"{document.name} ({size}, {document.at:%Y-%m-%d})"
