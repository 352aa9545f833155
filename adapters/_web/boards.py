"""A channel's board as the page shows it: ideas in columns, and which of them have changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.feedback import Tally
from bot.domain.ideas import Channel, Idea, IdeaId
from bot.domain.modalities import MODALITIES
from bot.ports import Medium
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.words import _

By = Literal["state", "topic", "kind"]
WAYS: tuple[By, ...] = ("state", "topic", "kind")
LATEST = 1000  # brainstorms whose topics are known; ideas of earlier ones stand under "earlier"
STATES = ("picked", "voted", "open")  # columns from left to right


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An idea on the page, without words of any language."""

    idea: Idea
    tally: Tally | None  #: None: hidden here
    topic: str
    media: tuple[Medium, ...]
    version: str  #: changes whenever what is seen of it does

    def column(self, by: By) -> str:
        """The column it stands in; see `title`."""
        if by == "topic":
            return f"topic-{digest(self.topic.casefold())}" if self.topic else "topic-none"
        if by == "kind":
            return f"kind-{self.idea.modality}"
        tally = self.tally or Tally()
        return "state-picked" if tally.picked else "state-voted" if tally.voters else "state-open"

    def title(self, by: By) -> str:
        """The heading of its column, in the language being spoken now."""
        if by == "topic":
            return shortened(self.topic, 80) or _("Without a topic")
        if by == "kind":
            row = MODALITIES.get(self.idea.modality)
            return _("Words") if row is None else _(row.plural).capitalize()
        return state_title(self.column("state"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A channel's ideas, best first."""

    shown: Mapping[IdeaId, Shown]

    @property
    def versions(self) -> dict[str, str]:
        """What an open page compares with what it has."""
        return {id: one.version for id, one in self.shown.items()}


def state_title(column: str) -> str:
    """The heading of a column of states."""
    return {"state-picked": _("Picked"), "state-voted": _("Voted on"), "state-open": _("Open")}[column]


def digest(text: str) -> str:
    """Twelve hex digits: enough to tell a channel's topics and versions apart, and fit for an HTML id."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


async def board_of(services: Services, channel: Channel) -> Board:
    """The board as it is stored now: the channel's ideas, which alone are asked for."""
    store, team = services.store, channel.team
    standings = await services.boards.all(channel)
    settings = await store.settings(channel)
    files = await store.media(team, [one.idea.id for one in standings if one.idea.modality != "text"])
    topics = {one.id: one.prompt.text for one in await store.brainstorms(channel, limit=LATEST) if one.prompt is not None}
    shown = {}
    for one in standings:
        idea, tally = one.idea, None if settings.hide_tally else one.tally
        media = tuple(medium for medium in files.get(idea.id, ()) if medium.name != "thumbnail.jpg")
        topic = topics.get(idea.brainstorm, "") if idea.brainstorm is not None else ""
        seen = (idea.text, idea.modality, tally, topic, [(medium.digest, medium.alt) for medium in media])
        shown[idea.id] = Shown(idea=idea, tally=tally, topic=topic, media=media, version=digest(repr(seen)))
    return Board(shown=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is to be shown anew, and what is gone."""

    changed: tuple[Shown, ...]
    gone: tuple[IdeaId, ...]

    def __bool__(self) -> bool:
        return bool(self.changed or self.gone)


def difference(old: Board, new: Board) -> Difference:
    """What an open page that shows the old board lacks."""
    changed = [one for id, one in new.shown.items() if id not in old.shown or old.shown[id].version != one.version]
    return Difference(changed=tuple(changed), gone=tuple(id for id in old.shown if id not in new.shown))


def columns(shown: Sequence[Shown], by: By) -> list[tuple[str, str, list[Shown]]]:
    """(id, heading, ideas) from left to right; those of states are all there, as ideas move between them."""
    found: dict[str, tuple[str, list[Shown]]] = {}
    if by == "state":
        found = {f"state-{state}": (state_title(f"state-{state}"), []) for state in STATES}
    for one in shown:
        found.setdefault(one.column(by), (one.title(by), []))[1].append(one)
    return [(id, heading, ideas) for id, (heading, ideas) in found.items()]
