"""A picture that comes with a request for words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.compose import House
from bot.messages import Upload
from generators.scripted_media import png
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import a_call
from tests.unit.test_desk import house as house


def an_upload(content: bytes, name: str = "sale.png") -> Upload:
    async def fetch() -> bytes:
        return content

    return Upload(name=name, media_type="image/png", size=len(content), fetch=fetch)


@pytest.mark.parametrize("command", ["brainstorm", "copy"])
async def test_what_a_picture_shows_is_told_to_the_model(house: House, command: str) -> None:
    call = replace(a_call(command, topic="a spring sale", count=1), uploads=(an_upload(png(3)),))

    await house.desk.call(call, Sheet(BareChat(), "ann"))

    generator: Any = house.generator
    assert generator.orders[-1].prompt.option("picture") == "espresso, cup, “Open”"


async def test_a_file_that_is_no_picture_is_refused_before_anything_is_made(house: House) -> None:
    chat = BareChat()
    call = replace(a_call("copy", topic="a spring sale"), uploads=(an_upload(b"MZ\x90\x00" * 9),))

    await house.desk.call(call, Sheet(chat, "ann"))

    generator: Any = house.generator
    assert generator.orders == []
    assert "is a program, whatever its name says" in chat.whispers["ann"][-1].text
