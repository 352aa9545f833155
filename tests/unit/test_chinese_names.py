"""No English inside Chinese lines: things, colours, styles, instruments, settings and their values."""

from __future__ import annotations

import re

import pytest

from bot.commands.settings import SETTINGS
from bot.domain.errors import Refusal
from bot.services.usage import called, words_for
from bot.words import speaking
from generators.engines.image import naming
from generators.engines.image.boards import LOOKS
from generators.engines.image.painting import STYLES
from generators.engines.image.sketching import STYLES as DRAWN
from generators.engines.music.naming import players
from generators.engines.shared.colour import NAMED, library
from generators.engines.shared.colour import words as colours

LATIN = re.compile(r"[a-z]{2,}")


def test_every_palette_has_a_chinese_name() -> None:
    with speaking("zh-CN"):
        names = [naming.palette(palette.name) for palette in library()]

    assert [name for name in names if LATIN.search(name)] == []
    assert "绿与米黄" in {name.partition(" ")[0] for name in names}


def test_every_colour_style_and_look_is_known_by_name() -> None:
    assert {*NAMED, *(name for name, _rgb in colours())} <= set(naming.COLOURS)
    assert {*STYLES, *DRAWN, *LOOKS} <= set(naming.STYLES)


def test_things_are_named_in_the_readers_language() -> None:
    with speaking("zh-CN"):
        assert naming.things(["ship", "star", "a thing of tomorrow"]) == "船、星星、a thing of tomorrow"
    assert naming.things(["ship", "star"]) == "ship, star"


def test_a_logos_sign_is_named_in_words_or_not_at_all() -> None:
    with speaking("zh-CN"):
        assert naming.signs(["book-open", "house-line"]) == "打开的书本、房子"
        assert naming.signs(["bezier-curve"]) == ""
    assert naming.signs(["book-open", "paint-brush"]) == "open book, paint brush"


def test_in_english_names_stay_as_they_are() -> None:
    assert naming.palette("green and beige (2)") == "green and beige"
    assert naming.palette("somebody's own") == "somebody's own"
    assert naming.style("noir") == "noir"


def test_instruments_stand_between_chinese_commas() -> None:
    class Voice:
        def __init__(self, name: str) -> None:
            self.name = name

    with speaking("zh-CN"):
        assert players((Voice("harp"), Voice("melody (strings)"))) == "竖琴、弦乐"  # type: ignore[arg-type]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.param.name)
def test_every_setting_is_called_by_a_chinese_name_that_can_be_typed(setting: object) -> None:
    from bot.services import chinese

    param = setting.param  # type: ignore[attr-defined]
    with speaking("zh-CN"):
        name = called(param)
    with speaking("zh-TW"):
        other = called(param)

    assert not LATIN.search(name + other)
    names = tuple(one.param.name for one in SETTINGS)
    assert chinese.option(name, names) == chinese.option(other, names) == param.name


def test_a_refused_setting_names_what_can_be_typed() -> None:
    setting = next(one for one in SETTINGS if one.param.name == "tallies")

    with speaking("zh-CN"), pytest.raises(Refusal, match="开、关"):
        setting.read("maybe")
    with pytest.raises(Refusal, match="on, off"):
        setting.read("maybe")


def test_values_without_a_chinese_word_stay() -> None:
    with speaking("zh-CN"):
        assert words_for("form", ["jueju", "sonnet"]) == "绝句、sonnet"
