"""What Chinese-speaking newcomers say of pictures and poems, in which characters they are answered, and their titles."""

from __future__ import annotations

import pytest

from bot.domain.ideas import Prompt
from bot.services import chinese
from bot.services.media.depicted import parts
from bot.services.talk.heard import understood
from bot.services.talk.orders import order
from bot.services.talk.wishes import wishes
from bot.words import in_quotes, speaking
from generators.engines.image.chinese import nouns, words
from generators.verse.generator import of_the_living
from generators.verse.writing import Written


@pytest.mark.parametrize(
    ("line", "shows"),
    [
        ("可以畫出來嗎？螢火蟲躲在葉子下面", "螢火蟲躲在葉子下面"),
        ("能画出来吗？一只猫坐在月亮上", "一只猫坐在月亮上"),
        ("能不能画一下：老柿子树下的院子", "老柿子树下的院子"),
        ("帮我画出来：海边的灯塔", "海边的灯塔"),
    ],
)
def test_a_picture_is_of_what_stands_behind_the_question(line: str, shows: str) -> None:
    assert order(line) == f"/imagine -- {shows}"


@pytest.mark.parametrize(
    ("line", "thing", "whole"),
    [
        ("顏色再暖一點，加月亮", "月亮", ("palette", "warm")),
        ("加个灯笼，整体亮一点", "灯笼", ("palette", "calm")),
        ("换成竖版，加一棵树", "树", ("aspect", "3:4")),
        ("加个灯笼", "灯笼", None),
        ("月亮大一点，颜色暗一些", "", ("palette", "night")),
    ],
)
def test_a_thing_more_beside_what_is_said_of_all_of_a_picture_is_heard(
    line: str, thing: str, whole: tuple[str, str] | None
) -> None:
    said = parts(line)

    assert said is not None
    assert said.thing == thing
    assert (said.whole.options if said.whole is not None else ()) == ((whole,) if whole else ())


@pytest.mark.parametrize("line", ["加班文化怎么改", "加油站促销", "补课的理由", "加个班", "加一个点子：猫咖"])
def test_a_topic_that_begins_so_is_no_thing_in_a_picture(line: str) -> None:
    assert parts(line) is None


@pytest.mark.parametrize(
    ("line", "topic", "count"),
    [
        ("抽奖奖品想十个，别是保温杯", "抽奖奖品", 10),
        ("生日礼物给我推荐三个，不要太贵", "生日礼物", 3),
        ("毕业纪念品想几个", "毕业纪念品", None),
        ("短一点的再来五个", "短一点的再来五个", None),
    ],
)
def test_how_many_behind_a_topic_is_no_part_of_it(line: str, topic: str, count: int | None) -> None:
    read = wishes(line)

    assert (read.topic, read.count) == (topic, count)


@pytest.mark.parametrize(
    ("line", "known", "answered"),
    [
        ("你會說台語嗎", "zh-CN", "zh-Hant"),
        ("好玩", "zh-CN", ""),
        ("好玩", "zh-TW", ""),
        ("这个怎么卖", "zh-TW", "zh-Hans"),
        ("皇后和公里", "zh-TW", ""),
        ("再短一点", "en-US", "zh-Hans"),
        ("shorter", "zh-CN", ""),
    ],
)
def test_who_writes_chinese_is_answered_in_the_same_characters(line: str, known: str, answered: str) -> None:
    assert chinese.spoken(line, known) == answered


def test_quotation_marks_are_of_one_kind() -> None:
    for tag, quoted in (("en", "“猫”"), ("zh-CN", "“猫”"), ("zh-TW", "「猫」")):
        with speaking(tag):
            assert in_quotes("猫") == quoted


def test_a_poem_says_that_its_tone_is_not_kept() -> None:
    with speaking("zh-CN"):
        told = understood(Prompt(text="主任退休", kind="jueju", style="不那么肉麻, 改搞笑点", language="zh"))
        rhymed = understood(Prompt(text="主任退休", kind="jueju", style="要押韵", language="zh"))

    assert "没有照“不那么肉麻、改搞笑点”来写" in told
    assert rhymed == ""


def test_poems_for_the_living_speak_of_no_death() -> None:
    gone, well = Written(("乘鹤退休栖",), -1.0), Written(("先生爱钓鱼",), -2.0)

    assert of_the_living([gone, well], "主任退休") == [well]
    assert of_the_living([gone, well], "悼念外公") == [gone, well]
    assert of_the_living([gone], "主任退休") == [gone]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("萤火虫躲在叶子下面", ("萤火虫", "叶子")),
        ("一只猫坐在月亮上", ("猫", "月亮")),
        ("海边的灯塔", ("灯塔",)),
        ("一条龙盘在山顶", ("龙", "山顶")),
    ],
)
def test_who_is_somewhere_is_what_a_picture_is_of(text: str, named: tuple[str, ...]) -> None:
    assert nouns(words(text)) == named
