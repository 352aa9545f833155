"""The part of the store in memory that keeps how people shape a board."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import UnknownIdea
from bot.domain.ideas import Channel, Idea, IdeaId, Person, Team
from bot.domain.shaping import Mark, Merge, Theme, roots
from storage._quotes import Quotes
from storage._rules import storable


class MemoryShaping:
    """The methods of the `ShapeStore` port."""

    _lock: threading.RLock
    _ideas: dict[IdeaId, Idea]

    def __init__(self) -> None:
        super().__init__()
        self._marks: list[Mark] = []
        self._merges: dict[IdeaId, Merge] = {}
        self._themes: dict[str, Theme] = {}

    def _theirs(self, team: Team, idea: IdeaId) -> Idea:
        found = self._ideas.get(storable(idea))
        if found is None or found.channel.team != storable(team):
            raise UnknownIdea
        return found

    async def mark(self, team: Team, mark: Mark) -> Mark | None:
        """Notes what became of an idea; what was said of it before."""
        new = storable(mark)
        with self._lock:
            self._theirs(team, new.idea)
            before = [one for one in self._marks if one.idea == new.idea]
            self._marks.append(new)
        return before[-1] if before else None

    async def unmark(self, team: Team, idea: IdeaId, at: datetime) -> bool:
        """Takes the mark of that moment back; False where it is not the idea's latest."""
        with self._lock:
            mine = [one for one in self._marks if one.idea == storable(idea) and one.channel.team == storable(team)]
            if not mine or mine[-1].at != at:
                return False
            self._marks = [one for one in self._marks if one is not mine[-1]]
        return True

    async def marks(self, channel: Channel) -> Mapping[IdeaId, Mark]:
        """The latest mark of each of the channel's ideas that has any."""
        with self._lock:
            return {one.idea: one for one in self._marks if one.channel == storable(channel)}

    async def merge(self, team: Team, merge: Merge) -> bool:
        """Makes an idea part of another; see the port."""
        new = storable(merge)
        with self._lock:
            both = [self._theirs(team, new.idea), self._theirs(team, new.into)]
            if new.idea == new.into or any(idea.channel != new.channel for idea in both):
                raise UnknownIdea
            if any(idea.hidden for idea in both):
                return False
            self._merges[new.idea] = new
            self._ideas[new.idea] = replace(both[0], hidden=True)
        return True

    async def split(self, team: Team, idea: IdeaId) -> bool:
        """Undoes `merge`; False where the idea stands for itself."""
        with self._lock:
            mine = self._merges.get(storable(idea))
            if mine is None or mine.channel.team != storable(team):
                return False
            self._split_off(mine.idea)
        return True

    def _split_off(self, idea: IdeaId) -> None:
        del self._merges[idea]
        self._ideas[idea] = replace(self._ideas[idea], hidden=False)

    async def merges(self, channel: Channel) -> list[Merge]:
        """What is merged in a channel, the oldest first."""
        with self._lock:
            mine = [one for one in self._merges.values() if one.channel == storable(channel)]
        return sorted(mine, key=lambda one: (one.at, one.idea))

    async def merged_into(self, team: Team, idea: IdeaId) -> IdeaId | None:
        """The idea that stands for a merged one on the board."""
        return self._kept(team).get(storable(idea))

    def _kept(self, team: Team) -> Mapping[IdeaId, IdeaId]:
        """What stands for each of the team's merged ideas."""
        with self._lock:
            return roots({one.idea: one.into for one in self._merges.values() if one.channel.team == storable(team)})

    def _release(self, gone: Collection[str]) -> None:
        """Splits off what is merged into ideas that are about to be deleted, and forgets how those were shaped."""
        for one in list(self._merges.values()):
            if one.into in gone and one.idea not in gone:
                self._split_off(one.idea)
        self._merges = {id: one for id, one in self._merges.items() if id not in gone}
        self._marks = [one for one in self._marks if one.idea not in gone]
        for theme in self._themes.values():
            ideas = tuple(idea for idea in theme.ideas if idea not in gone)
            self._themes[theme.id] = replace(theme, ideas=ideas)

    def _forget_shaper(self, team: Team, person: Person, quotes: Quotes) -> None:
        """Takes a person and their words out of how a team's boards are shaped."""
        for place, mark in enumerate(self._marks):
            if mark.channel.team == team:
                mine = mark.by == person
                reason = "" if mine or quotes.quoted(mark.reason) else mark.reason
                self._marks[place] = replace(mark, by=None if mine else mark.by, reason=reason)
        for merge in list(self._merges.values()):
            if merge.channel.team == team and merge.by == person:
                self._merges[merge.idea] = replace(merge, by=None)
        for theme in list(self._themes.values()):
            if theme.channel.team != team:
                continue
            if theme.topic and quotes.quoted(theme.topic):
                del self._themes[theme.id]
                continue
            mine = theme.by == person
            name = "" if mine or quotes.quoted(theme.name) else theme.name
            self._themes[theme.id] = replace(theme, by=None if mine else theme.by, name=name)

    def _unshape(self, team: Team) -> None:
        """Forgets how a team's boards are shaped."""
        self._marks = [one for one in self._marks if one.channel.team != team]
        self._merges = {id: one for id, one in self._merges.items() if one.channel.team != team}
        self._themes = {id: one for id, one in self._themes.items() if one.channel.team != team}

    def _shapes(self) -> int:
        return len(self._marks) + len(self._merges) + sum(1 + len(theme.ideas) for theme in self._themes.values())

    async def keep_themes(self, channel: Channel, topic: str, themes: Sequence[Theme]) -> None:
        """Stores a board's themes in the place of those it had."""
        board = (storable(channel), storable(topic))
        with self._lock:
            others = {id: one for id, one in self._themes.items() if (one.channel, one.topic) != board}
            self._themes = {one.id: replace(one, ideas=self._here(one)) for one in map(storable, themes)} | others

    def _here(self, theme: Theme) -> tuple[IdeaId, ...]:
        """Those of a theme's ideas that are its channel's."""
        distinct = dict.fromkeys(theme.ideas)
        return tuple(id for id in distinct if id in self._ideas and self._ideas[id].channel == theme.channel)

    async def reshape(self, theme: Theme) -> None:
        """Changes one theme, or adds it behind its board's others."""
        new = storable(theme)
        board = (new.channel, new.topic)
        with self._lock:
            stored = self._themes.get(new.id, replace(new, ideas=()))
            if (stored.channel, stored.topic) != board:
                return
            for other in list(self._themes.values()):
                if (other.channel, other.topic) == board:
                    self._themes[other.id] = replace(other, ideas=tuple(id for id in other.ideas if id not in new.ideas))
            left = tuple(id for id in stored.ideas if id not in new.ideas)
            named = replace(stored, name=new.name, by=new.by) if new.name else stored
            self._themes[new.id] = replace(named, ideas=(*left, *self._here(new)))

    async def loosen(self, channel: Channel, topic: str, ideas: Sequence[IdeaId]) -> None:
        """Takes ideas out of the themes of a board."""
        with self._lock:
            for theme in list(self._themes.values()):
                if (theme.channel, theme.topic) == (storable(channel), storable(topic)):
                    self._themes[theme.id] = replace(theme, ideas=tuple(id for id in theme.ideas if id not in ideas))

    async def themes(self, channel: Channel, topic: str) -> list[Theme]:
        """A board's themes with their ideas, in order."""
        with self._lock:
            return [one for one in self._themes.values() if (one.channel, one.topic) == (storable(channel), storable(topic))]
