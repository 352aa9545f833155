"""Lines as people who write Chinese type them: names, options, values, and the signs that an IME puts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot import commands, plugins, typed
from bot.domain.errors import Refusal
from bot.domain.ideas import Channel, Person, Team
from bot.messages import Call, Press
from bot.services import chinese, explaining
from bot.words import speaking

SOURCE = typed.Source(
    id="e1",
    person=Person(platform="terminal", id="ann"),
    channel=Channel(team=Team(platform="terminal", id="local"), id="main"),
    at=datetime(2026, 1, 1, tzinfo=UTC),
)


def called(line: str) -> Call:
    found = typed.parse(line, SOURCE)
    assert isinstance(found, Call)
    return found


def pressed(line: str) -> str:
    found = typed.parse(line, SOURCE)
    assert isinstance(found, Press)
    return str(found.key)


@pytest.mark.parametrize(
    "line",
    ["/vote 1 赞", "/投票 1 赞", "／投票　１　赞", "/投票 1 👍", "/表决 １ 赞成", "/投票 1 贊", "／投票 1 贊成", "、投票 1 好"],
)
def test_a_vote_in_chinese_is_a_vote(line: str) -> None:
    assert pressed(line) == "vote:1:up"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("/投票 2 踩", "vote:2:down"),
        ("/评分 3 五星", "stars:3:5"),
        ("/打分 3 ４", "stars:3:4"),
        ("/投票 ＃１２ 撤回", "vote:#12:none"),
    ],
)
def test_other_opinions_in_chinese(line: str, key: str) -> None:
    assert pressed(line) == key


@pytest.mark.parametrize("line", ["/帮助", "／帮助", "/帮助！", "/说明", "/Help", "/幫助", "/說明"])
def test_help_is_found_under_its_chinese_names(line: str) -> None:
    assert called(line).command == "help"


@pytest.mark.parametrize("line", ["/帮助 诗", "/帮助：诗", "/帮助（诗）"])
def test_what_help_is_asked_for_may_stand_behind_a_chinese_sign(line: str) -> None:
    assert called(line).args == {"command": "诗"}


def test_every_command_and_signal_has_a_chinese_name_of_its_own() -> None:
    named = {
        name: [word for word in chinese._commands(typed.words()) if chinese.command(word, typed.words()) == name]
        for name in typed.words()
    }

    assert all(any("\u3400" <= word[0] <= "\u9fff" for word in words) for words in named.values())


def test_every_word_for_a_command_names_a_command_that_is_there() -> None:
    assert set(chinese.ALSO) <= set(typed.words())


def test_every_chinese_option_and_value_belongs_to_a_parameter_that_is_there() -> None:
    from bot import commands, plugins

    params = {param.name: param for name in plugins.names(commands) for param in plugins.load(commands, name).PARAMS}

    assert set(chinese.VALUES) <= set(params)
    assert set(chinese.OPTIONS) >= set(params) - {"second"}


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("/poem 秋雨 --form 绝句", {"topic": "秋雨", "form": "jueju"}),
        ("/诗 秋雨 --体裁 绝句", {"topic": "秋雨", "form": "jueju"}),
        ("/诗：秋雨 绝句", {"topic": "秋雨", "form": "jueju"}),
        ("/诗 秋雨 七绝", {"topic": "秋雨", "form": "qijue"}),
        ("/诗 秋雨 七言绝句", {"topic": "秋雨", "form": "qijue"}),
        ("/詩 秋雨 五言絕句", {"topic": "秋雨", "form": "wujue"}),
        ("/poem 秋雨 俳句", {"topic": "秋雨", "form": "haiku"}),
        ("/诗　秋雨　——数量　３", {"topic": "秋雨", "count": 3}),
        ("/头脑风暴 给茶馆起名，要短！ --数量 五个", {"topic": "给茶馆起名，要短！", "count": 5}),
        ("/起名 茶馆 －n ３", {"topic": "茶馆", "count": 3}),
        ("/润色 3 简短", {"idea": "3", "level": "short"}),
        ("/润色 ３ 更生动", {"idea": "3", "level": "vivid"}),
        ("/图片 月下小船 --版式：海报", {"what": "月下小船", "layout": "poster"}),
        ("/设置 --票数 关", {"tallies": "off"}),
        ("/设置 --语言 中文", {"language": "zh"}),
        ("/设置 --选定人 所有人", {"pickers": "everyone"}),
        ("/朗读 3 --语言 中文", {"what": "3", "language": "zh"}),
        ("/导出 表格", {"format": "csv"}),
        ("/詩 秋雨 --體裁 絕句", {"topic": "秋雨", "form": "jueju"}),
        ("/設置 --票數 關", {"tallies": "off"}),
    ],
)
def test_options_and_values_in_chinese(line: str, args: dict[str, object]) -> None:
    assert called(line).args == args


def test_a_topic_keeps_its_own_signs() -> None:
    assert called("给３岁孩子的睡前故事：要有龙，不要太吓人！").args["topic"] == "给３岁孩子的睡前故事：要有龙，不要太吓人！"


@pytest.mark.parametrize("line", ["/诗 秋雨 ——怀念故乡", "/诗 秋雨——怀念故乡"])
def test_a_dash_in_a_text_is_no_option(line: str) -> None:
    assert called(line).args["topic"] == line.removeprefix("/诗 ")


def test_a_list_mark_before_a_topic_is_no_slash() -> None:
    assert called("、茶馆的名字").command == "brainstorm"


def test_a_command_word_in_a_topic_is_no_command() -> None:
    assert called("诗歌节的活动点子").command == "brainstorm"


def test_a_wrong_value_is_answered_with_the_chinese_ones() -> None:
    with speaking("zh-CN"), pytest.raises(Refusal, match="俳句、.*绝句"):
        typed.parse("/诗 秋雨 --体裁 长诗", SOURCE)


def test_usage_in_chinese_has_no_english_words_for_places() -> None:
    with speaking("zh-CN"):
        assert typed.usage("poem").startswith("/poem 主题 ")
        assert "HAIKU" not in typed.usage("poem").upper()


@pytest.mark.parametrize(
    ("text", "number"), [("5", 5), ("５", 5), ("五", 5), ("两个", 2), ("-3", -3), ("3首", 3), ("秋", None), ("", None)]
)
def test_numbers(text: str, number: int | None) -> None:
    assert chinese.number(text) == number


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("/配图 3 --风格 水彩", {"what": "3", "style": "watercolour"}),
        ("/配图 3 --配色 海洋", {"what": "3", "palette": "ocean"}),
        ("/配图 3 --配色 紫色", {"what": "3", "palette": "purple"}),
        ("/配图 3 紫色", {"what": "3", "palette": "purple"}),
        ("/配图 1 情绪版", {"what": "1", "layout": "moodboard"}),
        ("/作曲 3 --乐器 钢琴", {"what": "3", "lead": "piano"}),
        ("/作曲 3 --情绪 悲伤", {"what": "3", "mood": "sad"}),
        ("/文案 护手霜 --风格 水彩", {"topic": "护手霜", "style": "水彩"}),
    ],
)
def test_what_help_offers_in_chinese_can_be_typed(line: str, wanted: dict[str, str]) -> None:
    assert called(line).args == wanted


def test_help_in_chinese_offers_values_in_chinese() -> None:
    with speaking("zh-CN"):
        text = explaining.command("imagine", plugins.load(commands, "imagine")).text

    assert "水彩" in text
    assert "watercolour" not in text
