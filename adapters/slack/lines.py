"""How commands are written in Slack: three slash commands, of which `/muse` takes everything else."""

from __future__ import annotations

import re
from functools import cache

from bot import typed

SLASH = ("brainstorm", "board", "muse")  # each takes a name that other apps of the workspace may want, so few
SETTINGS = "settings"  # the command whose words name people and places
FREE = "muse"  # the command that takes any line


def line_of(command: str, text: str) -> str:
    """The typed line that a slash command stands for."""
    name = command.lstrip("/").lower()
    if name == FREE:
        return text or "/help"
    return f"/{name} {text}"


def names_people(line: str) -> bool:
    """Whether mentions in a typed line mean people and places, as in `/settings --admins @bob`, and not names, as in a topic."""
    return typed.split(line)[0] == SETTINGS and (line.startswith("/") or typed.is_command(line))


def written_here(text: str) -> str:
    """A text of ours with the commands as people write them in Slack: `/idea` is `/muse idea`."""
    return _others().sub(rf"/{FREE} \1", text)


@cache
def _others() -> re.Pattern[str]:
    others = sorted(set(typed.words()) - set(SLASH), key=len, reverse=True)
    return re.compile(rf"(?<![\w/])/({'|'.join(map(re.escape, others))})(?![\w/])", re.ASCII)
