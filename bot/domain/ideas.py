"""Prompts, ideas and the brainstorms they come from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from bot.domain.errors import InvalidPrompt, MuselabError
from bot.domain.modalities import TEXT, Modality
from bot.words import _, ngettext

IdeaId = NewType("IdeaId", str)  #: 24 hex digits: 12 of the time in ms, 12 random; sorts by time
BrainstormId = NewType("BrainstormId", str)  #: likewise

#: What made an idea of the shipped idea bank, as a version of the model is named; see `generators.bank`.
BANKED = "idea-bank"
MAX_IDEAS = 10  # a Discord components-v2 message holds 40 components; ten ideas with their buttons need most of them
MAX_TOPIC = 1000  # characters; a small model's context is 2 048 tokens and the few-shot part takes a third of it
MAX_FEATURES = 256  # numbers; no engine has a quarter of it, and a stored one is read with every idea
MAX_IDEA = 400  # characters; ten such ideas still fit one Discord message of 4 000 characters of text
MAX_STYLE = 80  # characters; a style is a few words ("dry humour"), and a longer one crowds out the topic
MAX_OPTION = 1000  # characters of an audience, of what a picture shows, of notes to play; as many as a topic has

Operation = Literal["fresh", "more", "remix", "spin", "polish"]
#: "unsigned": of an anonymous round: nobody is told who wrote it, nor whether a person or the model did.
Origin = Literal["fresh", "more", "remix", "spin", "polish", "edit", "human", "unsigned"]
SlotKind = Literal["exploit", "explore"]
State = Literal["running", "done", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Person:
    """Somebody on one platform; all we keep of them is this pair."""

    platform: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Team:
    """A Discord guild, a Slack workspace, the people at one terminal. Nothing crosses it but rounds over a bridge."""

    platform: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Channel:
    """One conversation of a team."""

    team: Team
    id: str


def clean(text: str) -> str:
    """One line of plain text: control and invisible formatting characters gone, white space folded, NFC.

    Joiners that scripts and emoji need (U+200C, U+200D) stay. Unpaired surrogates, which no database stores, go.
    """
    chars = (
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or char in "\u200c\u200d" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join("".join(chars).split())


def within(text: str, limit: int, *, what: str, error: type[MuselabError] = InvalidPrompt) -> str:
    """`text` cleaned, when it is neither empty nor longer than `limit` characters.

    Raises:
        error: it is; the message says what was wrong, what is allowed and what to do. Nothing is cut silently.
    """
    tidy = clean(text)
    if not tidy:
        raise error(_("{what} is empty. Please write something.").format(what=what))
    if len(tidy) > limit:
        raise error(
            _("{what} has {length} characters; at most {limit} are allowed. Please shorten it.").format(
                what=what, length=len(tidy), limit=limit
            )
        )
    return tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What somebody asked for. Validates itself.

    Raises:
        InvalidPrompt: empty or over-long topic, a count outside 1..10, an over-long style, tone or detail.
    """

    text: str
    count: int = 5
    style: str = ""
    modality: Modality = TEXT
    language: str = "en"  #: of the ideas: "en" or "zh"
    operation: Operation = "fresh"
    about: tuple[str, ...] = ()  #: texts of the ideas that more, remix, spin and polish start from
    options: tuple[tuple[str, str], ...] = ()  #: what else was said, by name: audience, level; of media: layout, tempo, voice …
    kind: str = ""  #: of task, one of the generator's recipes ("copy", "haikus"); empty: told by the topic's words
    tone: str = ""  #: mood or tone of voice: "warm", "ironic"

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", within(self.text, MAX_TOPIC, what=_("The topic")))
        if not 1 <= self.count <= MAX_IDEAS:
            raise InvalidPrompt(
                ngettext(
                    "You asked for {count} idea; between 1 and {most} are possible.",
                    "You asked for {count} ideas; between 1 and {most} are possible.",
                    self.count,
                ).format(count=self.count, most=MAX_IDEAS)
            )
        if self.style:
            object.__setattr__(self, "style", within(self.style, MAX_STYLE, what=_("The style")))
        if self.tone:
            object.__setattr__(self, "tone", within(self.tone, MAX_STYLE, what=_("The tone")))
        options = tuple((name, within(text, MAX_OPTION, what=name.capitalize())) for name, text in self.options if text)
        object.__setattr__(self, "options", options)

    def option(self, name: str) -> str:
        """What was said under that name; empty when nothing was."""
        return dict(self.options).get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a generator yields: a text with no identity yet."""

    text: str
    logprob: float | None = None  #: mean per token under the sampling model, nats; None where the engine gives none
    relevance: float | None = None  #: mean per token, log p(text | task) - log p(text | neutral task), nats
    judged: float | None = None  #: log-odds by which the model finds it good itself; None where it was not taught to; not logged
    tokens: int = 0  #: tokens of the text
    broken: str | None = None  #: why the text as generated cannot be an idea (cut, empty, an example's copy), else None
    model: str | None = None  #: version that made it, empty for the base; None where the generator does not say
    kind: str = ""  #: what a small model was shown examples of: "names", "ways"; empty: an instruction, or not known; not logged
    formed: bool = False  #: it is a fixed form with words in its places, which the model did not write; not logged
    recalled: float | None = None  #: of the idea bank: log-odds that it is usable under this topic; None: of no bank; not logged
    apart: str = ""  #: what of it is not the topic's own words, where some are set in; ideas are compared by this; not logged
    decoding: str = ""  #: how it was drawn, as a JSON object: seed, temperature, min_p, max_tokens; empty where not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A draft and what became of it. Every draft is logged, shown or not: learning needs both."""

    brainstorm: BrainstormId
    draft: Draft
    verdict: str  #: "shown", "kept" (good, not chosen) or why it was dropped: "broken", "unsafe", "off-topic", "repeat"
    score: float | None = None  #: the ranker's score when it was judged, -1..+1
    idea: IdeaId | None = None  #: set when it was shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """A work in numbers, for taste to learn from. Only those of one name can be compared."""

    name: str  #: what was measured, and in which version: "looks/1"
    values: tuple[float, ...]  #: each -1..+1; as many for every work measured so

    def __post_init__(self) -> None:
        if not self.name or not 0 < len(self.values) <= MAX_FEATURES or not all(-1.0 <= value <= 1.0 for value in self.values):
            raise ValueError(f"Features are 1 to {MAX_FEATURES} numbers between -1 and +1, with a name.")

    @classmethod
    def of(cls, name: str, values: Iterable[float]) -> Features:
        """What was measured, cut to -1..+1; four digits say more than it means."""
        return cls(name=name, values=tuple(round(min(1.0, max(-1.0, float(value))), 4) for value in values))

    @classmethod
    def of_list(cls, items: Sequence[str | float]) -> Features:
        """What `listed` gave.

        Raises:
            ValueError, TypeError: it is something else.
        """
        name, *values = items
        return cls(name=str(name), values=tuple(map(float, values)))

    @property
    def listed(self) -> list[str | float]:
        """The name, then the numbers: how they travel and are stored."""
        return [self.name, *self.values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """A draft people can point at, or a person's own."""

    id: IdeaId
    brainstorm: BrainstormId | None  #: None for an idea that a person added by hand outside any brainstorm
    channel: Channel
    number: int  #: 1, 2, 3 … within the channel: what people type
    text: str
    origin: Origin
    parents: tuple[IdeaId, ...] = ()
    author: Person | None = None  #: the person who wrote it; None when a model did
    asker: Person | None = None  #: the person whose command made it; None after that person's data were deleted
    model: str = ""  #: model version; empty for a person's idea
    slot: int = 0  #: place on the card, 0 = top
    slot_kind: SlotKind = "exploit"
    created_at: datetime  #: aware, UTC
    modality: Modality = TEXT
    traits: tuple[tuple[str, str], ...] = ()  #: of media, what can be liked about it: layout, palette, voice …, by name
    features: Features | None = None  #: of media, the same in numbers; None for texts, and where the engine measured nothing
    hidden: bool = False  #: taken off the board; found by its number, for who shows it again, and in no list

    @property
    def signed(self) -> Person | None:
        """The person whom everybody is told to have written it."""
        return None if self.origin == "unsigned" else self.author


@dataclass(frozen=True, slots=True, kw_only=True)
class Brainstorm:
    """One request and its provenance: enough to make the same ideas again."""

    id: BrainstormId
    channel: Channel
    asker: Person | None  #: None after that person's data were deleted
    prompt: Prompt | None  #: None after that person's data were deleted
    parents: tuple[IdeaId, ...] = ()
    model: str  #: version the team is served with; empty for the base
    canary: str = ""  #: version tried blind beside it, which made some of the ideas; empty: none
    seed: int
    locale: str = "en"  #: the language its card speaks, one of `bot.words.LOCALES` or `CONVERTED`
    address: str = ""  #: where its card is, in the adapter's own words; empty until shown
    back: str = ""  #: how who asked can still be answered, in the adapter's own words; empty: in the channel only
    holder: str = ""  #: who works on it; whoever takes it up writes a name of their own here, and the one before writes no more
    state: State = "running"
    created_at: datetime  #: aware, UTC
    finished_at: datetime | None = None
    leased_until: datetime | None = None  #: a living process works on it until then; later, anybody may take it up
