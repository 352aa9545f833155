"""Lets people change a board's themes: rename one, move ideas, split some off, or let them be in none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import InvalidPrompt, Refusal
from bot.domain.ideas import Channel, Idea, Person, within
from bot.domain.shaping import MAX_THEME, Theme
from bot.ports import Clock, Store
from bot.services.events import own_id
from bot.services.ideas.board import Boards
from bot.services.ideas.filtering import unsafe
from bot.services.ideas.naming import names_of
from bot.services.ideas.standing import folded
from bot.services.ideas.theming import ideas_of
from bot.words import _

NONE = "none"  # in a theme's place: in no theme at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A theme as people see it."""

    number: int  #: among the board's themes
    theme: Theme
    ideas: tuple[Idea, ...]  #: those of its ideas that stand on the board


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a change touched, as it is now."""

    topic: str  #: of the board; empty: the whole channel's
    themes: tuple[Numbered, ...]
    loose: tuple[Idea, ...]  #: of the ideas that were moved, those that are in no theme now


class Reshaping:
    """Changes themes. Everybody may, as nothing is lost by it."""

    def __init__(self, *, store: Store, boards: Boards, clock: Clock, new_id: Callable[[], str]) -> None:
        self.store = store
        self.boards = boards
        self.clock = clock
        self.new_id = new_id

    async def change(
        self, person: Person, channel: Channel, topic: str, *, theme: str, ideas: Sequence[Idea], name: str
    ) -> Changed:
        """Renames a theme, moves ideas into it, splits them off as a new one, or takes them out of all.

        Args:
            person: who.
            channel: where.
            topic: of which board.
            theme: its number or its id; empty: a new one; `NONE`: no theme.
            ideas: that are to be in it.
            name: empty: it keeps its own; a new one is named by its most typical idea.

        Raises:
            Refusal: there is no such theme, or nothing to change.
        """
        tidy = within(name, MAX_THEME, what=_("The name")) if name.strip() else ""
        if unsafe(tidy):
            raise InvalidPrompt(_("This text has words that do not belong on a team's board. Please say it in others."))
        before = await self._numbered(channel, topic)
        if theme == NONE:
            if not ideas or tidy:
                raise Refusal(_("Which ideas are to be in no theme? Write their numbers, and no name."))
            await self.store.loosen(channel, folded(topic), [idea.id for idea in ideas])
        else:
            new = self._reshaped(person, channel, topic, before, theme=theme, ideas=ideas, name=tidy)
            await self.store.reshape(new)
        return await self._changed(channel, topic, before, ideas)

    def _reshaped(
        self,
        person: Person,
        channel: Channel,
        topic: str,
        known: Sequence[Numbered],
        *,
        theme: str,
        ideas: Sequence[Idea],
        name: str,
    ) -> Theme:
        """The theme as the store is to change it."""
        if not name and not ideas:
            raise Refusal(_("Please say the theme's new name, or the numbers of the ideas that belong into it."))
        ids = tuple(idea.id for idea in ideas)
        if not theme:
            if not ideas:
                raise Refusal(_("A new theme needs ideas: write their numbers."))
            fresh = name or names_of([[idea.text for idea in ideas]])[0]
            by = person if name else None
            id = own_id(self.new_id)
            return Theme(id=id, channel=channel, topic=folded(topic), name=fresh, ideas=ids, by=by, at=self.clock())
        number = int(theme) if theme.isdecimal() and len(theme) < 10 else 0
        old = next((one.theme for one in known if theme == one.theme.id or number == one.number), None)
        if old is None:
            raise Refusal(_("There is no theme {number} here; there are {count}.").format(number=theme[:9], count=len(known)))
        return replace(old, name=name, ideas=ids, by=person if name else old.by)

    async def _changed(self, channel: Channel, topic: str, before: Sequence[Numbered], moved: Sequence[Idea]) -> Changed:
        """What is not as it was."""
        was = {one.theme.id: (one.theme.name, one.theme.ideas) for one in before}
        now = await self._numbered(channel, topic)
        inside = {id for one in now for id in one.theme.ideas}
        return Changed(
            topic=topic,
            themes=tuple(one for one in now if was.get(one.theme.id) != (one.theme.name, one.theme.ideas)),
            loose=tuple(idea for idea in moved if idea.id not in inside),
        )

    async def _numbered(self, channel: Channel, topic: str) -> list[Numbered]:
        """The board's themes that have ideas on it, as they are numbered."""
        shown = {idea.id: idea for idea in await ideas_of(self.boards, channel, topic)}
        placed = [
            (theme, tuple(shown[id] for id in theme.ideas if id in shown))
            for theme in await self.store.themes(channel, folded(topic))
        ]
        there = [(theme, ideas) for theme, ideas in placed if ideas]
        return [Numbered(number=number, theme=theme, ideas=ideas) for number, (theme, ideas) in enumerate(there, 1)]
