"""An idea's place on a board, which part of a board is looked at, and what else there is to say of its ideas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.feedback import Score, Tally
from bot.domain.ideas import BANKED, BrainstormId, Channel, Idea, IdeaId, Person, Team
from bot.domain.modalities import MODALITIES
from bot.domain.shaping import Mark, roots
from bot.messages import THUMBNAIL
from bot.ports import Store
from bot.words import N_, _, ngettext

LISTED = 200  # brainstorms of a channel, the latest, that are read at once; topics of older ones are read one by one

#: What became of an idea, the best first: "picked" is said by the signal, the others by marks.
STATES = {"picked": N_("picked"), "shortlisted": N_("shortlisted"), "open": N_("open"), "dropped": N_("dropped")}
PEOPLE = "people"  #: kind of the ideas that people wrote
KINDS = {
    PEOPLE: N_("people's own"),
    "text": N_("words"),
    **{name: modality.noun for name, modality in MODALITIES.items() if name != "hearing"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An idea's place on the board."""

    idea: Idea
    score: Score
    tally: Tally
    mark: Mark | None = None  #: what somebody said became of it
    topic: str = ""  #: what it answers; empty: nothing, its asker had that deleted, or nobody looked
    made_of: tuple[int, ...] = ()  #: numbers of the ideas it came from, where somebody looked
    merged: tuple[int, ...] = ()  #: numbers of the ideas that are part of it, likewise
    files: tuple[str, ...] = ()  #: names of its files, likewise

    @property
    def state(self) -> str:
        """One of `STATES`. Whatever else was said of it, a picked idea is picked."""
        if self.tally.picked:
            return "picked"
        return "open" if self.mark is None else self.mark.state

    @property
    def reason(self) -> str:
        """Why it has that state; empty when nobody said."""
        return self.mark.reason if self.mark is not None and self.mark.state == self.state else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which part of a board is looked at."""

    topic: str = ""  #: a part of what the ideas answer
    state: str = ""  #: one of `STATES`; empty: all but what was dropped
    kind: str = ""  #: one of `KINDS`

    def has(self, standing: Standing) -> bool:
        """Whether an idea is in it, as far as its own place on the board tells."""
        idea = standing.idea
        of_kind = idea.signed is not None if self.kind == PEOPLE else self.kind in ("", idea.modality)
        return of_kind and (standing.state == self.state if self.state else standing.state != "dropped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a board."""

    standings: tuple[Standing, ...]
    number: int  #: of this page, from 1
    pages: int  #: at least 1
    total: int  #: ideas in this view of the board
    view: View = View()
    dropped: int = 0  #: ideas that this view would show if they had not been dropped
    topics: tuple[str, ...] = ()  #: of the channel, the latest first, where the view has nothing to show


def folded(topic: str) -> str:
    """A topic as topics are compared."""
    return " ".join(topic.casefold().split())


async def topics_of(store: Store, channel: Channel, ideas: Sequence[Idea]) -> Mapping[IdeaId, str]:
    """What each of a channel's ideas answers, of those where that is known."""
    wanted = {idea.brainstorm for idea in ideas if idea.brainstorm is not None}
    if not wanted:
        return {}
    known: dict[BrainstormId, str] = {}
    if len(wanted) > 1:
        latest = await store.brainstorms(channel, limit=LISTED)
        known = {one.id: one.prompt.text if one.prompt is not None else "" for one in latest}
    for id in wanted - known.keys():
        one = await store.brainstorm(channel.team, id)
        known[id] = one.prompt.text if one is not None and one.prompt is not None else ""
    return {idea.id: known[idea.brainstorm] for idea in ideas if idea.brainstorm is not None and known[idea.brainstorm]}


async def detailed(store: Store, channel: Channel, standings: Sequence[Standing], *, files: bool = False) -> list[Standing]:
    """The same with all that is known of the ideas; `files`: the names of their files, too."""
    ideas = [standing.idea for standing in standings]
    topics = await topics_of(store, channel, ideas)
    merges = await store.merges(channel)
    kept = roots({one.idea: one.into for one in merges})
    wanted = {id for idea in ideas for id in idea.parents} | kept.keys()
    numbers = await _numbers(store, channel.team, ideas, wanted)
    names = await _names(store, channel.team, ideas) if files else {}
    parts: dict[IdeaId, list[int]] = {}
    for id, whole in kept.items():
        if id in numbers:
            parts.setdefault(whole, []).append(numbers[id])
    return [
        replace(
            standing,
            topic=topics.get(standing.idea.id, ""),
            made_of=tuple(numbers[id] for id in standing.idea.parents if id in numbers),
            merged=tuple(sorted(parts.get(standing.idea.id, ()))),
            files=names.get(standing.idea.id, ()),
        )
        for standing in standings
    ]


async def _numbers(store: Store, team: Team, ideas: Sequence[Idea], wanted: set[IdeaId]) -> Mapping[IdeaId, int]:
    """The numbers of ideas, by id."""
    numbers = {idea.id: idea.number for idea in ideas}
    for id in wanted - numbers.keys():
        one = await store.idea(team, id)
        if one is not None:
            numbers[id] = one.number
    return numbers


async def _names(store: Store, team: Team, ideas: Sequence[Idea]) -> Mapping[IdeaId, tuple[str, ...]]:
    """The names of the ideas' files, as their messages show them."""
    works = {str(idea.id): idea for idea in ideas if idea.modality != "text"}
    media = await store.media(team, list(works))
    return {
        works[owner].id: tuple(f"{works[owner].number}-{one.name}" for one in files if one.name != THUMBNAIL)
        for owner, files in media.items()
    }


def named(person: Person | None) -> str:
    """A person as files name them: by platform and id, as they are kept."""
    return f"{person.platform}:{person.id}" if person is not None else ""


def in_points(points: int) -> str:
    """Points, in words."""
    return ngettext("{count} point", "{count} points", points).format(count=points)


def facts(standing: Standing) -> list[str]:
    """What there is to say of an idea in a list for people, beside its words and votes."""
    tally = standing.tally
    said = [f"★ {tally.stars:.1f}"] if tally.stars is not None else []
    said += [in_points(tally.points)] if tally.points else []
    if standing.state in ("shortlisted", "dropped"):
        said.append(": ".join(filter(None, (_(STATES[standing.state]), standing.reason))))
    if standing.made_of:
        said.append(_("made of {numbers}").format(numbers=" ".join(f"#{number}" for number in standing.made_of)))
    if standing.merged:
        said.append(_("with {numbers}").format(numbers=" ".join(f"#{number}" for number in standing.merged)))
    return [*said, *provenance(standing), *standing.files]


def provenance(standing: Standing) -> list[str]:
    """Where an idea comes from: its topic, and as far as that is told, people and model."""
    idea = standing.idea
    said = [_("for “{topic}”").format(topic=standing.topic)] if standing.topic else []
    if idea.origin == "unsigned":  # neither who wrote it is told, nor whether the model did
        return said
    said += [_("written by {person}").format(person=named(idea.author))] if idea.author is not None else []
    said += [_("asked for by {person}").format(person=named(idea.asker))] if idea.asker not in (None, idea.author) else []
    made = _("out of the idea bank") if idea.model == BANKED else idea.model
    return [*said, *([made] if made else [])]


def shared(standings: Sequence[Standing]) -> list[str]:
    """Where all ideas of a list come from alike, which is said once above it; of a single idea nothing is."""
    if len(standings) < 2:
        return []
    first, *others = map(provenance, standings)
    return [fact for fact in first if all(fact in other for other in others)]
