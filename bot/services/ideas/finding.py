"""Finds what a person points at: "#3", "3", or an idea's id; never anything of another channel or team."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.errors import UnknownIdea
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Idea, IdeaId, Person, Prompt
from bot.domain.modalities import TEXT
from bot.domain.names import plain
from bot.ports import Store
from bot.services.chinese import locale
from bot.services.ideas.substituting import places, stems
from bot.services.media.depicted import staying
from bot.words import _, ngettext

MAX_NUMBER = 2**31 - 1  # a channel's ideas are numbered in a 32-bit column
ID = re.compile(r"[0-9a-f]{24}")
#: "the second one" of what stands in front of somebody, as typed lines name it where they know no ideas: "@latest/2".
#: Several ideas for one work, each by its number, id or place.
SEVERAL = re.compile(r"(?:#?\d{1,10}|[0-9a-f]{24}|@[\w.-]+/-?\d{1,2})(?:\+(?:#?\d{1,10}|[0-9a-f]{24}|@[\w.-]+/-?\d{1,2}))+")
PLACED = re.compile(r"@(?P<under>[\w.-]+)/(?P<place>-?\d{1,2})")
PARTS = re.compile(r"[/-]")  # what stands between the parts of an address
MOST_NAMED = 5  # ideas' numbers in one sentence; more is a list, which /board shows
LATEST = "latest"  #: what stands in front of somebody in a conversation of their own: its last ideas
LOOKED_AT = (
    300  # brainstorms of a channel, the latest, among which a thread's is looked for; older threads are left alone by people
)


class Finding:
    """Turns references into ideas."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def idea(self, channel: Channel, reference: str, *, hidden: bool = False) -> Idea:
        """The idea meant by `reference`; where `hidden`, also one that is hidden.

        Of one that is merged into another that other is meant, but where `hidden`.

        Raises:
            UnknownIdea: there is no such idea here; the message says which one was asked for.
        """
        text = reference.strip()
        number = re.fullmatch(r"#?(\d{1,10})", text)
        idea: Idea | None = None
        if number and int(number[1]) <= MAX_NUMBER:
            idea = await self.store.numbered(channel, int(number[1]))
        elif placed := PLACED.fullmatch(text):
            idea = await self._placed(channel, placed["under"], int(placed["place"]))
        elif text:
            idea = await self.store.idea(channel.team, IdeaId(text))
        if idea is not None and idea.hidden and not hidden:
            kept = await self.store.merged_into(channel.team, idea.id)
            if kept is None and idea.channel == channel:
                raise UnknownIdea(
                    _("Idea #{number} was taken off the board. /restore #{number} brings it back.").format(number=idea.number)
                )
            idea = await self.store.idea(channel.team, kept) if kept is not None else None
        if idea is None or (idea.hidden and not hidden):
            raise UnknownIdea(_unknown(text))
        return idea

    async def having(self, channel: Channel, words: str, under: str, *, edited: bool = True) -> Idea:
        """The one idea in words that has these in it: of those in front of somebody, else of the channel's.

        Args:
            channel: where it is asked.
            words: in either Chinese characters.
            under: what stands in front of the person, as in `bot.typed.Source`.
            edited: it is to have other words; else it gets a vote.

        Raises:
            UnknownIdea: none has them, or several have; the message says what can be typed instead.
        """
        ids = under.split(",") if ID.match(under) else []
        one = await self.under(channel, under) if under and not ids else None
        shown = await self.store.ideas_of(channel.team, one.id) if one is not None else ()
        everything = await self.store.ideas(channel)
        found: list[Idea] = []
        for ideas in ([idea for idea in everything if idea.id in ids], shown, everything):
            found = found or [idea for idea in ideas if idea.modality == TEXT and not idea.hidden and places(idea.text, words)]
        if not (found or edited) and (wanted := stems(words)):  # "the dog walk" of "a sponsored walk with the shelter dogs"
            found = [idea for idea in everything if idea.modality == TEXT and not idea.hidden and wanted <= stems(idea.text)]
        if len(found) == 1:
            return found[0]
        if found:
            numbers = ", ".join(f"#{idea.number}" for idea in found[:MOST_NAMED])
            several = _("Several ideas have “{words}”: {numbers}. Write /edit, the number of one and its new text.")
            sentence = (
                several if edited else _("Several ideas have “{words}”: {numbers}. Write /vote, the number of one and “up”.")
            )
            raise UnknownIdea(sentence.format(words=words, numbers=numbers))
        if not edited:
            sentence = _("No idea here has “{words}”. “/idea {words}” puts it on the board, where everybody can vote for it.")
            raise UnknownIdea(sentence.format(words=words))
        before = [idea for idea in everything if idea.id in ids] or list(shown)
        if before and all(idea.modality == "image" for idea in before):
            raise UnknownIdea(staying())
        sentence = _("No idea here has “{words}”. To change an idea: /edit, its number and its new text; for ideas: /brainstorm.")
        raise UnknownIdea(sentence.format(words=words))

    async def _placed(self, channel: Channel, under: str, place: int) -> Idea:
        one = await self.under(channel, under)
        return named(await self.store.ideas_of(channel.team, one.id) if one is not None else (), place, by_number=False)

    async def under(self, channel: Channel, under: str) -> Brainstorm | None:
        """The brainstorm whose ideas stand in front of somebody: a thread's latest, or for `LATEST` the channel's; else None."""
        for one in await self.store.brainstorms(channel, limit=1 if under == LATEST else LOOKED_AT):
            if one.prompt is not None and (under == LATEST or under in PARTS.split(one.address)):
                return one
        return None

    async def subject(self, channel: Channel, reference: str) -> tuple[Idea | None, str]:
        """What to make something of: an idea by its number or id and its text, or no idea and the words themselves.

        Of a name with the verse that it comes from it is the name alone; of several numbers the ideas' texts, as words.

        Raises:
            UnknownIdea: a number, or what looks like an id, that is no idea's.
        """
        text = reference.strip()
        if SEVERAL.fullmatch(text):
            ideas = [await self.idea(channel, one) for one in text.split("+")]
            return None, (" + " if all(idea.text.isascii() for idea in ideas) else "，").join(plain(idea.text) for idea in ideas)
        if not (re.fullmatch(r"#?\d{1,10}", text) or ID.fullmatch(text) or PLACED.fullmatch(text)):
            return None, text
        idea = await self.idea(channel, text)
        return idea, plain(idea.text)

    async def pictured(self, channel: Channel) -> str:
        """What the channel's latest picture is of, in the words of who asked for it.

        Raises:
            UnknownIdea: there is none among the latest.
        """
        for one in await self.store.brainstorms(channel, limit=LOOKED_AT):
            if one.prompt is not None and one.prompt.modality == "image":
                return one.prompt.text
        raise UnknownIdea(_("There is no picture here yet. Make one with /imagine and what it should show."))

    async def likened(self, channel: Channel, person: Person, shown: Sequence[Idea]) -> Idea | None:
        """The one idea that a person's latest ideas here are like, where it or these are shown; None where there is none."""
        for one in await self.store.brainstorms(channel, limit=1):
            like = await self.store.idea(channel.team, one.parents[0]) if len(one.parents) == 1 else None
            there = like is not None and any(idea.id == like.id or idea.brainstorm == one.id for idea in shown)
            return like if like is not None and there and one.asker == person and not like.hidden else None
        return None

    async def topic(self, idea: Idea) -> Prompt:
        """What an idea is an answer to; a person's own idea that answers nothing is its own topic."""
        source = await self.store.brainstorm(idea.channel.team, idea.brainstorm) if idea.brainstorm else None
        if source is not None and source.prompt is not None:
            return source.prompt
        return Prompt(text=idea.text, language="zh" if locale(idea.text) else "en")

    async def brainstorm(self, channel: Channel, id: str) -> Brainstorm:
        """The brainstorm with this id, or the channel's latest when `id` is empty.

        Raises:
            UnknownIdea: there is none.
        """
        if id:
            brainstorm = await self.store.brainstorm(channel.team, BrainstormId(id))
        else:
            brainstorm = next(iter(await self.store.brainstorms(channel, limit=1)), None)
        if brainstorm is None:
            raise UnknownIdea(_("There is no brainstorm here yet. Start one with /brainstorm and a topic."))
        return brainstorm


def not_above(count: int, reference: int) -> UnknownIdea:
    """That fewer ideas stand in front of somebody than they name."""
    return UnknownIdea(
        ngettext(
            "There is {count} idea above, so no {reference} from the top. With its number: “#{reference}”; an idea of your "
            "own: /idea.",
            "There are {count} ideas above, so no {reference} from the top. With its number: “#{reference}”; an idea of your "
            "own: /idea.",
            count,
        ).format(count=count, reference=reference)
    )


def named(ideas: Sequence[Idea], one: int, *, by_number: bool) -> Idea:
    """The idea that somebody means by a number, or by a place.

    Raises:
        UnknownIdea: none stands there.
    """
    if by_number and (match := next((idea for idea in ideas if idea.number == one), None)):
        return match
    place = len(ideas) if one == -1 else one
    if not 1 <= place <= len(ideas):
        raise not_above(len(ideas), one)
    return ideas[place - 1]


def _unknown(reference: str) -> str:
    """That no idea is meant by a reference; an id comes of what stands on a screen, and says nothing to people."""
    if ID.fullmatch(reference):
        return _("There is no idea behind this any more. Use the number beside an idea, or look at the board.")
    shown = reference if len(reference) <= 20 else reference[:19] + "…"
    return _("There is no idea “{reference}” in this channel. Use the number beside an idea, or look at the board.").format(
        reference=shown
    )
