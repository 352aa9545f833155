"""The command line's commands that bring the bot to a platform: invite, manifest."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import typer

from bot.domain.errors import Misconfigured
from bot.logs import log_to
from bot.reading import read
from bot.words import _

Block = Callable[[Coroutine[Any, Any, Any]], Any]


def register(app: typer.Typer, block: Block) -> None:
    """Adds the commands; `block` runs them to their end."""

    @app.command(epilog="Example:  muselab invite discord")
    def invite(chat: Annotated[str, typer.Argument(help="The platform, such as discord.")]) -> None:
        """Print the link that adds the bot to a server, with the least permissions it needs."""
        settings = read()
        log_to(settings, quiet=True)
        print(block(offered(chat, "invite")(settings)))

    @app.command(epilog="Example:  muselab manifest slack > manifest.json")
    def manifest(
        chat: Annotated[str, typer.Argument(help="The platform, such as slack.")],
        url: Annotated[str, typer.Option(help="Where the platform reaches your HTTP endpoint; not needed for Socket Mode.")] = "",
    ) -> None:
        """Print the app manifest from which a platform makes the app."""
        settings = read()
        log_to(settings, quiet=True)
        print(json.dumps(offered(chat, "manifest")(settings, url=url), ensure_ascii=False, indent=2))


def offered(chat: str, what: str) -> Any:
    """Something only some chats have, by name.

    Raises:
        Misconfigured: there is no such chat, its package is missing, or it has no such thing.
    """
    from bot import wiring

    member = getattr(wiring.chat_module(chat), what, None)
    if member is None:
        raise Misconfigured(_("{chat} has no {what}.").format(chat=chat, what=what))
    return member
