"""What the core needs from the world: the ports that adapters, generators, storage and learning fill."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bot.domain.feedback import Feedback, Score
from bot.domain.ideas import (
    Brainstorm,
    BrainstormId,
    Candidate,
    Channel,
    Draft,
    Features,
    Idea,
    IdeaId,
    Modality,
    Person,
    Prompt,
    State,
    Team,
)
from bot.domain.models import ChannelSettings, ModelVersion, Tuning
from bot.messages import Call, Card, File, Form, Press, Progress, Value


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Now, aware, UTC."""
        ...


# ---------------------------------------------------------------------------------------------- generators


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


# ---------------------------------------------------------------------------------------------- storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A file as it is kept, without its bytes."""

    owner: str  #: id of the idea that it is, or of the brainstorm it was handed in with
    place: int  #: among the owner's files, 0 = the one to show or play first
    name: str
    media_type: str
    digest: str  #: SHA-256 of the bytes, hexadecimal; the file's address within its team
    size: int  #: bytes
    alt: str  #: what it shows or says
    made_at: datetime  #: aware, UTC


class MediaStore(Protocol):
    """Keeps files by what is in them, each team's apart: a digest of another team's is an unknown digest."""

    async def keep_media(self, team: Team, owner: str, files: Sequence[File], at: datetime) -> None:
        """Keeps an owner's files, in their order, in the place of those it had."""
        ...

    async def media(self, team: Team, owners: Sequence[str]) -> Mapping[str, tuple[Medium, ...]]:
        """The files of each owner that has any, by place."""
        ...

    async def content(self, team: Team, digest: str) -> bytes | None:
        """The bytes of one of the team's files."""
        ...

    async def drop_media(self, team: Team, owners: Sequence[str]) -> int:
        """Deletes owners' files; bytes that nothing else of the team refers to are gone. How many files that were."""
        ...

    async def media_used(self, team: Team) -> int:
        """Bytes that the team's files take; what two of them share counts once."""
        ...

    async def spare_media(self, team: Team, before: datetime) -> list[str]:
        """Owners whose files were kept before a moment and that nobody has said anything good of, the oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything stored about one person in one team."""

    brainstorms: tuple[Brainstorm, ...]  #: they asked for
    ideas: tuple[Idea, ...]  #: they wrote
    feedback: tuple[Feedback, ...]  #: they gave
    media: tuple[Medium, ...] = ()  #: files they handed in, or asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What deleting a person's data removed."""

    topics: int  #: brainstorms whose asker and topic were blanked
    ideas: int  #: ideas and edits they wrote, deleted with everybody's votes on them
    feedback: int  #: votes deleted
    media: int = 0  #: files deleted: handed in by them, made for them, or made of what they wrote


class Store(MediaStore, Protocol):
    """Keeps what people asked, got and said.

    Every read names its team or channel and sees nothing of another team's: a foreign id is an unknown id. Every write is one
    transaction. Any method may raise `StoreDown` (the database cannot be reached, is full, read-only or locked for too long).
    """

    async def open(self) -> None:
        """Connects and checks the schema.

        Raises:
            Misconfigured: the database is newer or older than this version of Muselab, or is not Muselab's at all.
        """
        ...

    async def close(self) -> None:
        """Gives back connections. Safe to call twice."""
        ...

    # events

    async def first_time(self, event: str, at: datetime) -> bool:
        """Records a platform's event id; False when it was there already. Ids older than a day may be dropped."""
        ...

    # brainstorms

    async def begin(self, brainstorm: Brainstorm) -> None:
        """Stores the header of a brainstorm before the model works."""
        ...

    async def place(self, brainstorm: BrainstormId, address: str) -> None:
        """Records where a brainstorm's card is, so that it can be found by and after a restart."""
        ...

    async def finish(self, brainstorm: BrainstormId, state: State, at: datetime) -> None:
        """Ends a brainstorm."""
        ...

    async def brainstorm(self, team: Team, id: BrainstormId) -> Brainstorm | None:
        """One brainstorm of the team."""
        ...

    async def at_address(self, team: Team, address: str) -> Brainstorm | None:
        """The brainstorm whose card is at `address`."""
        ...

    async def brainstorms(self, channel: Channel, *, limit: int) -> list[Brainstorm]:
        """The channel's latest brainstorms, newest first."""
        ...

    async def asked(self, place: Team | Channel, since: datetime, person: Person | None = None) -> tuple[int, datetime | None]:
        """How many brainstorms were begun at a place since a moment, by everybody or by one person, and when the first was."""
        ...

    async def lease(self, brainstorm: BrainstormId, until: datetime) -> None:
        """Says that this process is alive and works on it until then."""
        ...

    async def take_up(self, now: datetime, until: datetime) -> list[Brainstorm]:
        """Takes every running brainstorm whose lease has ended, whoever began it, and leases it until `until`.

        Two processes that call at once never both get the same one. A running brainstorm without a lease counts as ended.
        """
        ...

    # ideas

    async def add(self, idea: Idea) -> Idea:
        """Stores an idea and gives it the channel's next number (`idea.number` is ignored).

        Storing an id twice keeps the first and returns it as stored. Numbers are never given twice, also when many add at once.
        """
        ...

    async def log(self, candidates: Sequence[Candidate]) -> None:
        """Appends to the log of everything that was generated."""
        ...

    async def candidates(self, team: Team, brainstorm: BrainstormId) -> list[Candidate]:
        """The logged candidates of one brainstorm, in the order they were logged."""
        ...

    async def idea(self, team: Team, id: IdeaId) -> Idea | None:
        """One idea of the team."""
        ...

    async def numbered(self, channel: Channel, number: int) -> Idea | None:
        """One idea of the channel, by the number people type."""
        ...

    async def ideas_of(self, team: Team, brainstorm: BrainstormId) -> list[Idea]:
        """The ideas shown for one brainstorm, by slot."""
        ...

    async def ideas(self, channel: Channel, *, limit: int = 1000) -> list[Idea]:
        """The channel's ideas, newest first."""
        ...

    async def team_ideas(self, team: Team, *, limit: int = 1000) -> list[Idea]:
        """The team's ideas over all its channels, newest first."""
        ...

    # feedback

    async def hear(self, team: Team, feedback: Feedback) -> Feedback | None:
        """Stores somebody's current opinion and returns the one it replaced. A value of 0 withdraws: nothing stays.

        Raises:
            UnknownIdea: the team has no such idea.
        """
        ...

    async def feedback(self, team: Team, ideas: Sequence[IdeaId]) -> list[Feedback]:
        """Everybody's current opinions of these ideas, any order."""
        ...

    # people

    async def about(self, team: Team, person: Person) -> Kept:
        """Everything stored about a person in a team."""
        ...

    async def forget(self, team: Team, person: Person) -> Forgotten:
        """Deletes a person's feedback and the ideas they wrote, and blanks their topics, in one transaction.

        The team's versions that learned from any of that forget it, and count it in `ModelVersion.forgotten`.
        """
        ...

    # settings and versions

    async def settings(self, channel: Channel) -> ChannelSettings:
        """What the channel has settled; all defaults when nothing."""
        ...

    async def settle(self, channel: Channel, settings: ChannelSettings) -> None:
        """Stores what the channel has settled."""
        ...

    async def versions(self, team: Team) -> list[ModelVersion]:
        """The team's model versions and the base's, which are everybody's, newest first."""
        ...

    async def keep_version(self, version: ModelVersion) -> None:
        """Stores a version, or changes what became of a stored one (stage, metrics …); a new live one retires the last."""
        ...

    # tuning

    async def teams(self) -> list[Team]:
        """Every team that has ideas, sorted. For the host's own work only: what one team sees never depends on it."""
        ...

    async def tunings(self, team: Team, *, limit: int = 20) -> list[Tuning]:
        """The team's tuning runs, newest first."""
        ...

    async def take_tuning(self, new: Tuning, now: datetime) -> Tuning | None:
        """Begins a run, or takes up the team's running one whose lease has ended; None while somebody works on one.

        Two processes that call at once never both get one.
        """
        ...

    async def keep_tuning(self, tuning: Tuning) -> bool:
        """Stores where a run is; False when it is not `tuning.holder`'s any more, or somebody else has ended it."""
        ...

    async def cancel_tuning(self, team: Team) -> bool:
        """Ends the team's running run, which its process finds out at its next `keep_tuning`; whether there was one."""
        ...

    async def untold_tunings(self) -> list[Tuning]:
        """Runs, of any team, of whose state its admins have not heard, oldest first. For the host's own work only, as `teams`."""
        ...

    async def tell_tuning(self, tuning: Tuning) -> None:
        """Notes that a run's admins have heard of its state as it is here. Nothing else writes `told`."""
        ...


class Adapters(Protocol):
    """Keeps LoRA adapters on disk by the hash of what is in them. Only whole ones are ever seen."""

    def keep(self, folder: Path, manifest: Mapping[str, Any]) -> str:
        """Takes an adapter in and names it by its content; keeping the same one twice changes nothing.

        Args:
            folder: holds `adapter_config.json` and `adapter_model.safetensors`, as PEFT writes them.
            manifest: what the adapter came from; written last, so an adapter without it is none.

        Raises:
            BrokenWeights: the folder holds no adapter.
            OSError: the disk is full, or cannot be written.
        """
        ...

    def folder(self, name: str) -> Path:
        """Where a kept adapter lies, once its content has been checked against its name.

        Raises:
            BrokenWeights: there is none of that name, or it is damaged.
        """
        ...

    def manifest(self, name: str) -> Mapping[str, Any]:
        """What a kept adapter came from.

        Raises:
            BrokenWeights: as above.
        """
        ...

    def names(self) -> tuple[str, ...]:
        """All kept adapters, sorted."""
        ...

    def sweep(self, keep: Collection[str]) -> tuple[str, ...]:
        """Deletes the adapters that are not in `keep`, and what killed processes left; the names of those deleted.

        An adapter younger than an hour stays, as its version may not be stored yet.
        """
        ...


class Styles(Protocol):
    """Keeps one image style a team: the weights of an image LoRA, and a note of what it was learnt from."""

    def keep(self, team: Team, weights: Path, note: Mapping[str, Any]) -> None:
        """Takes a style in; the team's former one goes.

        Args:
            team: whose.
            weights: a safetensors file, which is moved.
            note: `base`, the model it fits; `pictures`, ids of the works it was learnt from; and what else is worth knowing.
        """
        ...

    def note(self, team: Team) -> Mapping[str, Any] | None:
        """The note of the team's style; None when it has none."""
        ...

    def name(self, team: Team) -> str:
        """Name of the file of weights in the folder of styles."""
        ...

    def drop(self, team: Team) -> None:
        """Deletes the team's style, if it has one."""
        ...


# ---------------------------------------------------------------------------------------------- learning


class Ranker(Protocol):
    """Scores ideas by what people said of them."""

    def score(self, ideas: Sequence[IdeaId], feedback: Sequence[Feedback]) -> Mapping[IdeaId, Score]:
        """A score for every idea, those without feedback included.

        One more positive opinion never lowers an idea, one more negative never raises it; the order of `feedback` is irrelevant.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An idea in the log that taste is learned from, and what it answers."""

    idea: Idea
    prompt: Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What one team was shown, and what the generator's embedder makes of it."""

    entries: tuple[Entry, ...]
    #: Of the texts, unit length, shape (len(entries), dimensions), 0 for media, which bring their own; None: nothing embeds.
    vectors: NDArray[np.float32] | None
    topics: Mapping[str, NDArray[np.float32]]  #: of the topics' texts, unit length; empty: nothing embeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that moves an idea's score."""

    what: str  #: "votes", "meaning", "originality", "length", "wording", "topic"; of media "votes", "looks", "sounds", "others"
    amount: float  #: of the score, -1..+1; the reasons of an idea and 0 add up to its score


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How far a forecast has earned belief for a kind of task."""

    kind: str
    accuracy: float | None  #: share of pairs of ideas for unseen topics ordered rightly; None: too little to test it
    error: float  #: its standard error
    topics: int  #: of this kind
    trusted: bool  #: whether the forecast has any weight


class Taste(Ranker, Protocol):
    """What was learned of one team's taste. Scores the ideas it learned from with their forecast, others by votes alone."""

    @property
    def version(self) -> str:
        """Names what it was learned from: the same log and votes give the same version."""
        ...

    def refit(self, feedback: Sequence[Feedback]) -> Taste:
        """The same with the votes as they stand now: quick, but still no work for the event loop."""
        ...

    def foretell(
        self, prompt: Prompt, texts: Sequence[str], vectors: NDArray[np.float32] | None, person: Person | None = None
    ) -> NDArray[np.float64] | None:
        """What votes on new ideas for a prompt will be, -1..+1, shape (len(texts),); None where that has earned no weight.

        With a `person`, what that person's vote will be, where they have voted enough.
        """
        ...

    def trust(self, prompt: Prompt) -> Trust:
        """How far forecasts are believed for this kind of task."""
        ...

    def reasons(self, idea: IdeaId, feedback: Sequence[Feedback]) -> Sequence[Reason]:
        """What moved an idea's score, the strongest first; only "votes" for an idea whose forecast has no weight."""
        ...


@runtime_checkable
class Learner(Protocol):
    """A ranker that can learn a team's taste."""

    def learn(self, log: Log, feedback: Sequence[Feedback]) -> Taste:
        """Learns anew: up to half a minute for tens of thousands of ideas, so never on the event loop."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Where a trial of a new version against the old one stands."""

    new: int  #: comparisons that the new version won
    old: int  #: that the old one won
    favour: float  #: evidence that the new one is better, as a factor; decides at 20
    against: float  #: likewise that it is worse
    low: float  #: share that the new one wins, at least
    high: float  #: at most; together they hold with a chance of 95 % however often one looks
    decision: str = ""  #: "won", "lost", "even"; empty: none yet


class Trial(Protocol):
    """Weighs comparisons of a new version of the model with the old one."""

    def __call__(self, won: Sequence[bool]) -> Balance:
        """Where it stands; `won`: for each comparison, in the order drawn, whether the new one won it."""
        ...


# ---------------------------------------------------------------------------------------------- chats


class Reply(Protocol):
    """Answers one call or press. Made by an adapter, used by the desk, the commands and the services."""

    @property
    def address(self) -> str:
        """Where the shown card is, for `Chat.at`; empty before `show`."""
        ...

    async def ack(self, *, private: bool = False) -> None:
        """Tells the platform within its 3 seconds that an answer is coming. Safe to call twice."""
        ...

    async def show(self, card: Card) -> None:
        """Shows the card as this answer's message; a second call changes that message.

        The adapter may drop intermediate cards to keep within the platform's rates, never the last one.
        """
        ...

    async def tell(self, card: Card) -> None:
        """Shows a further, private message to the person who asked."""
        ...


class Front(Protocol):
    """What an adapter hands events to: the desk."""

    async def call(self, call: Call, reply: Reply) -> None:
        """Serves one command. Never raises; what goes wrong becomes words for the person."""
        ...

    async def press(self, press: Press, reply: Reply) -> None:
        """Serves one control, form or reaction. Never raises."""
        ...

    async def form(self, press: Press) -> Form | Card:
        """The form that a control with `asks` opens, quick enough to open it; or a card that says why not."""
        ...

    async def suggest(self, channel: Channel, command: str, param: str, typed: str) -> list[tuple[str, str]]:
        """Up to 25 (label, value) completions for a command's argument. Never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that `muselab doctor` looked at."""

    what: str
    ok: bool | None  #: None: not used here, so neither right nor wrong
    say: str  #: what it is, or what is missing and how to get it


class Chat(Protocol):
    """A chat platform, connected."""

    @property
    def name(self) -> str:
        """The platform's name: its file's name in `adapters`."""
        ...

    @property
    def changes(self) -> bool:
        """Whether a shown message can be changed later: True in chats, False where lines scroll away."""
        ...

    async def run(self, front: Front) -> None:
        """Serves people until cancelled, or until the person at the terminal leaves. Reconnects by itself."""
        ...

    def at(self, address: str) -> Reply | None:
        """A reply whose `show` changes the message at an address of before; None when it cannot be reached any more."""
        ...

    def to(self, channel: Channel) -> Reply | None:
        """A reply whose first `show` posts a message in a channel that nobody asked in; None where nobody would read it.

        `show` raises nothing: a channel that is gone, or that we may not write in, is noted in the log.
        """
        ...

    async def close(self) -> None:
        """Disconnects. Safe to call twice."""
        ...


LEASE = timedelta(seconds=20)  # a killed process's brainstorms are taken up after at most this long; renewed every 5 s
