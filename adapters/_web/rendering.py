"""Draws pages and their parts. Whatever a person or a model wrote is escaped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from adapters._web.boards import Difference, Shown
from adapters._web.guard import Visitor
from adapters._web.live import event_of
from adapters._web.wording import sentences
from bot.domain.ideas import Channel, IdeaId, Person
from bot.messages import Card, Control, Form, Line
from bot.ports import Medium
from bot.services.bundle import Services
from bot.words import _, speaking

HERE = Path(__file__).parent
STATIC = HERE / "static"
#: What a page may show itself. Anything else is handed out to be kept: a drawing in SVG may hold a script.
SEEN = {"image/png": "image", "image/jpeg": "image", "image/webp": "image", "image/gif": "image"}
HEARD = ("audio/", "video/")

_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def kind_of(medium: Medium) -> str:
    """How a file is shown: "image", "audio", "video", or "file" to be kept."""
    if medium.media_type in SEEN:
        return "image"
    return next((name.rstrip("/") for name in HEARD if medium.media_type.startswith(name)), "file")


_environment.globals["kind_of"] = kind_of


def page(name: str, **values: Any) -> str:
    """A template, filled in, in the language being spoken."""
    return str(_environment.get_template(f"{name}.html").render(t=sentences(), **values))


def named(control: Control) -> str:
    """What a control is called for who cannot see its emoji."""
    return control.label if any(char.isalpha() for char in control.label) else f"{said(control)} {control.label}".strip()


def said(control: Control) -> str:
    """An emoji in words; an unknown one as it is."""
    return {"👍": _("Like"), "👎": _("Dislike"), "⭐": _("Stars"), "✅": _("Pick"), "🏆": _("Pick")}.get(
        control.emoji, control.emoji or control.label
    )


_environment.globals["named"] = named


async def lines_of(services: Services, shown: Sequence[Shown]) -> Mapping[IdeaId, Line]:
    """Each idea as every chat shows it, with what can be done to it, in the language being spoken."""
    if not shown:
        return {}
    card = await services.cards.several([one.idea for one in shown], "")
    return {line.idea: line for line in card.lines}


async def opinions(services: Services, channel: Channel, person: Person, shown: Sequence[Shown]) -> frozenset[str]:
    """What a person has said of these ideas, as the keys of the buttons that say it."""
    votes = await services.store.feedback(channel.team, [one.idea.id for one in shown])
    return frozenset(f"{vote.signal}:{vote.idea}:{vote.token}" for vote in votes if vote.person == person)


def idea(one: Shown, line: Line, visitor: Visitor, mine: Collection[str] = ()) -> str:
    """One idea; see `idea.html`."""
    return page("idea", one=one, line=line, writes=visitor.writes, mine=mine, own=False)


async def missing(services: Services, visitor: Visitor, found: Difference) -> dict[str, Any]:
    """What an open page lacks, for its script."""
    lines = await lines_of(services, found.changed)
    ideas = [
        {
            "id": one.idea.id,
            "version": one.version,
            "html": idea(one, lines[one.idea.id], visitor),
            "columns": {by: [one.column(by), one.title(by)] for by in ("state", "topic", "kind")},
        }
        for one in found.changed
    ]
    return {"ideas": ideas, "gone": list(found.gone)}


def renderer(services: Services) -> Any:
    """What draws an event for one kind of page; see `live.Render`."""

    async def render(watcher: Any, found: Difference) -> str:
        with speaking(watcher.locale):
            return event_of("board", await missing(services, watcher.visitor, found))

    return render


def card(shown: Card, visitor: Visitor) -> str:
    """A card that one person reads."""
    return page("card", card=shown, writes=visitor.writes)


def form(asked: Form) -> str:
    """A form that a control opens."""
    return page("form", form=asked)
