"""A picture that comes with a request for words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot import commands, plugins
from bot.messages import Upload
from bot.services.media.styling import OURS
from bot.wiring import House
from generators.client.scripted_media import png
from generators.engines.image.boards import LOOKS, palette_names
from generators.engines.image.painting import STYLES
from generators.engines.image.sculptures import FORMS
from generators.engines.image.sketching import STYLES as DRAWN
from generators.engines.music import options as music
from generators.engines.speech import engine as speech
from generators.engines.speech.voices import LANGUAGES
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import RED, a_call
from tests.unit.test_desk import house as house


def an_upload(content: bytes, name: str = "sale.png", param: str = "") -> Upload:
    async def fetch() -> bytes:
        return content

    return Upload(name=name, media_type="image/png", size=len(content), fetch=fetch, param=param)


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


async def test_a_mask_comes_after_the_picture_whichever_was_handed_in_first(house: House) -> None:
    call = replace(
        a_call("imagine", what="a hat", how="inpaint", count=1, strength=60),
        uploads=(an_upload(png(8), param="second"), an_upload(png(7), param="picture")),
    )

    await house.desk.call(call, Sheet(BareChat(), "ann"))

    maker: Any = house.services.ordering.making.maker
    (asked,) = maker.commissions
    assert [file.content for file in asked.attachments] == [png(7), png(8)]
    assert asked.options == {"strength": "60", "task": "inpaint"}


async def test_a_picture_made_here_is_made_anew_without_being_handed_in(house: House) -> None:
    await house.desk.call(a_call("imagine", what="a lighthouse", count=1, layout="logo"), Sheet(BareChat(), "ann"))
    (first,) = await house.store.ideas(RED)

    await house.desk.call(a_call("imagine", what=str(first.number), count=1, how="img2img"), Sheet(BareChat(), "ann"))

    maker: Any = house.services.ordering.making.maker
    asked = maker.commissions[-1]
    (kept,) = (await house.store.media(RED.team, [first.id]))[first.id]
    assert [file.content for file in asked.attachments] == [await house.store.content(RED.team, kept.digest)]
    assert (asked.text, asked.options) == ("a lighthouse", {"task": "img2img"})


@pytest.mark.parametrize(
    ("command", "param", "known"),
    [
        ("imagine", "style", (OURS, *LOOKS, *STYLES, *DRAWN, *FORMS)),
        ("imagine", "palette", palette_names()),
        ("compose", "style", tuple(music.BY_NAME["style"].choices)),
        ("compose", "mood", tuple(music.BY_NAME["mood"].choices)),
        ("compose", "lead", tuple(music.BY_NAME["lead"].choices)),
        ("compose", "how", music.WAYS),
        ("say", "voice", speech.VOICES),
        ("say", "language", tuple(LANGUAGES)),
    ],
)
def test_what_is_offered_while_somebody_types_is_what_the_engine_knows(command: str, param: str, known: tuple[str, ...]) -> None:
    offered = plugins.load(commands, command).SUGGESTED[param]

    assert set(offered) <= set(known)
    assert len(offered) > 3


async def test_styles_of_pictures_are_offered_for_pictures(house: House) -> None:
    assert ("watercolour", "watercolour") in await house.desk.suggest(RED, "imagine", "style", "water")
    assert ("slip jig", "slip jig") in await house.desk.suggest(RED, "compose", "style", "JIG")
