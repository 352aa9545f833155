"""Takes lists of ideas in as a person's own: read, kept, shown, and put on the board once that person says so.

What was read is kept as a brainstorm that makes nothing: its prompt holds the words, so they are exported and deleted with
everything else of the person. The ideas are those of a second one, which holds their topic or their source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.errors import InvalidPrompt, NotAllowed, Refusal, UnknownIdea
from bot.domain.ideas import MAX_IDEA, Brainstorm, BrainstormId, Channel, Idea, IdeaId, Person, Prompt, clean
from bot.messages import Call, Upload
from bot.ports import Clock, Store
from bot.services.events import own_id
from bot.services.ideas import lists
from bot.services.ideas.filtering import unsafe
from bot.services.ideas.headers import headed
from bot.services.media.uploads import fetched, shown
from bot.services.team.governing import Governing
from bot.words import _, ngettext

MOST = 200  # ideas of one list; as many as a board shows at once on a big screen, and more are nobody's to vote on
KNOWN = 10_000  # ideas of a channel that copies are looked for among, as many as a board ranks
SOURCE = "source"  #: option that names where a list came from


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is in a list, before any of it is on the board."""

    kept: Brainstorm
    fit: tuple[str, ...]  #: the ideas that can go on the board
    left: tuple[str, ...]  #: why others cannot, in sentences


class Importing:
    """Reads lists, and makes ideas of them."""

    def __init__(self, *, store: Store, governing: Governing, clock: Clock, new_id: Callable[[], str]) -> None:
        self.store = store
        self.governing = governing
        self.clock = clock
        self.new_id = new_id

    async def read(self, call: Call, upload: Upload | None, text: str, topic: str, address: str) -> Reading:
        """What a file, or pasted text, holds; it is kept.

        Args:
            call: who asks, and where.
            upload: the file; None: `text` is the list.
            text: as pasted.
            topic: what the ideas answer; empty: nothing but their source is known.
            address: where it is shown.

        Raises:
            Refusal: there is no list in it, or it is too long.
            TooMany: too much was asked for within the hour.
            Outage: the file could not be fetched.
        """
        if upload is not None:
            source = shown(upload.name)
            found = lists.read(source, await fetched(upload, lists.MOST_BYTES))
        else:
            source, found = _("pasted lines"), lists.of_text(text)
        if not found:
            raise Refusal(_("No idea was found in {name}. Write one a line, or as a list.").format(name=source))
        if len(found) > MOST:
            raise Refusal(
                _("{name} has {count} ideas; at most {most} are taken at once. Please split it.").format(
                    name=source, count=len(found), most=MOST
                )
            )
        await self.governing.admit(call.person, call.channel)
        fit, left = await self._fit(call.channel, found)
        if not fit:
            raise Refusal("\n".join(left))
        await self._room(call, len(fit))
        options = ((SOURCE, source), *((f"line-{number}", one) for number, one in enumerate(fit, 1)))
        kept = await self._header(call, Prompt(text=topic or source, count=1, options=options), address)
        return Reading(kept=kept, fit=tuple(fit), left=tuple(left))

    async def _header(self, call: Call, prompt: Prompt, address: str) -> Brainstorm:
        begun = headed(call.person, call.channel, prompt, address, new_id=self.new_id, at=self.clock())
        await self.store.begin(begun)
        return begun

    async def _room(self, call: Call, count: int) -> None:
        """Refuses more than a person may add within the hour; admins may add any number."""
        if not call.admin:
            await self.governing.admit_ideas(call.person, call.channel, count)

    async def _fit(
        self, channel: Channel, found: Sequence[str], header: BrainstormId | None = None
    ) -> tuple[list[str], list[str]]:
        """Those that may stand on the board, and sentences that say how many may not, and why.

        `header`: whose ideas they become; those that are there already were put there by the same event, served before.
        """
        ideas = await self.store.ideas(channel, limit=KNOWN)
        known = {idea.text.casefold() for idea in ideas if header is None or idea.brainstorm != header}
        fit: list[str] = []
        copies, long, unfit = 0, 0, 0
        for one in found:
            tidy = clean(one)
            if len(tidy) > MAX_IDEA:
                long += 1
            elif unsafe(tidy):
                unfit += 1
            elif not tidy or tidy.casefold() in known:
                copies += 1
            else:
                fit.append(tidy)
                known.add(tidy.casefold())
        return fit, _why(copies, long, unfit)

    async def pending(self, person: Person, channel: Channel, id: str) -> Brainstorm:
        """What this person had read here.

        Raises:
            UnknownIdea: it is not kept any more.
            NotAllowed: it is somebody else's.
        """
        kept = await self.store.brainstorm(channel.team, BrainstormId(id))
        if kept is None or kept.prompt is None or kept.channel != channel or not kept.prompt.option(SOURCE):
            raise UnknownIdea(_("This list is not kept here any more. Please send it again."))
        if kept.asker != person:
            raise NotAllowed(_("Only who sent this list can put it on the board."))
        return kept

    async def added(self, call: Call, kept: Brainstorm) -> list[Idea]:
        """The ideas that a list became; those that have come to stand on the board meanwhile are left out.

        Raises:
            Refusal: all of them have.
            TooMany: the person has added as many ideas within the hour as is allowed.
        """
        assert kept.prompt is not None
        source = Prompt(text=kept.prompt.text, count=1, options=((SOURCE, kept.prompt.option(SOURCE)),))
        header = await self._header(call, source, "")
        fit, left = await self._fit(call.channel, lines_of(kept), header.id)
        if not fit:
            raise Refusal("\n".join(left))
        await self._room(call, len(fit))
        now = self.clock()
        return [
            await self.store.add(
                Idea(
                    id=IdeaId(own_id(self.new_id)),
                    brainstorm=header.id,
                    channel=call.channel,
                    number=0,
                    text=text,
                    origin="human",
                    author=call.person,
                    asker=call.person,
                    slot=slot,
                    created_at=now,
                )
            )
            for slot, text in enumerate(fit)
        ]


def lines_of(kept: Brainstorm) -> list[str]:
    """The ideas of a list that was kept."""
    if kept.prompt is None:
        raise InvalidPrompt
    return [text for name, text in kept.prompt.options if name != SOURCE]


def _why(copies: int, long: int, unfit: int) -> list[str]:
    """How many are left out, and why."""
    said = []
    if copies:
        words = ngettext("{count} stands on the board already.", "{count} stand on the board already.", copies)
        said.append(words.format(count=copies))
    if long:
        words = ngettext("{count} is longer than {most} characters.", "{count} are longer than {most} characters.", long)
        said.append(words.format(count=long, most=MAX_IDEA))
    if unfit:
        words = ngettext(
            "{count} has words that do not belong on a team's board.",
            "{count} have words that do not belong on a team's board.",
            unfit,
        )
        said.append(words.format(count=unfit))
    return said
