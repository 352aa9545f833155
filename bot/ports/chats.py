"""Chat platforms, and what they hand events to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.domain.ideas import Channel, IdeaId, Person, Team
from bot.messages import Call, Card, Form, Press
from bot.ports.inbox import Arrival


class Reply(Protocol):
    """Answers one call or press. Made by an adapter, used by the desk, the commands and the services."""

    @property
    def address(self) -> str:
        """Where the shown card is, for `Chat.at`; empty before `show`.

        Its parts are separated by "/" or "-". Of a message in a thread one is the thread's id, so that what is said there finds
        the ideas.
        """
        ...

    @property
    def back(self) -> str:
        """How another process can go on with this answer, for `Chat.back`; empty where none can."""
        ...

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        """Tells the platform within its 3 seconds that an answer is coming. Safe to call twice.

        Args:
            private: it is for the eyes of the person who asked.
            anew: it is a message of its own, not the one whose control was pressed.
        """
        ...

    async def show(self, card: Card) -> None:
        """Shows the card as this answer's message; a second call changes that message.

        The adapter may drop intermediate cards to keep within the platform's rates, never the last one.
        """
        ...

    async def tell(self, card: Card) -> None:
        """Shows a further, private message to the person who asked."""
        ...

    async def settle(self) -> bool:
        """Returns once the last card is shown; False where the platform could not take it now, and may later."""
        ...


@runtime_checkable
class Rated(Reply, Protocol):
    """A reply on a platform that takes so many changes of a message and no more."""

    @property
    def wait_s(self) -> float:
        """Seconds until a card that others follow would be shown; what is shown before drops out."""
        ...


@runtime_checkable
class Direct(Reply, Protocol):
    """A reply whose first card can be the acknowledgement, where it comes soon: one request instead of two."""

    def promise(self, *, private: bool, acknowledged: Callable[[], None]) -> bool:
        """A message of its own is coming, and tells the platform; False where `ack` must. If it comes late, `ack` is called then.

        Args:
            private: see `ack`.
            acknowledged: called once the platform was told, by a card or by `ack`.
        """
        ...

    @property
    def promised(self) -> bool:
        """Whether that is so, and nothing was sent yet."""
        ...


Draw = Callable[[], Awaitable[Card | None]]  # a message as it ought to look now; None: it stays as it is


@runtime_checkable
class Queueing(Reply, Protocol):
    """A reply on a platform where a change of a message may wait for a minute."""

    async def renew(self, draw: Draw) -> None:
        """Changes the message to what `draw` gives. It is called when the change may be made, so that nothing old is shown."""
        ...


@runtime_checkable
class Accompanied(Reply, Protocol):
    """A reply on a platform where files stand in messages of their own."""

    def standing(self) -> Sequence[tuple[str, tuple[IdeaId, ...]]]:
        """Where what it showed stands beside it, for `Chat.at`, and of which ideas that is; of none: of the whole card."""
        ...


@runtime_checkable
class Erasable(Reply, Protocol):
    """A reply to which more belongs than its message."""

    async def erase(self) -> None:
        """Takes all of it away for good."""
        ...


class Front(Protocol):
    """What an adapter hands events to: the desk."""

    async def keep(self, arrival: Arrival) -> bool:
        """Stores an event that must be acknowledged before it can be read as a call or a press; False when it came before.

        Raises:
            StoreDown: it could not be stored in time to acknowledge it.
        """
        ...

    def done(self, team: Team, event: str) -> None:
        """Notes that an event that was kept needs nothing more; one that became a call or a press need not be told of."""
        ...

    def again(self, team: Team, event: str) -> None:
        """Notes that an event that was kept could not be served now, and may be later; see `done`."""
        ...

    async def call(self, call: Call, reply: Reply) -> bool:
        """Serves one command; False when it came before, and is another's to answer. Never raises.

        It is stored, then acknowledged, then served; what goes wrong becomes words for the person.
        """
        ...

    async def press(self, press: Press, reply: Reply) -> bool:
        """Serves one control, form or reaction, as `call` does a command."""
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
    """A chat platform, connected.

    Two more methods it may have: `threads(channel)`, whether a thread can be opened there; and `whisper(channel, person)`, a
    reply whose first `show` tells one person of the channel something in private that they did not ask for, or None.
    """

    @property
    def name(self) -> str:
        """The platform's name: its file's name in `adapters`."""
        ...

    @property
    def changes(self) -> bool:
        """Whether a shown message can be changed later: True in chats, False where lines scroll away."""
        ...

    @property
    def ready(self) -> bool:
        """Whether it is connected, so that what was left behind can be gone on with."""
        ...

    async def run(self, front: Front) -> None:
        """Serves people until cancelled, or until the person at the terminal leaves. Reconnects by itself."""
        ...

    def at(self, address: str) -> Reply | None:
        """A reply whose `show` changes the message at an address of before; None when it cannot be reached any more."""
        ...

    def back(self, channel: Channel, way: str, address: str) -> Reply | None:
        """A reply that goes on with what another process began: by its `Reply.back`, in the message at `address` if there is one.

        Without an address it finds the message that may be there, or posts it. None where that cannot be done.
        """
        ...

    async def again(self, body: str) -> bool:
        """Serves an event that was kept (`Call.body`, `Front.keep`) once more; False where that cannot be done yet.

        Raises:
            ValueError: it is no event of this chat's.
        """
        ...

    def to(self, channel: Channel) -> Reply | None:
        """A reply whose first `show` posts a message in a channel that nobody asked in; None where nobody would read it.

        None, too, for a channel that is not its team's: ids come from people. `show` raises nothing: a channel that is gone, or
        that we may not write in, is noted in the log, and the reply's address stays empty.
        """
        ...

    async def close(self) -> None:
        """Disconnects. Safe to call twice."""
        ...


@runtime_checkable
class ChannelReaders(Protocol):
    """A chat that knows who can read its channels."""

    async def read_by(self, person: Person, channels: Sequence[Channel]) -> Mapping[Channel, str]:
        """The names of those channels that a person can read now; without those where they cannot, or where that is not known."""
        ...
