"""What is kept about one person, in memory: the twin of `storage._people`."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Candidate, Channel, Idea, IdeaId, Person, Prompt, Team
from bot.domain.material import Piece
from bot.domain.models import ChannelSettings, ModelVersion
from bot.domain.moderation import Hiding
from bot.domain.personas import Persona
from bot.ports import Forgotten, Kept, Medium
from storage._erasing import Asked, Made, Plan, planned
from storage._quotes import Quotes
from storage._rules import revived, storable, without, without_one


class MemoryPeople:
    """The part of the store in memory that gives people power over what is kept about them."""

    _lock: threading.RLock
    _brainstorms: dict[BrainstormId, Brainstorm]
    _ideas: dict[IdeaId, Idea]
    _candidates: list[Candidate]
    _feedback: dict[tuple[IdeaId, Person, str], Feedback]
    _settings: dict[Channel, ChannelSettings]
    _versions: dict[tuple[Team | None, str], ModelVersion]
    _media: dict[tuple[Team, str], tuple[Medium, ...]]
    _hidings: list[Hiding]

    def _team_brainstorms(self, team: Team) -> list[Brainstorm]:
        raise NotImplementedError

    def _team_ideas(self, team: Team) -> list[Idea]:
        raise NotImplementedError

    def _drop_media(self, team: Team, owners: Iterable[str]) -> int:
        raise NotImplementedError

    def _recall(self, team: Team, person: Person, plan: Plan, before: datetime | None) -> None:
        raise NotImplementedError

    def _release(self, gone: Collection[str]) -> None:
        raise NotImplementedError

    def _forget_rounds(self, team: Team, person: Person) -> None:
        raise NotImplementedError

    def _forget_shaper(self, team: Team, person: Person, quotes: Quotes) -> None:
        raise NotImplementedError

    def _outdate(self, team: Team, ideas: Collection[str], brainstorms: Iterable[str]) -> None:
        raise NotImplementedError

    def _drop_passes(self, team: Team, person: Person | None = None) -> None:
        raise NotImplementedError

    def _drop_material(self, team: Team, person: Person | None = None) -> None:
        raise NotImplementedError

    def _drop_personas(self, team: Team, person: Person | None = None) -> None:
        raise NotImplementedError

    def _personas_of(self, team: Team, person: Person) -> tuple[Persona, ...]:
        raise NotImplementedError

    def _material_of(self, team: Team, person: Person) -> tuple[Piece, ...]:
        raise NotImplementedError

    async def about(self, team: Team, person: Person) -> Kept:
        """Everything stored about a person in a team, newest first."""
        with self._lock:
            return self._about(storable(team), storable(person))

    def _about(self, team: Team, person: Person) -> Kept:
        votes = [one for one in self._feedback.values() if one.person == person and self._ideas[one.idea].channel.team == team]
        votes.sort(key=lambda one: (one.idea, one.signal))
        votes.sort(key=lambda one: one.at, reverse=True)
        return Kept(
            brainstorms=tuple(one for one in self._team_brainstorms(team) if one.asker == person),
            ideas=tuple(idea for idea in self._team_ideas(team) if idea.author == person),
            feedback=tuple(votes),
            media=self._media_of(team, person),
            material=self._material_of(team, person),
            personas=self._personas_of(team, person),
        )

    def _media_of(self, team: Team, person: Person) -> tuple[Medium, ...]:
        ideas, brainstorms = self._owners(team, person, frozenset())
        media = [one for owner in (*ideas, *brainstorms) for one in self._media.get((team, owner), ())]
        media.sort(key=lambda one: one.place)
        return tuple(sorted(media, key=lambda one: (one.made_at, one.owner), reverse=True))

    def _owners(self, team: Team, person: Person, gone: frozenset[IdeaId]) -> tuple[set[IdeaId], list[BrainstormId]]:
        """The media made for a person or, over any number of steps, of the ideas `gone`; the brainstorms they asked for."""
        media = [idea for idea in self._team_ideas(team) if idea.modality != "text"]
        works = {idea.id for idea in media if idea.asker == person}
        while more := {idea.id for idea in media if {*idea.parents} & (works | gone)} - works:
            works |= more
        return works, [one.id for one in self._team_brainstorms(team) if one.asker == person]

    async def forget(self, team: Team, person: Person, *, before: datetime | None = None) -> Forgotten:
        """Deletes what `about` shows, and every copy of it."""
        team, person = storable(team), storable(person)
        with self._lock:
            ideas = [_made(idea, person) for idea in self._team_ideas(team)]
            voices = {one.voice for one in self._personas_of(team, person)}
            plan = planned(self._asked_in(team, person), ideas, voices)
            works, brainstorms = self._owners(team, person, frozenset(map(IdeaId, plan.gone)))
            self._outdate(team, plan.gone | plan.rewritten.keys() | works, plan.redrawn(ideas, works))
            files = self._drop_media(team, (*works, *brainstorms))
            self._release(plan.gone | works)
            self._forget_shaper(team, person, plan.quotes)
            self._delete(works)
            theirs = {idea.id for idea in self._team_ideas(team)}
            votes = {key for key in self._feedback if key[0] in theirs and (key[1] == person or key[0] in plan.gone)}
            self._feedback = {key: one for key, one in self._feedback.items() if key not in votes}
            for brainstorm in self._team_brainstorms(team):
                self._brainstorms[brainstorm.id] = _unquoted(brainstorm, plan, plan.gone | works)
            self._delete({IdeaId(id) for id in plan.gone})
            self._unquote_ideas(team, person, plan, plan.gone | works)
            self._candidates = [one for one in self._candidates if not _to_go(one, plan)]
            for key, version in self._versions.items():
                if version.team == team:
                    left = without(version.trained_on, person, plan.gone)
                    forgotten = version.forgotten + len(version.trained_on) - len(left)
                    self._versions[key] = replace(version, trained_on=left, forgotten=forgotten)
            self._hidings = [
                replace(one, by=None if one.by == person else one.by)
                for one in self._hidings
                if one.channel.team != team or one.idea in self._ideas
            ]
            self._dismiss(team, person)
            self._forget_rounds(team, person)
            self._recall(team, person, plan, before)
            for drop in (self._drop_passes, self._drop_material, self._drop_personas):
                drop(team, person)
        return Forgotten(topics=len(plan.asked), ideas=len(plan.wrote), feedback=len(votes), media=files)

    def _dismiss(self, team: Team, person: Person) -> None:
        """Takes them off the lists of who may administer or not take part in the team's channels."""
        for channel, settings in self._settings.items():
            if channel.team == team:
                lists = (settings.admins, settings.blocked, settings.unreminded)
                admins, blocked, unreminded = (without_one(some, person.id) for some in lists)
                self._settings[channel] = replace(settings, admins=admins, blocked=blocked, unreminded=unreminded)

    def _asked_in(self, team: Team, person: Person) -> list[Asked]:
        """The team's brainstorms, as far as their words may be the person's."""
        return [_asked(one, person) for one in self._team_brainstorms(team)]

    def _delete(self, ideas: Collection[IdeaId]) -> None:
        self._feedback = {key: one for key, one in self._feedback.items() if key[0] not in ideas}
        self._candidates = [one for one in self._candidates if one.idea not in ideas]
        for id in ideas:
            self._ideas.pop(id, None)

    def _unquote_ideas(self, team: Team, person: Person, plan: Plan, gone: Collection[str]) -> None:
        """Takes the person and their words out of the ideas that stay."""
        for idea in self._team_ideas(team):
            asker = None if idea.asker == person else idea.asker
            parents = tuple(id for id in idea.parents if id not in gone)
            text = plan.rewritten.get(idea.id, idea.text)
            self._ideas[idea.id] = replace(idea, asker=asker, parents=parents, text=text)
        self._candidates = [_rewritten(one, plan) for one in self._candidates]


def _rewritten(candidate: Candidate, plan: Plan) -> Candidate:
    text = None if candidate.idea is None else plan.rewritten.get(candidate.idea)
    return candidate if text is None else replace(candidate, draft=replace(candidate.draft, text=text))


def _asked(brainstorm: Brainstorm, person: Person) -> Asked:
    prompt = brainstorm.prompt
    return Asked(
        id=brainstorm.id,
        mine=brainstorm.asker == person,
        operation=prompt.operation if prompt else "",
        topic=prompt.text if prompt else None,
        style=prompt.style if prompt else "",
        tone=prompt.tone if prompt else "",
        options=prompt.options if prompt else (),
        about=tuple(enumerate(prompt.about)) if prompt else (),
        parents=tuple(enumerate(brainstorm.parents)),
    )


def _made(idea: Idea, person: Person) -> Made:
    return Made(
        id=idea.id,
        brainstorm=idea.brainstorm,
        mine=idea.author == person,
        by_hand=idea.author is not None,
        text=idea.text,
        parents=tuple(idea.parents),
    )


def _to_go(candidate: Candidate, plan: Plan) -> bool:
    """Whether a draft is deleted: nobody saw it, and it was asked for in their words or repeats these."""
    if candidate.idea is not None:
        return False
    blank = candidate.brainstorm in plan.asked or candidate.brainstorm in plan.blanked
    return blank or (candidate.brainstorm in plan.related and plan.quotes.quoted(candidate.draft.text))


def _unquoted(brainstorm: Brainstorm, plan: Plan, gone: Collection[str]) -> Brainstorm:
    """The brainstorm without the person, what they asked, and the texts of theirs that its prompt quotes."""
    left = replace(brainstorm, parents=tuple(id for id in brainstorm.parents if id not in gone))
    if brainstorm.id in plan.asked:
        return replace(left, asker=None, prompt=None)
    if brainstorm.prompt is None:
        return left
    if brainstorm.id in plan.blanked:
        return replace(left, prompt=None)
    quoted = plan.unquoted.get(brainstorm.id, frozenset())
    about = tuple(text for place, text in enumerate(brainstorm.prompt.about) if place not in quoted)
    fields = {name: getattr(brainstorm.prompt, name) for name in Prompt.__dataclass_fields__} | {"about": about}
    if brainstorm.id in plan.plain:
        fields |= {"style": "", "tone": "", "options": ()}
    return replace(left, prompt=revived(Prompt, fields))
