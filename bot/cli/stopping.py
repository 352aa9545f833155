"""The command line's command that stops the bot politely: stop."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer

from bot import presence
from bot.domain.errors import Outage, Refusal
from bot.logs import log_to
from bot.presence import Running
from bot.reading import read
from bot.words import _, ngettext

LOOK_S = 0.05  # between two looks whether a process has ended


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command(epilog="Examples:  muselab stop   ·   muselab stop --within 60")
    def stop(
        within: Annotated[float, typer.Option(min=0.0, max=3600.0, help="Seconds to wait for its end.")] = 15.0,
    ) -> None:
        """Stop every `muselab run` of this data folder: it ends what is under way, keeps the rest for its next start."""
        settings = read()
        log_to(settings, quiet=True, keep=False)
        working = presence.running(settings.home)
        if not working:
            print(_("Nothing runs in {folder}.").format(folder=settings.home))
            return
        if any(not one.ours for one in working):
            raise Refusal(_("What runs in {folder} runs in another container. Stop that container.").format(folder=settings.home))
        for one in working:
            with suppress(ProcessLookupError):
                os.kill(one.pid, signal.SIGTERM)
        late = ended(working, within)
        if late:
            numbers = ", ".join(str(one.pid) for one in late)
            raise Outage(
                _(
                    "Process {numbers} was told to stop and has not within {seconds} s. Wait, or end it with: kill -9 {numbers}. "
                    "What it has acknowledged is served at the next start."
                ).format(numbers=numbers, seconds=f"{within:g}")
            )
        count = len(working)
        print(ngettext("{count} process has stopped.", "{count} processes have stopped.", count).format(count=count))


def ended(working: Sequence[Running], within_s: float) -> list[Running]:
    """Waits for processes; gives those that are still there then."""
    until = time.monotonic() + within_s
    left = [one for one in working if one.there]
    while left and time.monotonic() < until:
        time.sleep(LOOK_S)
        left = [one for one in left if one.there]
    return left
