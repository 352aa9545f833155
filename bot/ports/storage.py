"""What keeps everything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bot.domain.feedback import Feedback
from bot.domain.ideas import (
    Brainstorm,
    BrainstormId,
    Candidate,
    Channel,
    Idea,
    IdeaId,
    Person,
    State,
    Team,
)
from bot.domain.models import ChannelSettings, ModelVersion, Tuning
from bot.messages import File
from bot.ports.moderating import Moderation


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An event as it came from a platform, kept from before it is acknowledged until it is served."""

    team: Team
    id: str  #: the platform's id of the event; the same id twice in a team is one event
    at: datetime  #: aware, UTC; when it first came
    body: str  #: all that its adapter needs to serve it once more, in the adapter's own words
    subject: str = ""  #: digest of what it has a say in, such as one person's vote on an idea: a later one has the last word


class InboxStore(Protocol):
    """Keeps events from before they are acknowledged until they are served. A served event is known by its id for a day."""

    async def arrive(self, arrivals: Sequence[Arrival], holder: str, until: datetime) -> list[bool]:
        """Stores events that are to be served by `holder`, which is alive until then; for each whether it is the holder's.

        False: it came before. Storing an event twice for one holder is True twice, so that a write may be repeated whose answer
        was lost.
        """
        ...

    async def served(self, events: Sequence[tuple[Team, str]]) -> None:
        """Notes that events, by team and id, need nothing more, and forgets what they said."""
        ...

    async def hold(self, holder: str, until: datetime) -> None:
        """Says that a holder is alive until then; at once with what it has not served where `until` is past."""
        ...

    async def unserved(self, now: datetime, until: datetime, holder: str, platforms: Sequence[str]) -> list[Arrival]:
        """Takes every event of these platforms that nobody alive serves, oldest first, for `holder` until then.

        For the host's own work only: it looks through all teams.

        Two processes that call at once never both get the same one.
        """
        ...

    async def overtaken(self, arrival: Arrival) -> bool:
        """Whether a later event of the same team and subject came."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message that shows something which was deleted since."""

    team: Team
    address: str  #: where it is, for `Chat.at`
    brainstorm: BrainstormId  #: whose card it is; empty: it showed something else, which is not to be read any more


class PostStore(Protocol):
    """Knows which messages show what, so that what people have deleted goes from them too."""

    async def posted(self, team: Team, address: str, ideas: Sequence[IdeaId], at: datetime) -> None:
        """Notes that a message, which is no brainstorm's card, shows ideas; in the place of what it showed before."""
        ...

    async def stale_posts(self, platforms: Sequence[str]) -> list[Post]:
        """Messages on these platforms that show something deleted, the oldest first, some at a time. For the host's own work."""
        ...

    async def redrawn(self, post: Post) -> None:
        """Notes that a message shows nothing deleted any more, or can never be reached again."""
        ...


class Store(MediaStore, InboxStore, PostStore, Moderation, Protocol):
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

    async def begin(self, brainstorm: Brainstorm, *, serves: str = "") -> None:
        """Stores the header of a brainstorm before the model works; the team's event `serves` needs nothing more from then on."""
        ...

    async def place(self, brainstorm: Brainstorm, address: str) -> bool:
        """Records where a brainstorm's card is, so that it can be found by and after a restart.

        This, `finish` and `lease` write nothing, and say False, where the brainstorm is of another team or another holder's.
        """
        ...

    async def finish(self, brainstorm: Brainstorm, state: State, at: datetime) -> bool:
        """Ends a brainstorm whose card shows how it ended; nobody is to be answered any more. See `place`."""
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

    async def lease(self, brainstorm: Brainstorm, until: datetime) -> bool:
        """Says that its holder is alive and works on it until then. See `place`."""
        ...

    async def take_up(self, now: datetime, until: datetime, holder: str = "") -> list[Brainstorm]:
        """Takes every running brainstorm whose lease has ended, whoever began it, and leases it to `holder` until `until`.

        Two processes that call at once never both get the same one. A running brainstorm without a lease counts as ended.
        """
        ...

    # ideas

    async def add(self, idea: Idea, *, held: Brainstorm | None = None) -> Idea:
        """Stores an idea and gives it the channel's next number (`idea.number` is ignored).

        Storing an id twice keeps the first and returns it as stored. Numbers are never given twice, also when many add at once.

        Args:
            idea: with any number.
            held: the brainstorm that it is made for; its holder alone may add to it.

        Raises:
            TakenOver: somebody else holds that brainstorm, or it is another team's.
        """
        ...

    async def log(self, team: Team, candidates: Sequence[Candidate]) -> None:
        """Appends to the log of everything that was generated for brainstorms of the team; what is for others is left out."""
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

    async def ideas(self, channel: Channel, *, limit: int = 1000, hidden: bool = False) -> list[Idea]:
        """The channel's ideas, newest first; hidden ones among them where asked for."""
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

        What repeats their words goes with them: a topic that More, Remix or Polish carried on, drafts, a model's idea that quotes
        them; in what others wrote a gap stands in their place. Messages that show any of it are `stale_posts` from then on.

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

    async def channels(self) -> list[Channel]:
        """Every channel in which ideas were asked for or written, sorted. Like `teams`, for the host's own work only."""
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
        """Every team's runs whose state its admins have not heard, oldest first. For the host's own work only, like `teams`."""
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

    def drop(self, names: Collection[str]) -> None:
        """Deletes these adapters, however young; one that is not there is no error."""
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
