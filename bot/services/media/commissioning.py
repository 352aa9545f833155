"""From a command for media to a commission: which idea or words it is about, which files came with it, what it is made with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.errors import Refusal
from bot.domain.ideas import Idea, IdeaId, Prompt
from bot.domain.modalities import Modality
from bot.messages import Call, File, Upload
from bot.ports import Reply
from bot.services.chinese import simplified
from bot.services.ideas.answering import Answering
from bot.services.ideas.finding import Finding
from bot.services.media import uploads
from bot.services.media.changes import PIXELS as PIXEL_ART
from bot.services.media.making import Making
from bot.services.media.ordered import PIXELS, UNREAD, engine_options
from bot.services.media.worded import worded
from bot.services.talk.heard import HEARD, INSTEAD
from bot.words import _, in_quotes

MOST_SEEN = 300  # characters of what a picture shows; more would crowd the topic out of a small model's attention
MOST_READ = 120  # of them for what is written on it: a slogan, not a page
MOST_FILES = 2  # a picture, and a second one: whose style it gets, or which part of it is meant
OF_PICTURES = ("paint", "variants", "img2img", "inpaint", "upscale")  #: what the image engine does with a picture


@dataclass(frozen=True, slots=True)
class Handed:
    """Files that came with a command, and how they are looked at."""

    files: tuple[Upload, ...]
    check: Callable[[Upload], Awaitable[File]]


class Ordering:
    """Takes commands for media."""

    def __init__(self, *, finding: Finding, answering: Answering, making: Making) -> None:
        self.finding = finding
        self.answering = answering
        self.making = making

    def pictures(self, call: Call, *params: str) -> Handed:
        """The pictures that came with a command, in the order of its arguments."""
        return Handed(_handed(call, params), uploads.picture)

    def notes(self, call: Call, param: str) -> Handed:
        """The notes that came with a command."""
        return Handed(_handed(call, (param,)), uploads.notes)

    async def seen(self, call: Call, param: str) -> dict[str, str]:
        """What a picture that came with a command shows, as an option of a prompt for words; nothing when none came.

        Raises:
            Refusal: the file cannot be used, or nothing here can look at pictures.
        """
        handed = self.pictures(call, param)
        if not handed.files:
            return {}
        file = await handed.check(handed.files[0])
        facts = await self.making.looked_at(file)
        parts = [str(facts[name]) for name in ("label", "words") if facts.get(name)]
        parts += [in_quotes(str(facts["text"])[:MOST_READ])] if facts.get("text") else []
        parts += [str(facts["colour_names"])] if facts.get("colour_names") else []
        description = ", ".join(parts) or str(facts.get("sentence", ""))
        return {"picture": description[:MOST_SEEN]} if description else {}

    async def make(
        self,
        modality: Modality,
        call: Call,
        reply: Reply,
        *,
        options: Mapping[str, str],
        count: int,
        uploads: Handed | None = None,
    ) -> None:
        """Commissions media and shows them.

        Args:
            modality: of what is made.
            call: the command: `what` is an idea or words, `count` how many.
            reply: where it is shown.
            options: the engine's options by name, each with the command's argument that gives it.
            count: works made when the person named no number.
            uploads: files handed in.

        Raises:
            Refusal: there is nothing to make something of, or a file cannot be used; nothing was made.
        """
        files = [await uploads.check(one) for one in uploads.files] if uploads else []
        idea, text = await self.finding.subject(call.channel, str(call.args.get("what", "")))
        choices = {name: str(call.args[arg]) for name, arg in options.items() if str(call.args.get(arg, "")).strip()}
        if idea is not None and idea.modality != "text":
            text, choices, before = await self._variant(modality, idea, choices)
            files = [*before, *files] if choices.get("task") == "inpaint" else files or before
        text = text or ", ".join(file.name for file in files) or choices.get("notes", "")
        if modality == "image" and not files and self.making.drawn:
            text, choices = _read(text, choices) if idea is None else (text, choices)
            choices |= {INSTEAD: str(call.args["said"])} if "said" in call.args else {}
        if not text:
            raise Refusal(_("Of what? Name an idea by its number, write some words, or attach a file."))
        prompt = Prompt(
            text=text, count=int(call.args.get("count", count)), modality=modality, options=tuple(sorted(choices.items()))
        )
        parents: tuple[IdeaId, ...] = (idea.id,) if idea is not None else ()
        await self.answering.make(call.channel, call.person, prompt, reply, parents=parents, files=files)

    async def _variant(
        self, modality: Modality, idea: Idea, choices: Mapping[str, str]
    ) -> tuple[str, dict[str, str], list[File]]:
        """The words that a work was made of; and where it is of the same kind, also the options and files.

        Where something is to be done with a picture, the files are that picture itself.
        """
        prompt = await self.finding.topic(idea)
        if idea.modality != modality or idea.brainstorm is None:
            return prompt.text, dict(choices), []
        if choices.get("task") in OF_PICTURES:
            attachments = await self.making.files(idea.channel.team, idea.id)
            return prompt.text, dict(choices), [file for file in attachments if file.media_type.startswith("image/")][:1]
        files = await self.making.files(idea.channel.team, idea.brainstorm)
        before = engine_options(prompt)  # another one, unless its seed is named again
        return prompt.text, before | dict(choices), list(files)


def _read(text: str, choices: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The words without the styles and colours in them, which would be written on the picture; and those as options."""
    read = worded(text)
    found = {name: value for name, value in read.options if name not in choices}
    told = dict(choices) | found
    told |= {HEARD: " ".join(found)} if found else {}
    told |= {INSTEAD: PIXELS} if found.get("style") == "mosaic" and PIXEL_ART.search(simplified(text.casefold())) else {}
    told |= {UNREAD: ", ".join(read.unread)} if read.unread else {}
    return read.text, told


def _handed(call: Call, params: Sequence[str]) -> tuple[Upload, ...]:
    uploads = sorted(call.uploads, key=lambda file: params.index(file.param) if file.param in params else 0)
    if any(call.args.get(param) for param in params) and not uploads:
        raise Refusal(_("Please attach the file to your message; here its name alone says nothing."))
    if len(uploads) > MOST_FILES:
        raise Refusal(_("At most {most} files can be attached; there are {count}.").format(most=MOST_FILES, count=len(uploads)))
    return tuple(uploads)
