"""Makes cards: how brainstorms, boards and confirmations look before any platform draws them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.domain.feedback import Tally
from bot.domain.ideas import Brainstorm, Idea, IdeaId, Prompt
from bot.domain.modalities import MODALITIES
from bot.domain.models import ChannelSettings
from bot.domain.names import plain
from bot.messages import THUMBNAIL, Card, Control, File, Line, Progress
from bot.ports import Store
from bot.services.doors import Command, Signal, on_brainstorm, on_running
from bot.services.ideas.board import WHOLE, Boards
from bot.services.ideas.marks import Marks
from bot.services.ideas.standing import Page
from bot.services.ideas.verses import POEMS
from bot.services.lines import Lines, origin
from bot.services.media import ordered
from bot.services.media.headings import headings
from bot.services.talk import manners
from bot.services.talk.heard import HEARD, JUEJU, understood
from bot.services.views import empty, footer, heading, noted, only_topic, turned
from bot.words import N_, _, ngettext

#: How fresh ideas are headed, by their kind; a jueju is called one, as who asks for a poem may think of another form.
IDEAS = N_("Ideas for “{topic}”")
SAID_TWICE = re.compile(r"ideas for (?=\S)", re.IGNORECASE)  # ideas for “ideas for a card”
HEADS = dict.fromkeys(POEMS, N_("Poems: “{topic}”")) | {"jueju": N_("Jueju: “{topic}”")}
LIKE_OTHERS = frozenset({"more", "remix", "polish", "edit"})  # origins of ideas that were made of one or two others


class Cards:
    """Makes cards from what is stored; the plugins say what can be pressed."""

    def __init__(
        self, *, store: Store, boards: Boards, commands: Mapping[str, Command], signals: Mapping[str, Signal], marks: Marks
    ) -> None:
        self.store = store
        self.boards = boards
        self.commands = commands
        self.signals = signals
        self.lines = Lines(commands=commands, signals=signals, marks=marks)

    async def brainstorm(
        self,
        brainstorm: Brainstorm,
        *,
        progress: Progress | None = None,
        failure: str = "",
        refused: bool = False,
        fresh: Collection[IdeaId] = (),
    ) -> Card:
        """A brainstorm's ideas as stored now, in slot order; people's versions of them after those.

        Args:
            brainstorm: what to show.
            progress: of what is still under way.
            failure: what went wrong, in words.
            refused: it cannot be had as asked for: where no idea came, the card says so and nothing else.
            fresh: works whose files were made just now; of others the card names the files only.
        """
        team = brainstorm.channel.team
        ideas = await self.store.ideas_of(team, brainstorm.id)
        settings = await self.store.settings(brainstorm.channel)
        media = brainstorm.prompt is not None and brainstorm.prompt.modality != "text"
        if refused and not ideas:
            return Card(text=failure, at=brainstorm.created_at)
        lines = await self._lines(ideas, settings, fresh if media else None)
        if not ideas and progress is None and (gone := await self._taken_away(brainstorm)):
            return gone
        count = sum(idea.author is None for idea in ideas)
        footer = failure or ("" if media or progress is not None else lacking(brainstorm.prompt, count))
        whole = self._under(brainstorm) if progress is None else self._meanwhile(brainstorm)
        return Card(
            title=title(await self._seen(brainstorm)),
            text=heard(brainstorm.prompt),
            lines=lines,
            progress=progress,
            footer=footer or (seeded(brainstorm) if lines and progress is None else ""),
            controls=whole,
            thread=settings.thread,
            at=brainstorm.created_at,
        )

    async def _taken_away(self, brainstorm: Brainstorm) -> Card | None:
        """What stands in the place of ideas that are all hidden; None where there were none."""
        ideas = await self.store.ideas(brainstorm.channel, limit=WHOLE, hidden=True)
        there = any(idea.brainstorm == brainstorm.id for idea in ideas)
        return Card(text=_("The ideas that stood here were taken away.")) if there else None

    async def _seen(self, brainstorm: Brainstorm) -> Brainstorm:
        """The brainstorm, in whose title no hidden idea is quoted."""
        prompt = brainstorm.prompt
        if prompt is None or not prompt.about:
            return brainstorm
        parents = [await self.store.idea(brainstorm.channel.team, id) for id in brainstorm.parents[: len(prompt.about)]]
        gone = {one.text for one in parents if one is not None and one.hidden}
        about = tuple("…" if text in gone else text for text in prompt.about)
        return brainstorm if about == prompt.about else replace(brainstorm, prompt=replace(prompt, about=about))

    async def board(self, page: Page, settings: ChannelSettings) -> Card:
        """One page of a channel's board."""
        if not page.total:
            return empty(page)
        lines = await self._lines([standing.idea for standing in page.standings], settings, headed=False)
        topic = not page.view.topic and not only_topic(page)
        return Card(
            title=heading(page.view),
            lines=tuple(noted(line, standing, topic=topic) for line, standing in zip(lines, page.standings, strict=True)),
            footer=footer(page),
            controls=turned(page),
        )

    async def idea(self, idea: Idea, heading: str) -> Card:
        """One idea by itself; of one that is hidden, that it is."""
        if idea.hidden:
            return Card(title=heading, text=_("This idea was taken off the board."))
        return await self.several([idea], heading)

    async def several(self, ideas: Sequence[Idea], heading: str, *, footer: str = "") -> Card:
        """Ideas of one channel by themselves."""
        settings = await self.store.settings(ideas[0].channel)
        return Card(title=heading, lines=await self._lines(ideas, settings), footer=footer)

    async def _lines(
        self,
        ideas: Sequence[Idea],
        settings: ChannelSettings,
        fresh: Collection[IdeaId] | None = None,
        *,
        headed: bool = True,
    ) -> tuple[Line, ...]:
        """`fresh`: see `brainstorm`; None: without files. `headed`: with the headings that notes stood under."""
        if not ideas:
            return ()
        tallies = await self.boards.tallies(ideas[0].channel.team, ideas)
        notes = await self._lineage(ideas)
        under = await headings(self.store, ideas) if headed else {}
        lines = []
        for idea, tally in zip(ideas, tallies, strict=True):
            note = notes.get(idea.id, "") or origin(idea)
            lines.append(self.line(idea, tally, settings, " · ".join(filter(None, (under.get(idea.id), note)))))
        if fresh is None:
            return tuple(lines)
        files = await self._files(ideas, fresh)
        return tuple(replace(line, media=files.get(line.idea, ()), fresh=line.idea in fresh) for line in lines)

    async def _lineage(self, ideas: Sequence[Idea]) -> Mapping[IdeaId, str]:
        """What each idea that came of others was made of, in words that name those; and what each piece of media is."""
        notes: dict[IdeaId, str] = {}
        known: dict[IdeaId, Idea | None] = {idea.id: idea for idea in ideas}
        for idea in ideas:
            if idea.modality == "text" and idea.origin not in LIKE_OTHERS and not goes_on(idea):
                continue
            for id in idea.parents[:2]:
                if id not in known:
                    known[id] = await self.store.idea(idea.channel.team, id)
            sources = [source for id in idea.parents[:2] if (source := known[id]) is not None]
            if idea.modality != "text":
                notes[idea.id] = said_of(idea, sources[0] if sources else None)
            elif sources:
                notes[idea.id] = made_of(idea, sources)
        return notes

    async def _files(self, ideas: Sequence[Idea], fresh: Collection[IdeaId]) -> Mapping[str, tuple[File, ...]]:
        """The files of each idea that has any, under names that are unique in a channel; with their bytes where fresh."""
        if not ideas:
            return {}
        team, numbers = ideas[0].channel.team, {str(idea.id): idea.number for idea in ideas}
        by_owner: dict[str, tuple[File, ...]] = {}
        for owner, media in (await self.store.media(team, list(numbers))).items():
            files = []
            for one in media:
                if one.name == THUMBNAIL:
                    continue
                content = (await self.store.content(team, one.digest) or b"") if owner in fresh else b""
                name = f"{numbers[owner]}-{one.name}"
                files.append(File(name=name, media_type=one.media_type, content=content, alt=one.alt))
            by_owner[owner] = tuple(files)
        return by_owner

    def line(self, idea: Idea, counted: Tally, settings: ChannelSettings, note: str = "") -> Line:
        """One idea with everything that can be done to it."""
        return self.lines.line(idea, None if settings.hide_tally else counted, note)

    def _under(self, brainstorm: Brainstorm) -> tuple[Control, ...]:
        controls = [control for command in self.commands.values() for control in on_brainstorm(command, brainstorm)]
        if brainstorm.prompt is not None and brainstorm.prompt.modality != "text":
            controls = self.lines.without_words_only(controls)
        return tuple(controls)

    def _meanwhile(self, brainstorm: Brainstorm) -> tuple[Control, ...]:
        return tuple(control for command in self.commands.values() for control in on_running(command, brainstorm))


def heard(prompt: Prompt | None) -> str:
    """What was understood of a person's words, in a line; empty where nothing was, or nothing had to be."""
    if prompt is None:
        return ""
    return understood(prompt) if prompt.modality == "text" else ordered.understood(prompt)


def lacking(prompt: Prompt | None, count: int) -> str:
    """That fewer ideas came than were asked for; empty where all did."""
    if prompt is None or count >= prompt.count or (count and prompt.operation == "polish"):
        return ""
    if prompt.operation == "polish":
        return _("No version was better than what stands there. Another level may help: light, short or vivid.")
    if not count and prompt.operation == "more":
        return _("No new idea was both like this one and good enough. Say how it should be, such as “more like 2 but shorter”.")
    if not count:
        return _("No idea was good enough this time. A more concrete topic, or another style, helps.")
    return ngettext(
        "Only {count} idea was good enough this time. A more concrete topic, or another style, helps.",
        "Only {count} ideas were good enough this time. A more concrete topic, or another style, helps.",
        count,
    ).format(count=count)


def title(brainstorm: Brainstorm) -> str:
    """What a brainstorm is about, in a line."""
    prompt = brainstorm.prompt
    if prompt is None:
        return _("Ideas")
    if prompt.modality != "text":
        return title_of_media(prompt)
    about = [shortened(plain(text), 60) for text in prompt.about]
    twice = SAID_TWICE.match(prompt.text) if prompt.operation == "fresh" and prompt.kind not in HEADS else None
    topic = shortened(prompt.text[twice.end() :] if twice else prompt.text, 120)
    template = {
        "fresh": _(HEADS.get(prompt.kind, IDEAS)),
        "spin": _("“{topic}”, in a different direction"),
        "more": _("More like “{first}”"),
        "remix": _("A remix of “{first}” and “{second}”"),
        "polish": _("“{first}”, polished"),
    }[prompt.operation]
    first, second = (*about, "", "")[:2]
    named = template.format(topic=topic, first=first, second=second)
    below = prompt.option(HEARD).split()  # which the line below the title says
    audience = prompt.option("audience")
    said = {
        "style": "" if prompt.kind == JUEJU else manners.shown(prompt.style),
        "tone": prompt.tone,
        "audience": _("for {audience}").format(audience=audience) if audience else "",
    }
    manner = [part for name, part in said.items() if part and name not in below]
    return " · ".join([named, *manner])


def seeded(brainstorm: Brainstorm) -> str:
    """By what the same pictures can be had again; empty for what is no picture."""
    pictures = brainstorm.prompt is not None and brainstorm.prompt.modality == "image"
    return _("Seed {seed}").format(seed=brainstorm.seed) if pictures else ""


def title_of_media(prompt: Prompt) -> str:
    """What a commission is about, in a line."""
    return MODALITIES[prompt.modality].title(prompt.count).format(topic=shortened(prompt.text, 120))


def said_of(idea: Idea, source: Idea | None) -> str:
    """What a piece of media is, and of which idea."""
    what = _(MODALITIES[idea.modality].noun)
    if source is None:
        return what
    return _("{what} of #{number}").format(what=what, number=source.number)


def goes_on(idea: Idea) -> bool:
    """Whether who wrote an idea in a round said which it goes on from."""
    return bool(idea.parents) and idea.origin in ("fresh", "human", "unsigned")


def made_of(idea: Idea, sources: Sequence[Idea]) -> str:
    """Where an idea came from, with the numbers of those it was made of."""
    first, last = sources[0].number, sources[-1].number
    if goes_on(idea):
        return _("goes on from {numbers}").format(numbers=" ".join(f"#{source.number}" for source in sources))
    if idea.origin == "remix" and len(sources) > 1:
        return _("a remix of #{first} and #{last}").format(first=first, last=last)
    templates = {"more": _("like #{number}"), "polish": _("#{number}, polished"), "edit": _("#{number}, edited")}
    return templates.get(idea.origin, origin(idea)).format(number=first)


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, with an ellipsis where something is left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
