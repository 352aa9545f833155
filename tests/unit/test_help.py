"""What /help says of one command, and of what is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import plugins, signals
from bot.commands import help as helping
from bot.domain.errors import UnknownCommand
from tests.builders import RED, a_call
from tests.unit.test_announcing import a_house


async def explained(tmp_path: Path, name: str) -> str:
    house, chat = await a_house(tmp_path)
    await helping.run(house.services, replace(a_call("help"), args={"command": name}), chat.to(RED))
    (card,) = chat.messages.values()
    return card.text


@pytest.mark.parametrize("name", ["/imagine", "imagine", "IMAGINE"])
async def test_one_command_is_explained_with_each_of_its_options(tmp_path: Path, name: str) -> None:
    text = await explained(tmp_path, name)

    assert "/imagine [WHAT] [poster|moodboard|logo]" in text
    assert "--count -n — how many pictures, 1 to 6" in text
    assert "layout — what kind of board: poster, moodboard, logo" in text


async def test_every_way_of_giving_feedback_is_explained_too(tmp_path: Path) -> None:
    for number, name in enumerate(plugins.names(signals)):
        (tmp_path / str(number)).mkdir()
        assert await explained(tmp_path / str(number), name)


async def test_what_is_no_command_is_answered_with_what_may_have_been_meant(tmp_path: Path) -> None:
    with pytest.raises(UnknownCommand, match="no command “/brainstrom”. Try /brainstorm"):
        await explained(tmp_path, "brainstrom")
