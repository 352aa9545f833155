"""A channel's board as the page shows it: ideas in columns, and which of them have changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.feedback import Tally
from bot.domain.ideas import Channel, Idea, IdeaId
from bot.domain.modalities import MODALITIES
from bot.domain.shaping import Merge, Theme, roots
from bot.messages import THUMBNAIL
from bot.ports import Medium
from bot.services.bundle import Services
from bot.services.cards import shortened
from bot.services.ideas.standing import STATES, Standing
from bot.words import _

By = Literal["state", "theme", "topic", "kind"]
WAYS: tuple[By, ...] = ("state", "theme", "topic", "kind")
LATEST = 1000  # brainstorms whose topics are known; ideas of earlier ones stand under "earlier"
HEADING = 80  # characters of a topic, or of an idea that names a theme, over a column


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An idea on the page, without words of any language."""

    idea: Idea
    tally: Tally | None  #: None: hidden here
    state: str  #: one of `STATES`
    reason: str  #: why it has that state; empty where nobody said
    theme: str  #: id of the theme it is in; empty: in none
    named: str  #: that theme's name
    parts: tuple[IdeaId, ...]  #: ideas that were merged into it
    topic: str
    media: tuple[Medium, ...]
    version: str  #: changes whenever what is seen of it does

    def column(self, by: By) -> str:
        """The column it stands in; see `title`."""
        if by == "topic":
            return f"topic-{digest(self.topic.casefold())}" if self.topic else "topic-none"
        if by == "theme":
            return f"theme-{self.theme or 'none'}"
        return f"kind-{self.idea.modality}" if by == "kind" else f"state-{self.state}"

    def title(self, by: By) -> str:
        """The heading of its column, in the language being spoken now."""
        if by == "topic":
            return shortened(self.topic, HEADING) or _("Without a topic")
        if by == "theme":
            return (self.named or shortened(self.idea.text, HEADING)) if self.theme else _("In no theme yet")
        if by == "kind":
            row = MODALITIES.get(self.idea.modality)
            return _("Words") if row is None else _(row.plural).capitalize()
        return state_title(self.column("state"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A channel's ideas, best first."""

    shown: Mapping[IdeaId, Shown]
    themes: tuple[str, ...] = ()  #: ids of the board's themes, in order

    @property
    def versions(self) -> dict[str, str]:
        """What an open page compares with what it has."""
        return {id: one.version for id, one in self.shown.items()}


def state_title(column: str) -> str:
    """The heading of a column of states."""
    return _(STATES[column.removeprefix("state-")]).capitalize()


def digest(text: str) -> str:
    """Twelve hex digits: enough to tell a channel's topics and versions apart, and fit for an HTML id."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


async def board_of(services: Services, channel: Channel) -> Board:
    """The board as it is stored now: the channel's ideas, which alone are asked for."""
    store, team = services.store, channel.team
    standings = await services.boards.all(channel)
    settings = await store.settings(channel)
    files = await store.media(team, [one.idea.id for one in standings if one.idea.modality != "text"])
    topics = {one.id: one.prompt.text for one in await store.brainstorms(channel, limit=LATEST) if one.prompt is not None}
    themes = await store.themes(channel, "")
    inside = {id: theme for theme in themes for id in theme.ideas}
    parts = parts_of(await store.merges(channel))
    there = {one.idea.id for one in standings}
    seen = pictured(standings, files)
    shown = {}
    for one in standings:
        idea = one.idea
        shown[idea.id] = shown_of(
            one,
            tally=None if settings.hide_tally else one.tally,
            theme=inside.get(idea.id),
            parts=parts.get(idea.id, ()),
            topic=topics.get(idea.brainstorm, "") if idea.brainstorm is not None else "",
            media=seen.get(idea.id) or tuple(medium for medium in files.get(idea.id, ()) if medium.name != THUMBNAIL),
            made_of=tuple(id for id in idea.parents if id in there),
        )
    return Board(shown=shown, themes=tuple(theme.id for theme in themes))


def pictured(standings: Sequence[Standing], files: Mapping[str, Sequence[Medium]]) -> Mapping[IdeaId, tuple[Medium, ...]]:
    """For each idea in words that there are pictures of the best of these: its small file."""
    words = {one.idea.id for one in standings if one.idea.modality == "text"}
    found: dict[IdeaId, tuple[Medium, ...]] = {}
    for one in standings:
        mine = files.get(one.idea.id, ()) if one.idea.modality == "image" else ()
        small = next((medium for medium in mine if medium.name == THUMBNAIL), None) or next(iter(mine), None)
        for parent in one.idea.parents:
            if parent in words and small is not None:
                found.setdefault(parent, (small,))
    return found


def parts_of(merges: Sequence[Merge]) -> Mapping[IdeaId, tuple[IdeaId, ...]]:
    """The ideas that are part of another, by that one."""
    found: dict[IdeaId, tuple[IdeaId, ...]] = {}
    for part, whole in roots({one.idea: one.into for one in merges}).items():
        found[whole] = (*found.get(whole, ()), part)
    return found


def shown_of(
    standing: Standing,
    *,
    tally: Tally | None,
    theme: Theme | None,
    parts: tuple[IdeaId, ...],
    topic: str,
    media: tuple[Medium, ...],
    made_of: tuple[IdeaId, ...],
) -> Shown:
    """One idea, with a version of all that is seen of it. `made_of`: of the ideas it came from, those that stand here."""
    idea, id, name = standing.idea, theme.id if theme is not None else "", theme.name if theme is not None else ""
    seen = (
        *(idea.text, idea.modality, tally, standing.state, standing.reason, id, name, parts, topic, made_of),
        [(medium.digest, medium.alt) for medium in media],
    )
    return Shown(
        idea=idea,
        tally=tally,
        state=standing.state,
        reason=standing.reason,
        theme=id,
        named=name,
        parts=parts,
        topic=topic,
        media=media,
        version=digest(repr(seen)),
    )


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


def columns(shown: Sequence[Shown], by: By, themes: Sequence[str] = ()) -> list[tuple[str, str, list[Shown]]]:
    """(id, heading, ideas) from left to right; those of states are all there, as ideas move between them.

    `themes`: in their order; what is in none of them comes last.
    """
    found: dict[str, tuple[str, list[Shown]]] = {}
    if by == "state":
        found = {f"state-{state}": (state_title(f"state-{state}"), []) for state in STATES}
    for one in shown:
        found.setdefault(one.column(by), (one.title(by), []))[1].append(one)
    if by == "theme":
        order = {f"theme-{id}": place for place, id in enumerate(themes)}
        found.setdefault("theme-none", (_("In no theme yet"), []))
        found = dict(sorted(found.items(), key=lambda pair: order.get(pair[0], len(order))))
    return [(id, heading, ideas) for id, (heading, ideas) in found.items()]
