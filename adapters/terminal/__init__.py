"""The terminal as a chat platform: a prompt for a person, plain lines for a pipe."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from adapters.terminal._chat import NAME, Terminal, unsaid
from adapters.terminal._face import Face
from adapters.terminal._live import Live
from adapters.terminal._offering import offer
from adapters.terminal._piped import Piped
from bot.config import Settings
from bot.domain.ideas import Channel, Person, Team
from bot.ports import Health
from bot.reading import colours

__all__ = ["Live", "Piped", "Terminal", "build", "reader", "unsaid"]

TEAM = "local"


def build(settings: Settings, *, health: Callable[[], Awaitable[Health]] | None = None) -> Terminal:
    """The terminal this process was started in."""
    return Terminal(
        face=face(settings),
        person=Person(platform=NAME, id=login()),
        channel=Channel(team=Team(platform=NAME, id=TEAM), id=settings.terminal.channel),
        clock=lambda: datetime.now(UTC),
        folder=settings.works,
        locale=reader(settings),
        health=health,
        offer=offer(settings),
        english_only=settings.included,
    )


def face(settings: Settings) -> Face:
    """A prompt where a person sits at both ends and the terminal can move its cursor, else plain lines."""
    if sys.stdin is None or sys.stdout is None:  # closed by whoever started us
        nowhere = Path(os.devnull).open("r+", encoding="utf-8")  # noqa: SIM115 - stands in for the missing ends as long as we live
        return Piped(source=(sys.stdin or nowhere).fileno(), out=sys.stdout or nowhere, err=sys.stderr or nowhere)
    if sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        return Live(home=settings.home, colours=colours())
    return Piped(source=sys.stdin.fileno(), out=sys.stdout, err=sys.stderr or sys.stdout)


def login() -> str:
    """The login name of whoever started this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user database
        return f"uid{os.getuid()}"


def reader(settings: Settings) -> str | None:
    """The language of whoever sits here: the environment's; where it names none, Chinese where ideas are set to be."""
    return "zh-Hans" if unsaid(language()) and settings.defaults.language == "zh" else language()


def language() -> str | None:
    """The language of the environment, as POSIX orders its variables: `zh_CN.UTF-8` is `zh_CN`."""
    value = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return value.partition(".")[0] or None
