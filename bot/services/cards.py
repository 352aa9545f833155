"""Makes cards: how brainstorms, boards and confirmations look before any platform draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.feedback import Tally
from bot.domain.ideas import Brainstorm, Idea
from bot.domain.models import ChannelSettings
from bot.messages import Card, Control, Key, Line, Progress
from bot.ports import Store
from bot.services.board import Boards, Page
from bot.services.doors import Command, Signal, on_brainstorm, on_idea
from bot.words import _, ngettext


class Cards:
    """Makes cards from what is stored; the plugins say what can be pressed."""

    def __init__(self, *, store: Store, boards: Boards, commands: Mapping[str, Command], signals: Mapping[str, Signal]) -> None:
        self.store = store
        self.boards = boards
        self.commands = commands
        self.signals = signals

    async def brainstorm(self, brainstorm: Brainstorm, *, progress: Progress | None = None, failure: str = "") -> Card:
        """A brainstorm's ideas as stored now, in slot order; people's versions of them after those."""
        team = brainstorm.channel.team
        ideas = await self.store.ideas_of(team, brainstorm.id)
        settings = await self.store.settings(brainstorm.channel)
        lines = await self._lines(ideas, settings)
        made = sum(idea.author is None for idea in ideas)
        footer = failure
        if not failure and progress is None and brainstorm.prompt is not None and made < brainstorm.prompt.count:
            footer = ngettext(
                "Only {count} idea was good enough this time. A more concrete topic, or another style, helps.",
                "Only {count} ideas were good enough this time. A more concrete topic, or another style, helps.",
                made,
            ).format(count=made)
        whole = () if progress is not None else self._under(brainstorm)
        return Card(
            title=title(brainstorm), lines=lines, progress=progress, footer=footer, controls=whole, thread=settings.thread
        )

    async def board(self, page: Page, settings: ChannelSettings) -> Card:
        """One page of a channel's board."""
        if not page.total:
            return Card(
                title=_("Board"), text=_("The board is empty. Start with /brainstorm and a topic, or add an idea with /idea.")
            )
        turn = []
        if page.number > 1:
            turn.append(Control(key=Key(verb="board", token=str(page.number - 1)), label=_("Previous"), emoji="◀️"))
        if page.number < page.pages:
            turn.append(Control(key=Key(verb="board", token=str(page.number + 1)), label=_("Next"), emoji="▶️"))
        counted = ngettext("{count} idea, best first", "{count} ideas, best first", page.total).format(count=page.total)
        where = _("page {number} of {pages}").format(number=page.number, pages=page.pages)
        return Card(
            title=_("Board"),
            lines=tuple(self.line(standing.idea, standing.tally, settings) for standing in page.standings),
            footer=f"{counted} · {where}" if page.pages > 1 else counted,
            controls=tuple(turn),
        )

    async def idea(self, idea: Idea, heading: str) -> Card:
        """One idea by itself."""
        settings = await self.store.settings(idea.channel)
        return Card(title=heading, lines=await self._lines([idea], settings))

    async def _lines(self, ideas: Sequence[Idea], settings: ChannelSettings) -> tuple[Line, ...]:
        if not ideas:
            return ()
        tallies = await self.boards.tallies(ideas[0].channel.team, ideas)
        return tuple(self.line(idea, tally, settings) for idea, tally in zip(ideas, tallies, strict=True))

    def line(self, idea: Idea, counted: Tally, settings: ChannelSettings) -> Line:
        """One idea with everything that can be done to it."""
        tally = None if settings.hide_tally else counted
        pressed = [control for signal in self.signals.values() for control in signal.controls(idea, tally)]
        pressed += [control for command in self.commands.values() for control in on_idea(command, idea)]
        order = {verb: place for place, verb in enumerate(("vote", "pick", "more"))}
        pressed.sort(key=lambda control: order.get(control.key.verb, len(order)))
        return Line(
            idea=idea.id,
            number=idea.number,
            text=idea.text,
            by=idea.author,
            note=origin(idea),
            tally=tally,
            controls=tuple(pressed),
        )

    def _under(self, brainstorm: Brainstorm) -> tuple[Control, ...]:
        return tuple(control for command in self.commands.values() for control in on_brainstorm(command, brainstorm))


def title(brainstorm: Brainstorm) -> str:
    """What a brainstorm is about, in a line."""
    prompt = brainstorm.prompt
    if prompt is None:
        return _("Ideas")
    about = [shortened(text, 60) for text in prompt.about]
    topic = shortened(prompt.text, 120)
    said = {
        "fresh": _("Ideas for “{topic}”"),
        "spin": _("“{topic}”, in a different direction"),
        "more": _("More like “{first}”"),
        "remix": _("A remix of “{first}” and “{second}”"),
        "polish": _("“{first}”, polished"),
    }[prompt.operation]
    first, second = (*about, "", "")[:2]
    named = said.format(topic=topic, first=first, second=second)
    manner = [said for said in (prompt.style, prompt.tone, prompt.option("audience")) if said]
    return " · ".join([named, *manner])


def origin(idea: Idea) -> str:
    """Where an idea came from, when not out of the model at the first asking."""
    return {
        "more": _("one more like another"),
        "remix": _("a remix"),
        "polish": _("polished"),
        "edit": _("edited"),
        "human": _("added by hand"),
    }.get(idea.origin, "")


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, with an ellipsis where something is left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
