"""What is said of a picture, a tune or a voice that stands there changes it; what cannot be done is answered by what can."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot import typed
from bot.domain.errors import Refusal
from bot.domain.ideas import Prompt
from bot.messages import Call
from bot.services.chinese import simplified
from bot.services.media.changes import change, modalities
from bot.services.media.depicted import parts
from bot.services.media.ordered import altered, begun, understood
from bot.services.talk.heard import HEARD
from bot.wiring import House
from bot.words import speaking
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, a_call, a_person, an_id
from tests.unit.test_desk import house as house

SOURCE = typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under="latest")


@pytest.mark.parametrize(
    ("line", "modality", "options"),
    [
        ("make it purple", "image", {"palette": "purple"}),
        ("can you do it in black and white?", "image", {"palette": "mono"}),
        ("warmer colours please", "image", {"palette": "warm"}),
        ("too dark", "image", {"palette": "calm"}),
        ("in watercolor", "image", {"style": "watercolour"}),
        ("a blue watercolour", "image", {"palette": "blue", "style": "watercolour"}),
        ("same but as a poster", "image", {"layout": "poster"}),
        ("without the text", "image", {"layout": "picture"}),
        ("square please", "image", {"aspect": "1:1"}),
        ("换个蓝色的", "image", {"palette": "blue"}),
        ("背景换成黑色", "image", {"palette": "black"}),
        ("水彩风格", "image", {"style": "watercolour"}),
        ("不要文字", "image", {"layout": "picture"}),
        ("slower", "music", {"tempo": "x0.75"}),
        ("too slow", "music", {"tempo": "x1.33"}),
        ("太快了", "music", {"tempo": "x0.75"}),
        ("make it sadder", "music", {"mood": "sad"}),
        ("play it on a violin", "music", {"lead": "fiddle"}),
        ("换成钢琴", "music", {"lead": "piano"}),
        ("as a waltz", "music", {"style": "waltz"}),
        ("a bit longer", "music", {"bars": "x2"}),
        ("in a minor key", "music", {"mode": "minor"}),
        ("no drums", "music", {"drums": "no"}),
        ("a woman's voice", "speech", {"voice": "june"}),
        ("slower please", "speech", {"speed": "x0.8"}),
    ],
)
def test_what_is_said_of_a_work_names_what_is_to_be_otherwise(line: str, modality: str, options: dict[str, str]) -> None:
    said = change(line, modality)

    assert said is not None
    assert dict(said.options) == options
    assert modality in modalities(line)


@pytest.mark.parametrize(
    "line",
    [
        "names for a tea bar", "not purple", "no red", "too red", "不要红色", "a poster for our summer party",
        "slow food restaurants", "piano lessons for kids", "christmas party", "自然", "make it taste better", "a logo for 2 cats",
    ],
)  # fmt: skip
def test_what_says_anything_else_too_is_no_change(line: str) -> None:
    assert modalities(line) == ()


@pytest.mark.parametrize("line", ["another one", "再画一张", "one more"])
def test_another_one_is_another_series(line: str) -> None:
    before = Prompt(text="a fox", modality="image", options=(("seed", "5"), ("palette", "blue")))
    said = change(line, "image") or change("another one", "image")

    assert said is not None
    order = altered(before, said, seed=5, traits={}, one=False)
    assert dict(order.options) == {"palette": "blue"}


def test_one_of_several_is_meant_by_its_place_or_number() -> None:
    second, third, chinese = (change(line, "image") for line in ("the second one in blue", "make 3 blue", "第2张换成蓝色"))

    assert second is not None
    assert third is not None
    assert chinese is not None
    assert (second.work, second.by_number) == (2, False)
    assert (third.work, third.by_number) == (3, True)
    assert chinese.work == 2


def a_tune(**options: str) -> Prompt:
    return Prompt(text="a tea bar", modality="music", options=tuple(options.items()))


@pytest.mark.parametrize(
    ("line", "traits", "wanted"),
    [
        ("slower", {"tempo": "100"}, {"tempo": "75"}),
        ("much faster", {"tempo": "280"}, {"tempo": "300"}),
        ("longer", {"bars": "12"}, {"bars": "24"}),
        ("in a minor key", {"key": "D major"}, {"key": "D minor"}),
        ("higher", {}, {"transpose": "5"}),
        ("with piano", {"style": "waltz"}, {"lead": "piano", "style": "waltz"}),
    ],
)
def test_a_tune_is_changed_from_what_it_is(line: str, traits: dict[str, str], wanted: dict[str, str]) -> None:
    said = change(line, "music")

    assert said is not None
    order = altered(a_tune(), said, seed=9, traits=traits, one=False)

    told = dict(order.options)
    assert told.pop("seed") == "9"
    assert told.pop(HEARD)
    assert told == wanted


def test_slower_said_twice_is_slower_than_said_once() -> None:
    said = change("slower", "music")
    assert said is not None
    once = altered(a_tune(), said, seed=9, traits={"tempo": "100"}, one=False)

    twice = altered(once, said, seed=9, traits={"tempo": "75"}, one=False)

    assert twice.option("tempo") == "56"


def test_what_no_option_names_goes_into_the_words() -> None:
    jazz, slower, model = change("as jazz", "music"), change("slower", "music"), change("make it purple", "image")
    assert jazz is not None
    assert slower is not None
    assert model is not None

    assert altered(a_tune(), jazz, seed=9, traits={"style": "waltz"}, one=False).text == "a tea bar, jazz"
    assert altered(a_tune(), slower, seed=9, traits={}, one=False).text == "a tea bar, slow"
    drawn = altered(Prompt(text="a fox", modality="image"), model, seed=9, traits={"model": "m"}, one=False)
    assert (drawn.text, drawn.option("palette")) == ("a fox, purple", "")


def test_one_board_of_three_is_made_anew_alone_as_it_was() -> None:
    said = change("make 2 purple", "image")
    assert said is not None
    traits = {"layout": "logo", "composition": "badge", "style": "soft", "palette": "ocean", "font": "modern", "scene": "orbit"}

    order = altered(Prompt(text="a fox", modality="image", count=3), said, seed=9, traits=traits, one=True)

    assert order.count == 1
    assert dict(order.options) == {
        "layout": "logo",
        "composition": "badge",
        "style": "soft",
        "palette": "purple",
        "font": "modern",
        "seed": "9",
        HEARD: "palette",
    }


def test_what_was_understood_is_said() -> None:
    order = Prompt(
        text="x", modality="music", options=((HEARD, "tempo lead key"), ("tempo", "75"), ("lead", "piano"), ("key", "D minor"))
    )

    assert understood(order) == "Understood: 75 beats a minute, piano, D minor."
    with speaking("zh-CN"):
        assert understood(order) == "我的理解：每分钟 75 拍、钢琴、D 小调。"


def test_a_first_order_has_a_pace_of_its_own() -> None:
    said = change("8 bit, fast", "music")

    assert said is not None
    assert begun(said) == ({"style": "chiptune", "tempo": "150"}, ())


def commissions(house: House) -> list[Any]:
    maker: Any = house.services.ordering.making.maker
    return list(maker.commissions)


async def said(house: House, line: str) -> BareChat:
    chat = BareChat()
    event = typed.parse(line, typed.Source(id=an_id(), person=a_person(), channel=RED, at=NOON, under="latest"))
    assert isinstance(event, Call)
    await house.desk.call(event, Sheet(chat, "ann"))
    return chat


async def test_a_picture_that_stands_there_is_made_anew_in_its_own_series(house: House) -> None:
    await house.desk.call(a_call("imagine", what="a lighthouse", count=2), Sheet(BareChat(), "ann"))
    (before,) = commissions(house)

    await said(house, "make it purple")

    after = commissions(house)[1]
    assert (after.text, after.count, after.seed) == ("a lighthouse", 2, before.seed)
    assert after.options == {**before.options, "palette": "purple"}


async def test_a_change_of_a_change_keeps_both(house: House) -> None:
    await house.desk.call(a_call("imagine", what="a lighthouse", count=1), Sheet(BareChat(), "ann"))

    await said(house, "换成紫色")
    await said(house, "in watercolor")

    assert commissions(house)[-1].options == {"palette": "purple", "style": "watercolour"}


async def test_what_cannot_be_done_makes_nothing_and_says_what_can(house: House) -> None:
    await house.desk.call(a_call("imagine", what="a lighthouse", count=1), Sheet(BareChat(), "ann"))

    letters, taste = await said(house, "字大一点"), await said(house, "make it taste better")

    assert len(commissions(house)) == 1
    assert "不要文字" in letters.whispers["ann"][-1].text
    assert "make it purple" in taste.whispers["ann"][-1].text


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("麦穗再大一点，背景换成深蓝色", {"palette": "navy"}),
        ("背景換成深藍色，麥穗再大一點", {"palette": "navy"}),
        ("小猫太小了，水彩风格", {"style": "watercolour"}),
        ("把月亮往左移，方形", {"aspect": "1:1"}),
        ("燈籠太少了，多畫幾個", None),
        ("再大一点", None),
        ("加一只猫", None),
    ],
)
async def test_of_things_in_a_picture_it_is_said_that_they_stay_and_the_rest_is_done(
    house: House, line: str, options: dict[str, str] | None
) -> None:
    await house.desk.call(a_call("imagine", what="麦田", count=1), Sheet(BareChat(), "ann"))

    chat = await said(house, line)

    assert [one.options for one in commissions(house)[1:]] == ([options] if options is not None else [])
    assert "无法移动、放大" in simplified(chat.whispers["ann"][-1].text)


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("去掉右边的树", "树"),
        ("把雨去掉", "雨"),
        ("雨不要了", "雨"),
        ("別畫那隻鳥", "鳥"),
        ("不要背景里的山", "山"),
        ("去除月亮", "月亮"),
    ],
)
async def test_a_picture_is_drawn_again_without_a_thing_and_once_more_without_two(house: House, line: str, gone: str) -> None:
    await house.desk.call(a_call("imagine", what="麦田", count=1), Sheet(BareChat(), "ann"))

    await said(house, line)
    await said(house, "把云拿掉")

    first, second, third = commissions(house)
    assert (first.options, second.options, third.options) == ({}, {"without": gone}, {"without": f"{gone}, 云"})
    assert first.seed == second.seed == third.seed


@pytest.mark.parametrize("line", ["把它删掉", "删掉第三个", "把背景去掉", "不要文字", "把第二张图去掉", "清空点子"])
def test_what_is_taken_away_and_is_no_thing_in_a_picture_is_read_as_before(line: str) -> None:
    said_of = parts(line)

    assert said_of is None or not said_of.gone


@pytest.mark.parametrize("line", ["再画一张", "换成蓝色", "给咖啡店起名", "多写几个", "更大的船", "画一只猫", "加一个点子：猫咖"])
def test_what_names_no_thing_in_a_picture_is_read_as_before(line: str) -> None:
    assert parts(line) is None


async def test_a_pace_is_said_of_the_last_tune_though_ideas_stand_there(house: House) -> None:
    await house.desk.call(a_call("compose", what="a tea bar"), Sheet(BareChat(), "ann"))
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=2), Sheet(BareChat(), "ann"))

    await said(house, "慢一点")

    assert [one.modality for one in commissions(house)] == ["music", "music"]


async def test_nobody_changes_somebody_else_s_tune_under_ideas(house: House) -> None:
    await house.desk.call(replace(a_call("compose", what="a tea bar"), person=a_person("bob")), Sheet(BareChat(), "bob"))
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=2), Sheet(BareChat(), "ann"))

    await said(house, "慢一点")

    assert len(commissions(house)) == 1


async def test_it_is_what_the_ideas_are_for(house: House) -> None:
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=2), Sheet(BareChat(), "ann"))

    await said(house, "make a poster for it")
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=2), Sheet(BareChat(), "ann"))
    await said(house, "配一段古筝曲")

    poster, tune = commissions(house)
    assert (poster.modality, poster.text, poster.options) == ("image", "a tea bar", {"layout": "poster"})
    assert (tune.modality, tune.text) == ("music", "a tea bar, 古筝")


async def test_several_ideas_are_not_read_aloud_unasked(house: House) -> None:
    await house.desk.call(a_call("brainstorm", topic="names for a tea bar", count=2), Sheet(BareChat(), "ann"))

    chat = await said(house, "read it aloud")

    assert commissions(house) == []
    assert "Of what?" in chat.whispers["ann"][-1].text


async def test_a_title_is_changed_on_the_same_picture(house: House) -> None:
    await house.desk.call(a_call("imagine", what="a lighthouse", count=1, layout="poster"), Sheet(BareChat(), "ann"))

    await said(house, "change the title to Fun Day")

    before, after = commissions(house)
    assert (after.text, after.seed, after.options) == ("Fun Day", before.seed, before.options)


async def test_a_theme_song_for_one_of_them_has_the_kind_that_was_said(house: House) -> None:
    event = typed.parse("theme song for 1, 8 bit, fast", SOURCE)

    assert isinstance(event, Call)
    assert (event.command, event.args) == ("compose", {"what": "1", "style": "chiptune", "tempo": 150})


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("clear the board", "/hide"),
        ("please delete everything", "/delete"),
        ("清空看板", "/hide"),
        ("sort them alphabetically", "/export"),
        ("put them in alphabetical order", "/board"),
        ("按字母排序", "/export"),
    ],
)
def test_what_nobody_does_here_is_answered_by_what_to_type(line: str, word: str) -> None:
    with pytest.raises(Refusal, match=word):
        typed.parse(line, SOURCE)


@pytest.mark.parametrize(
    "line", ["clear glass bottles", "sort waste at school", "delete old photos games", "empty nest party ideas"]
)
def test_a_topic_that_begins_so_is_a_topic(line: str) -> None:
    event = typed.parse(line, SOURCE)

    assert isinstance(event, Call)
    assert event.command == "brainstorm"


async def test_pictures_in_a_different_direction_are_other_pictures(house: House) -> None:
    await house.desk.call(a_call("imagine", what="a lighthouse", count=2), Sheet(BareChat(), "ann"))
    (before,) = commissions(house)

    await said(house, "都不好")

    after = commissions(house)[1]
    assert (after.modality, after.text, after.count) == ("image", "a lighthouse", 2)
    assert after.seed != before.seed


def test_a_shape_is_said_in_words() -> None:
    order = Prompt(text="x", modality="image", options=((HEARD, "aspect"), ("aspect", "1:1")))

    assert understood(order) == "Understood: square."
