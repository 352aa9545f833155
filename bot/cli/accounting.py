"""The command line's command that tells who used what: usage."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.cells import cell_len

from bot.config import MonitorTable, Settings
from bot.logs import log_to
from bot.ports import Usage
from bot.reading import read
from bot.words import N_, _

Block = Callable[[Coroutine[Any, Any, Any]], Any]

HOUR_S = 3600.0
HEAD = (N_("team"), N_("brainstorms"), N_("people"), N_("ideas"), N_("votes"), N_("tokens"), N_("seconds"))


def register(app: typer.Typer, block: Block) -> None:
    """Adds the command; `block` runs it to its end."""

    @app.command(epilog="Examples:  muselab usage   ·   muselab usage --days 7 --json")
    def usage(
        days: Annotated[int, typer.Option(min=1, max=3650, help="Of how many days until now.")] = 30,
        as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
    ) -> None:
        """Who used what, by team: brainstorms, people, ideas, votes, tokens, seconds, and costs where a price is set."""
        settings = read()
        log_to(settings, quiet=True)
        used = block(_used(settings, timedelta(days=days)))
        if as_json:
            print(json.dumps([entry(one, settings.monitor) for one in used], indent=2))
        else:
            print("\n".join(lines(used, settings.monitor)) or _("Nobody has asked for ideas in these days."))


async def _used(settings: Settings, span: timedelta) -> list[Usage]:
    from bot import wiring

    async with wiring.opened_store(settings) as store:
        return await store.usage(wiring.clock() - span)


def cost(used: Usage, table: MonitorTable) -> float:
    """What a team's seconds cost at the price of an hour, at most: people's waiting is in them."""
    return used.seconds / HOUR_S * table.hour_price


def entry(used: Usage, table: MonitorTable) -> dict[str, Any]:
    """One team as JSON has it."""
    figures = asdict(used) | {"team": f"{used.team.platform}:{used.team.id}", "seconds": round(used.seconds, 1)}
    return figures | ({"cost": round(cost(used, table), 4), "currency": table.currency} if table.hour_price else {})


def lines(used: Sequence[Usage], table: MonitorTable) -> list[str]:
    """A table, the team that used most first; nothing where nobody used anything."""
    if not used:
        return []
    priced = bool(table.hour_price)
    rows = [[*map(_, HEAD), *([_("cost")] if priced else [])]]
    for one in sorted(used, key=lambda one: (-one.seconds, one.team)):
        figures = [one.brainstorms, one.people, one.ideas, one.votes, one.tokens, round(one.seconds)]
        costs = [f"{cost(one, table):.2f} {table.currency}".strip()] if priced else []
        rows.append([f"{one.team.platform}:{one.team.id}", *map(str, figures), *costs])
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return [in_columns(row, widths) for row in rows]


def in_columns(row: Sequence[str], widths: Sequence[int]) -> str:
    """A row in columns: the first begins at the left, the others end at the right. A Chinese sign takes two cells."""
    gaps = [" " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True)]
    return "  ".join([row[0] + gaps[0], *(gap + text for gap, text in zip(gaps[1:], row[1:], strict=True))]).rstrip()
