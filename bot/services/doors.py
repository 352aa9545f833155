"""The doors of plugins, as types: what a command module and a signal module offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, Protocol, cast

from bot.domain.feedback import Tally
from bot.domain.ideas import Brainstorm, Channel, Idea, IdeaId
from bot.messages import Call, Card, Control, Form, Key, Param, Press, Value
from bot.ports import Clock, Reply, Store
from bot.words import _

LAST = 1000  # the place of a plugin that names none; more plugins than this have no place in one folder


class Services(Protocol):
    """What a plugin is given to work with; `bot.services.bundle.Services` is it, and has every use-case beside these."""

    @property
    def store(self) -> Store:
        """Where everything is kept."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...


class Command(Protocol):
    """A module in `bot.commands`."""

    HELP: str
    PARAMS: tuple[Param, ...]

    async def run(self, services: Services, call: Call, reply: Reply) -> None:
        """Serves a call."""
        ...


class Signal(Protocol):
    """A module in `bot.signals`."""

    HELP: str
    TOKENS: Sequence[str]
    EMOJI: Mapping[str, str]

    def value(self, token: str) -> float:
        """What a token is worth, -1..+1."""
        ...

    def said(self, token: str, text: str) -> str:
        """The confirmation a person reads."""
        ...

    def controls(self, idea: Idea, tally: Tally | None) -> tuple[Control, ...]:
        """What to press beside an idea."""
        ...


class Phase(Protocol):
    """A module in `bot.phases`."""

    LABEL: str
    SAYS: str


def phase(module: ModuleType) -> Phase:
    """A phase module, by its door."""
    return cast(Phase, module)


def command(module: ModuleType) -> Command:
    """A command module, by its door."""
    return cast(Command, module)


def signal(module: ModuleType) -> Signal:
    """A signal module, by its door."""
    return cast(Signal, module)


def private(command: Command, event: Call | Press) -> bool:
    """Whether only the person who asks sees a command's answer to this."""
    if not getattr(command, "PRIVATE", False):
        return False
    shares = getattr(command, "shares", None)
    return shares is None or not shares(event)


def secluded(command: Command) -> bool:
    """Whether nothing that a command does is for others."""
    return bool(getattr(command, "PRIVATE", False)) and not hasattr(command, "shares")


def examples(plugin: Any) -> tuple[str, ...]:
    """Lines that somebody may type for a plugin, marked with `N_` where they hold words; none for some."""
    return cast("tuple[str, ...]", getattr(plugin, "EXAMPLES", ()))


def offered(command: Command, param: Param) -> tuple[str, ...]:
    """Values that are offered for a parameter which takes others, too, as they are read."""
    known = cast("Mapping[str, tuple[str, ...]]", getattr(command, "SUGGESTED", {})).get(param.name, ())
    return known or tuple(_(value) for value in param.suggested)


def hands_out(command: Command) -> bool:
    """Whether a command's answer is a file, so that it is of no use where none can be attached."""
    return bool(getattr(command, "HANDS_OUT", False))


def reads(command: Command | None) -> bool:
    """Whether a command changes nothing, so that it is of use while nothing can be stored."""
    return bool(getattr(command, "READS", False))


def soon(command: Command | None) -> bool:
    """Whether a command's answer comes within milliseconds, so that it need not be announced."""
    return bool(getattr(command, "SOON", reads(command)))


def of_words(plugin: Any) -> bool:
    """Whether a plugin's controls make no sense of pictures and sounds."""
    return bool(getattr(plugin, "WORDS_ONLY", False))


def place_beside(plugin: Any) -> int:
    """Where a plugin's controls stand beside an idea: small numbers first, those without a place last and by name."""
    return cast(int, getattr(plugin, "BESIDE", LAST))


def place_in_help(command: Command) -> int:
    """Where a command stands in the help: small numbers first, those without a place last and by name."""
    return cast(int, getattr(command, "IN_HELP", LAST))


def redraws(command: Command) -> str:
    """The argument that names the idea whose card a command changes; empty for most."""
    return cast(str, getattr(command, "REDRAWS", ""))


async def drawn(command: Command, services: Services, channel: Channel, key: Key, ideas: Sequence[IdeaId]) -> Card | None:
    """How a message that a command showed looks now; None where the command cannot tell.

    Args:
        command: the one that showed it.
        services: to draw with.
        channel: whose ideas it shows.
        key: what `Redrawing.show` was given.
        ideas: what it shows, top first.
    """
    draw = getattr(command, "drawn", None)
    return None if draw is None else cast("Card", await draw(services, channel, key, ideas))


def on_ideas(command: Command) -> str:
    """The entry in the menu of a message that shows ideas, marked with `N_`; empty for most. It opens the command's form."""
    return cast(str, getattr(command, "ON_IDEAS", ""))


def on_words(command: Command) -> str:
    """The entry in the menu of anybody's message, marked with `N_`; empty for most. Its words are what the command takes."""
    return cast(str, getattr(command, "ON_WORDS", ""))


def for_admins(command: Command) -> bool:
    """Whether a command is of use to admins alone, so that others need not be shown it."""
    return bool(getattr(command, "FOR_ADMINS", False))


def undoable(signal: Signal) -> bool:
    """Whether what was said with a signal's control can be taken back with a button."""
    return bool(getattr(signal, "UNDO", True))


def of_hidden(command: Command | None) -> bool:
    """Whether the idea that a command takes is a hidden one."""
    return bool(getattr(command, "OF_HIDDEN", False))


def on_idea(command: Command, idea: Idea) -> tuple[Control, ...]:
    """The controls a command puts beside an idea; most put none."""
    offer = getattr(command, "on_idea", None)
    return () if offer is None else cast("tuple[Control, ...]", offer(idea))


def on_brainstorm(command: Command, brainstorm: Brainstorm) -> tuple[Control, ...]:
    """The controls a command puts under a brainstorm."""
    offer = getattr(command, "on_brainstorm", None)
    return () if offer is None else cast("tuple[Control, ...]", offer(brainstorm))


def on_running(command: Command, brainstorm: Brainstorm) -> tuple[Control, ...]:
    """The controls a command puts under a brainstorm whose ideas are still coming."""
    offer = getattr(command, "on_running", None)
    return () if offer is None else cast("tuple[Control, ...]", offer(brainstorm))


def args_of(command: Command, press: Press) -> Mapping[str, Value] | None:
    """The arguments that a press of a command's control stands for; None when the command has no controls."""
    read = getattr(command, "from_press", None)
    return None if read is None else cast("Mapping[str, Value]", read(press))


def opens(command: Command) -> tuple[str, str] | None:
    """The emoji and label (marked with `N_`) of a control for a command's whole form; None when it has none."""
    return cast("tuple[str, str] | None", getattr(command, "OPENS", None))


def token_of(signal: Signal, press: Press) -> str:
    """What was said: the key's token, unless the signal reads it out of a form."""
    read = getattr(signal, "token_of", None)
    return press.key.token if read is None else cast(str, read(press))


async def act(signal: Signal, services: Services, press: Press, idea: Idea) -> Idea | None:
    """What else happens when a signal is heard; an idea when one came of it."""
    also = getattr(signal, "act", None)
    return None if also is None else cast("Idea | None", await also(services, press, idea))


async def form_of(plugin: Any, services: Services, press: Press, idea: Idea | None) -> Form | None:
    """The form that a control asks with; None when it asks nothing."""
    here = getattr(plugin, "form_here", None)
    if here is not None:
        return cast("Form | None", await here(services, press))
    ask = getattr(plugin, "form", None)
    return None if ask is None else cast("Form | None", await ask(services, press.key, idea))
