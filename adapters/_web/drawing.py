"""Draws ideas once for everybody who sees the same of them, and keeps what was drawn until the idea changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters._web import templating
from adapters._web.boards import WAYS, Difference, Shown
from bot.domain.ideas import Channel, IdeaId, Person
from bot.messages import Line
from bot.services.bundle import Services
from bot.services.ideas.standing import STATES
from bot.words import _, language, ngettext

KEPT = 5000  # drawn ideas: 1.5 kB each, together less than the 30 MB that the page may take


@dataclass(frozen=True, slots=True)
class Look:
    """Whoever has the same sees the same of an idea."""

    locale: str
    writes: bool  #: they take part
    own: bool  #: the idea is theirs


class Drawing:
    """The ideas of every board, as pages show them."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._kept: OrderedDict[tuple[IdeaId, Look], tuple[str, str]] = OrderedDict()  #: version and HTML

    async def ideas(self, shown: Sequence[Shown], *, writes: bool, own: Collection[IdeaId] = ()) -> Mapping[IdeaId, str]:
        """Each idea's HTML in the language being spoken; `own`: those of the person who looks."""
        looks = {one.idea.id: Look(language(), writes, one.idea.id in own) for one in shown}
        found, missing = dict[IdeaId, str](), list[Shown]()
        for one in shown:
            version, html = self._kept.get((one.idea.id, looks[one.idea.id]), ("", ""))
            if version == one.version:
                found[one.idea.id] = html
            else:
                missing.append(one)
        lines = await lines_of(self.services, missing)
        for one in missing:
            id = one.idea.id
            found[id] = html = idea(one, lines[id], looks[id])
            self._kept[id, looks[id]] = one.version, html
            self._kept.move_to_end((id, looks[id]))
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    async def missing(self, found: Difference, *, writes: bool) -> dict[str, Any]:
        """What an open page lacks, for its script."""
        drawn = await self.ideas(found.changed, writes=writes)
        ideas = [
            {
                "id": one.idea.id,
                "version": one.version,
                "html": drawn[one.idea.id],
                "columns": {by: [one.column(by), one.title(by)] for by in WAYS},
                "named": bool(one.named),
            }
            for one in found.changed
        ]
        return {"ideas": ideas, "gone": list(found.gone)}


async def lines_of(services: Services, shown: Sequence[Shown]) -> Mapping[IdeaId, Line]:
    """Each idea as every chat shows it, with what can be done to it, in the language being spoken."""
    if not shown:
        return {}
    card = await services.cards.several([one.idea for one in shown], "")
    return {line.idea: line for line in card.lines}


def idea(one: Shown, line: Line, look: Look) -> str:
    """One idea; see `idea.html`."""
    said = [": ".join(filter(None, (_(STATES[one.state]), one.reason)))] if one.state in ("shortlisted", "dropped") else []
    if one.parts:
        count = len(one.parts)
        said.append(ngettext("{count} more says the same", "{count} more say the same", count).format(count=count))
    return templating.part("idea", one=one, line=line, writes=look.writes, own=look.own, notes=said)


async def opinions(services: Services, channel: Channel, person: Person, ideas: Sequence[IdeaId]) -> frozenset[str]:
    """What a person has said of these ideas, as the keys of the buttons that say it."""
    votes = await services.store.feedback(channel.team, list(ideas))
    return frozenset(f"{vote.signal}:{vote.idea}:{vote.token}" for vote in votes if vote.person == person)


def pressed(drawn: Mapping[IdeaId, str], mine: Collection[str]) -> Mapping[IdeaId, str]:
    """The same, with the buttons pressed that say what a person has said."""
    found = dict(drawn)
    for key in mine:
        id = IdeaId(key.split(":")[1])
        if id in found:
            button = f'data-key="{key}" aria-pressed='
            found[id] = found[id].replace(f'{button}"false"', f'{button}"true"')
    return found


async def menu(services: Services, one: Shown) -> str:
    """What else can be done to an idea: asked for when its menu is opened, as it is most of what could be sent of a board."""
    lines = await lines_of(services, [one])
    parts = [part for id in one.parts if (part := await services.store.idea(one.idea.channel.team, id)) is not None]
    offers = [(f"merge:{part.id}:undo", _("Part #{number} again").format(number=part.number)) for part in parts]
    return templating.part("menu", line=lines[one.idea.id], parts=offers)
