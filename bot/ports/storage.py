"""What keeps everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

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
from bot.domain.material import Piece
from bot.domain.models import ChannelSettings, ModelVersion, Tuning
from bot.domain.personas import Persona
from bot.ports.accounting import Accounting
from bot.ports.bridges import BridgeStore
from bot.ports.inbox import InboxStore, PostStore
from bot.ports.jobs import JobStore
from bot.ports.material import MaterialStore
from bot.ports.media import MediaStore, Medium
from bot.ports.moderating import Moderation
from bot.ports.passes import PassStore
from bot.ports.personas import PersonaStore
from bot.ports.rounds import RoundStore
from bot.ports.shaping import ShapeStore
from bot.ports.turns import TurnStore

Amend = Callable[[ChannelSettings], ChannelSettings]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything stored about one person in one team."""

    brainstorms: tuple[Brainstorm, ...]  #: they asked for
    ideas: tuple[Idea, ...]  #: they wrote
    feedback: tuple[Feedback, ...]  #: they gave
    media: tuple[Medium, ...] = ()  #: files they handed in, or asked for
    material: tuple[Piece, ...] = ()  #: documents they added for the team, in pieces
    personas: tuple[Persona, ...] = ()  #: voices they saved for channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What deleting a person's data removed."""

    topics: int  #: brainstorms whose asker and topic were blanked
    ideas: int  #: ideas and edits they wrote, deleted with everybody's votes on them
    feedback: int  #: votes deleted
    media: int = 0  #: files deleted: handed in by them, made for them, or made of what they wrote


class Store(
    Accounting,
    BridgeStore,
    MaterialStore,
    MediaStore,
    InboxStore,
    JobStore,
    PassStore,
    PersonaStore,
    PostStore,
    RoundStore,
    ShapeStore,
    TurnStore,
    Moderation,
    Protocol,
):
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
        """Stores somebody's current opinion and returns the one it replaced. A value of 0 withdraws: nothing stays,
        not of what is merged into the idea either.

        Raises:
            UnknownIdea: the team has no such idea.
        """
        ...

    async def feedback(self, team: Team, ideas: Sequence[IdeaId]) -> list[Feedback]:
        """Everybody's current opinions of these ideas, any order; what was said of ideas merged into one counts as said of it.

        Of each person and signal there is one, the latest.
        """
        ...

    # people

    async def about(self, team: Team, person: Person) -> Kept:
        """Everything stored about a person in a team."""
        ...

    async def forget(self, team: Team, person: Person, *, before: datetime | None = None) -> Forgotten:
        """Deletes a person's feedback and the ideas they wrote, and blanks their topics, in one transaction.

        Their events that are not served yet, and came before `before` (all, where it is None), never are. Others' that are about
        one of the deleted ideas lose its words.

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
        """Stores what the channel has settled, whatever that was before."""
        ...

    async def amend(self, channel: Channel, change: Amend) -> ChannelSettings:
        """Changes what the channel has settled, in one transaction: of two who change different things at once both do.

        Args:
            channel: whose.
            change: from what is stored to what is to be. It may be called twice, and what it raises leaves everything as it is.

        Returns:
            What is stored from then on.
        """
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
