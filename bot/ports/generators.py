"""What makes ideas, media and phrases."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.domain.ideas import (
    Draft,
    Features,
    Prompt,
    Team,
)
from bot.domain.modalities import Modality
from bot.messages import File, Progress, Value

if TYPE_CHECKING:  # the generation service is started before numpy is imported
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a generator is asked for."""

    prompt: Prompt
    candidates: int  #: drafts wanted, more than will be shown
    seed: int
    model: str  #: model version id: the base's name or an adapter's
    team: Team  #: for fair sharing between teams; never sent further than the generation service
    liked: tuple[str, ...] = ()  #: the team's best ideas for like topics, best first, as examples to follow
    avoid: tuple[str, ...] = ()  #: texts that need not come again
    material: tuple[str, ...] = ()  #: what the team's own documents say of it, each with its source
    #: ideas that are chosen from its drafts; a generator may add drafts where fewer are worth a look. 0: not said
    wanted: int = 0
    alone: bool = False  #: versions are compared by these drafts, so that nothing may be among them that no version made
    #: ideas that are known to be good may do without drafts, where there are enough: no round came before, and nothing is learned
    #: yet by which more of them could be told apart
    known_do: bool = False
    adapter: str = ""  #: content hash of the model version's own weights; empty: it has none, as the base


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether a generator can work, in words a person can read."""

    ready: bool
    doing: str  #: "ready", "loading SmolLM2-135M-Instruct", or what is wrong and what to do
    done: float | None = None  #: share of the loading done, 0..1; None when unknown
    model: str = ""  #: base model's name, once known
    failed: bool = False  #: waiting will not help: it cannot be reached, or cannot load what it was told to


class Generator(Protocol):
    """Makes drafts of ideas, and vectors of texts."""

    async def health(self) -> Health:
        """Whether drafts can be had now. Never raises."""
        ...

    def draft(self, order: Order) -> AsyncIterator[Draft]:
        """Yields drafts as they are finished, `order.candidates` at most, broken ones (with the reason) included.

        The same order gives the same drafts, whatever else the service is doing. Closing the iterator cancels the work.
        A version that cannot be loaded is stood in for by the base, never by another version; each draft says who made it.

        Raises:
            GeneratorDown: the service cannot be reached, died, or refuses to work now.
            Refusal: it will never do this (an unknown model, a topic too long for it).
        """
        ...

    async def oversampling(self, prompt: Prompt) -> float:
        """How many times as many drafts an idea pay here as usually: more where they are short and cheap.

        Raises:
            WrongLanguage: as far as is known, it will never write for this prompt.
        """
        ...

    @property
    def encoder(self) -> str:
        """What made the latest vectors, by name and version; vectors of another cannot be compared with them. "": nothing yet."""
        ...

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """One unit-length row per text, shape (len(texts), dimensions); None where the service has no embeddings.

        Raises:
            GeneratorDown: as above.
        """
        ...

    async def close(self) -> None:
        """Gives back connections. Safe to call twice."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """What a maker of pictures, tunes, speech and pitches is asked for."""

    modality: Modality
    text: str = ""  #: what to show, the mood to play, the words to say
    options: Mapping[str, Value] = field(default_factory=dict)  #: layout, style, tempo, voice …; an engine knows its own
    attachments: tuple[File, ...] = ()  #: files handed in, checked as far as that is possible without opening them
    count: int = 1  #: different versions wanted
    seed: int = 0
    language: str = "en"  #: of the person who asked, for what is said about the works


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One finished work."""

    files: tuple[File, ...]  #: the one to show or play first comes first
    alt: str  #: what a picture shows or a sound says, for who cannot see or hear it
    traits: Mapping[str, str] = field(default_factory=dict)  #: what can be liked about it: layout, palette, style, voice …
    facts: Mapping[str, Value | float] = field(default_factory=dict)  #: measured: seconds, width, tempo, loudness …
    features: Features | None = None  #: the work in numbers that taste is learned from; None: not measured


class Maker(Protocol):
    """Makes media."""

    def make(self, commission: Commission) -> AsyncGenerator[Progress | Made, None]:
        """Yields steps, and works as they are finished. The same commission gives the same works. Closing the iterator cancels.

        Raises:
            GeneratorDown: the service cannot be reached, died, or cannot work now.
            Refusal: it will never do this as asked; the message is a sentence for the person.
        """
        ...

    async def close(self) -> None:
        """Gives back connections. Safe to call twice."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One way in which a generator asks a model for an idea: what a tuner shows the model before the idea."""

    prompt: str = ""  #: plain text to continue; empty: `messages` are
    messages: tuple[Mapping[str, str], ...] = ()
    opening: str = ""  #: the beginning of the answer, already written for the model
    kept: bool = False  #: the opening is part of the idea; ideas that begin otherwise can be taught without any opening
    before: str = ""  #: what the model writes before the idea: a space after "You could"
    after: str = ""  #: what it writes after the idea: the closing quote, the line's end; empty: it only ends
    small: bool = False  #: the idea goes on in the middle of a sentence, so it begins with a small letter
    listed: bool = False  #: its lines, which slashes part, are written as a numbered list that the prompt has begun
    stop: tuple[str, ...] = ("\n",)
    max_tokens: int = 48
    temperature: float = 1.0
    min_p: float = 0.08


class Phrasing(Protocol):
    """How a generator words what it asks of a model, so that a model is tuned on just what it will be asked."""

    def phrase(self, prompt: Prompt, *, seed: int, told: bool = True) -> Phrase:
        """One of the ways in which ideas for a prompt are asked for, drawn with the seed.

        Args:
            prompt: what was asked.
            seed: draws among the ways.
            told: whether the words of the topic may be shown; else the phrase only says what kind of thing is wanted.
        """
        ...

    def answer(self, phrase: Phrase, idea: str) -> str:
        """How the model would have written an idea after a phrase, up to where it ends."""
        ...

    def idea(self, phrase: Phrase, prompt: Prompt, written: str, *, finished: bool) -> Draft:
        """The idea in what the model wrote after a phrase, or why there is none in it.

        Args:
            phrase: what the model continued.
            prompt: what was asked.
            written: what it wrote, cut where the first of `phrase.stop` begins.
            finished: it came to its end; False: it was cut at the limit on length.
        """
        ...
