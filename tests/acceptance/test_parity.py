"""One core, three faces: the table in docs/quality.md says what can be done where, and is held to the truth here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import adapters
from bot import commands, plugins, signals, typed
from tests.acceptance import test_stories

PAGE = Path(__file__).parents[2] / "docs" / "quality.md"
PLATFORMS = plugins.names(adapters)
WORDS = sorted({*plugins.names(commands), *plugins.names(signals)})


def table(title: str) -> dict[str, dict[str, str]]:
    """Row by first cell, cell by column title, of the table under a heading of the page."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]
    head, _rule, *body = rows
    return {re.sub(r"[`/]", "", row[0]): dict(zip(head[1:], row[1:], strict=True)) for row in body}


@pytest.fixture(scope="module")
def reachable() -> dict[str, set[str]]:
    """The commands and signals that each platform offers, asked of its adapter."""
    import discord
    from discord import app_commands

    from adapters.discord import slash
    from adapters.slack.manifest import SLASH

    client = discord.Client(intents=discord.Intents.none())
    tree: Any = app_commands.CommandTree(client)
    slash.register(tree, None, None)  # type: ignore[arg-type]  # nothing is served here
    return {
        "discord": {command.name for command in tree.get_commands()},
        "slack": {*typed.words()} if "muse" in SLASH else {*SLASH},
        "terminal": {*typed.words()},
    }


def test_the_table_has_every_platform_and_every_command_and_signal() -> None:
    rows = table("Parity")

    assert sorted(rows) == WORDS
    assert all(tuple(cells) == PLATFORMS for cells in rows.values())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_the_table_promises_can_be_done(platform: str, reachable: dict[str, set[str]]) -> None:
    promised = {word for word, cells in table("Parity").items() if cells[platform] != "—"}

    assert promised == reachable[platform]


def test_every_story_is_played_on_every_platform() -> None:
    assert set(PLATFORMS) <= set(test_stories.PLATFORMS)
