"""A draft as the person who handed its file in sees it: asked first, changed in a form, then on the board."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.domain.errors import Refusal
from bot.domain.ideas import MAX_IDEAS, Brainstorm
from bot.domain.modalities import Modality
from bot.domain.rounds import Round
from bot.messages import Call, Card, Control, Field, File, Form, Key, Param, Press, Progress, Upload, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.cards import Cards
from bot.services.media.drafts import COLONS, Drafts, Thought, left_of, thoughts_in, thoughts_of, written
from bot.services.media.photos import Photos
from bot.services.rounds.contributing import Contributing
from bot.words import N_, _, ngettext

ALL = ("all", "全部")
INTO = "round"  #: token of what puts everything into a round
MOST_FORM = 3000  # characters that Slack's field holds; Discord's holds 4 000
ADD = Param(name="add", help=N_("of what was found: “all”, or the numbers that go on the board, such as “1 3”"), short="a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The drafts of one command."""

    verb: str  #: the command's name
    modality: Modality

    def shares(self, event: Call | Press) -> bool:
        """Whether this puts ideas on the board, which all see, and does not show what was found."""
        return bool(event.args.get("add")) if isinstance(event, Call) else event.key.token in ("add", "edit")

    def from_press(self, press: Press) -> Mapping[str, Value]:
        """Which draft is meant, and what its words were changed to."""
        if press.key.token == INTO:
            return {"heard": press.key.target, "into": True}
        draft = {"heard": press.key.target, "add": ALL[0]} if press.key.target else {}
        return draft | {"text": press.values.get("text", "")}

    def card(self, draft: Brainstorm, title: str, round: Round | None = None, pictures: Sequence[File] = ()) -> Card:
        """What was found, by groups, with what can be done with it.

        Args:
            draft: what was found.
            title: what it is.
            round: one that takes ideas where it was handed in.
            pictures: of what could not be read.
        """
        thoughts = thoughts_of(draft)
        return Card(
            title=title,
            text=listed(thoughts),
            footer=self._footer(thoughts, left_of(draft)),
            controls=self._controls(draft, round),
            files=tuple(pictures),
            private=True,
        )

    def _controls(self, draft: Brainstorm, round: Round | None) -> tuple[Control, ...]:
        """To type in or change what was found; and where some of it was read, to take that as it is."""
        thoughts = thoughts_of(draft)
        count = len(readable(thoughts))
        edit = Key(verb=self.verb, target=draft.id, token="edit")
        label = _("Change them first") if count == len(thoughts) else _("Type them in")
        change = Control(key=edit, label=label, emoji="✏️", asks=True, primary=True)
        if not count:
            return (change,)
        add = ngettext("Put it on the board", "Put all {count} on the board", count).format(count=count)
        return (
            change,
            Control(key=Key(verb=self.verb, target=draft.id, token="add"), label=add, emoji="💡"),
            *into_round(Key(verb=self.verb, target=draft.id, token=INTO), round),
        )

    def _footer(self, thoughts: Sequence[Thought], left: int) -> str:
        """How many more there were, how many could not be read, and what to do."""
        unread = len(thoughts) - len(readable(thoughts))
        more = ngettext(
            "One more was found than fits here. Please send what is left once more, by itself.",
            "{count} more were found than fit here. Please send what is left once more, by itself.",
            left,
        )
        pictured = ngettext(
            "One note could not be read: it is cut out in the picture. Type it in, or leave it out.",
            "{count} notes could not be read: they are cut out in the picture, by number. Type them in, or leave them out.",
            unread,
        )
        footer = _("Nothing of it is on the board yet. Press a button, or type /{command} --add all or --add “1 3”.")
        if unread == len(thoughts):
            footer = _("Nothing of it is on the board yet.")
        said = [more.format(count=left) if left else "", pictured.format(count=unread) if unread else ""]
        return " ".join(filter(None, [*said, footer.format(command=self.verb)]))

    async def settled(self, services: Services, call: Call, reply: Reply) -> bool:
        """Does with a draft what its person asks for: puts it on the board, or into a round. Raises as `added` and `brought`.

        Returns:
            False where nothing of the kind is asked for, but a file is handed in.
        """
        if call.args.get("add"):
            card = await self.added(services.drafts, services.cards, call)
            await services.redrawing.show(reply, card, call.channel)
        elif call.args.get("into"):
            await reply.show(await self.brought(services.drafts, services.contributing, call))
        else:
            return False
        return True

    async def brought(self, drafts: Drafts, contributing: Contributing, call: Call) -> Card:
        """Puts everything in a draft into the round that runs here, where nobody sees it before the reveal.

        Raises:
            Refusal: no round takes ideas here now, or the draft is not this person's.
        """
        draft = await drafts.draft(call.person, call.channel, self.modality, str(call.args.get("heard", "")))
        round = await contributing.rounds.latest(call.channel)
        return in_round(await contributing.bring(call, round, [one.text for one in readable(thoughts_of(draft))]))

    async def form(self, drafts: Drafts, press: Press, title: str) -> Form:
        """For a draft's words, to be changed before they become ideas. Raises as `Drafts.draft`."""
        draft = await drafts.draft(press.person, press.channel, self.modality, press.key.target)
        thoughts = thoughts_of(draft)
        text, fit = written(thoughts, MOST_FORM)
        hint = _("A line that ends with a colon names a group")
        if len(readable(thoughts)) < len(thoughts):
            hint = _("Write over “[picture 1]” what the note says; lines left as they are become no ideas")
        if fit < len(thoughts):
            rest = f"{fit + 1}-{len(thoughts)}"
            hint = _("There is room for {fit} here; for the others type /{command} --add “{rest}”").format(
                fit=fit, command=self.verb, rest=rest
            )
        field = Field(name="text", label=_("The ideas, one a line"), value=text, most=MOST_FORM, multiline=True, hint=hint)
        return Form(key=press.key, title=title, fields=(field,), submit=_("Put them on the board"))

    async def added(self, drafts: Drafts, cards: Cards, call: Call) -> Card:
        """Puts thoughts on the board, as they were found or as they were changed.

        Raises:
            Refusal: none of them can be put there.
        """
        draft = await drafts.draft(call.person, call.channel, self.modality, str(call.args.get("heard", "")))
        typed = str(call.args.get("text", ""))
        picks = picked(thoughts_of(draft), str(call.args["add"]))
        thoughts = thoughts_in(typed) or ([] if typed.strip() else readable(picks))
        if not thoughts:
            raise Refusal(
                _("What is in these pictures is not typed in yet. Press “Type them in” and write it over “[picture 1]”.")
            )
        ideas, left = await drafts.added(call.person, call.channel, thoughts)
        if not ideas:
            raise Refusal("\n".join(dict.fromkeys(left)))
        title = ngettext("One new idea on the board", "{count} new ideas on the board", len(ideas)).format(count=len(ideas))
        if len(ideas) > MAX_IDEAS:
            left = [_("The first {shown} are shown; /board has all.").format(shown=MAX_IDEAS), *left]
        return await cards.several(ideas[:MAX_IDEAS], title, footer="\n".join(dict.fromkeys(left)))


PHOTO = Review(verb="photo", modality="vision")  #: of sticky notes


async def read_photo(photos: Photos, contributing: Contributing, call: Call, file: Upload, reply: Reply) -> None:
    """Reads a photo, and shows what is written in it to who took it. Raises as `Photos.read`."""

    async def watch(progress: Progress) -> None:
        await reply.show(Card(title=_("Reading"), progress=progress, private=True))

    await watch(Progress(doing=_("Reading")))
    found = await photos.read(call.person, call.channel, file, reply, watch)
    round = await contributing.taking(call.channel)
    await reply.show(PHOTO.card(found.draft, _("What is on the notes"), round, found.pictures))


def readable(thoughts: Sequence[Thought]) -> list[Thought]:
    """Those whose words are known."""
    return [one for one in thoughts if not one.picture]


def into_round(key: Key, round: Round | None) -> tuple[Control, ...]:
    """What puts ideas into a round in which they are being written; nothing where there is none."""
    if round is None:
        return ()
    return (Control(key=key, label=_("Into the round, until the reveal"), emoji="✍️"),)


def in_round(count: int) -> Card:
    """That ideas are kept in a round."""
    kept = ngettext("Kept until the reveal.", "All {count} are kept until the reveal.", count).format(count=count)
    return Card(text=kept, private=True)


def listed(thoughts: Sequence[Thought]) -> str:
    """Thoughts with their numbers, each group below its heading."""
    parts: list[str] = []
    number = 0
    for group, ones in groupby(thoughts, key=lambda one: one.group):
        lines = [group + COLONS[0]] if group else []
        for one in ones:
            number += 1
            lines.append(f"{number}. {one.shown}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def picked(thoughts: list[Thought], which: str) -> list[Thought]:
    """Those that `all`, or numbers such as `1 3` or `2-4`, mean.

    Raises:
        Refusal: they are no such numbers.
    """
    if which.strip().lower() in ALL:
        return thoughts
    numbers: list[int] = []
    for first, last in re.findall(r"(\d{1,3})(?:\s*[-–]\s*(\d{1,3}))?", which):
        numbers += range(int(first), int(last or first) + 1)
    wrong = [number for number in numbers if not 1 <= number <= len(thoughts)]
    if wrong or not numbers:
        raise Refusal(_("Which of them? There are {count}: write “all”, or numbers such as “1 3”.").format(count=len(thoughts)))
    return [thoughts[number - 1] for number in dict.fromkeys(numbers)]
