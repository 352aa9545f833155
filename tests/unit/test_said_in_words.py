"""Short lines, most of them Chinese, are taken for what they say: works of one idea or of all, votes, decisions, other ideas."""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bot import typed
from bot.domain.errors import Refusal, UnknownIdea
from bot.domain.ideas import Prompt
from bot.messages import Call, Press
from bot.services.chinese import simplified
from bot.services.media.ordered import INSTEAD, UNREAD, understood
from bot.services.media.worded import worded
from bot.services.talk.deeds import deed
from bot.services.talk.followups import follow_up
from bot.services.talk.heard import HEARD
from bot.services.talk.orders import order
from bot.services.talk.swapping import swapped_inside
from bot.wiring import House
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, a_call, a_person, an_id
from tests.unit.test_changing_works import commissions
from tests.unit.test_desk import house as house

SHOWN = tuple(f"{number:024x}" for number in range(1, 6))
with (Path(__file__).parents[1] / "data" / "short_lines.tsv").open(encoding="utf-8", newline="") as file:
    LINES = [(row["line"], row["meant"]) for row in csv.DictReader(file, delimiter="\t")]


def source(shown: tuple[str, ...] = SHOWN) -> typed.Source:
    return typed.Source(id=an_id(), person=a_person(), channel=RED, at=NOON, under=",".join(shown))


def meaning(line: str) -> str:
    """What a line is taken for, in words: the command, the places of the ideas it names, its choices."""
    event = typed.parse(line, source())
    if not isinstance(event, Call):
        return f"{event.key.verb} {SHOWN.index(event.key.target) + 1} {event.key.token}"
    if event.command == "more" and "said" in event.args:
        asked = deed(line)
        if asked is not None and asked.modality:
            return " ".join(filter(None, (asked.modality, asked.layout, asked.said)))
        wanted = follow_up(line)
        return f"more {wanted.count or ''}".strip() if wanted is not None and not wanted.like else "change"
    names = ("layout", "style", "palette", "form", "level", "said", "what", "topic", "idea", "first", "second")
    told = [str(event.args[name]) for name in names if name in event.args]
    places = [str(SHOWN.index(one) + 1) if one in SHOWN else one for one in told]
    return " ".join([event.command, *places])


@pytest.mark.parametrize(("line", "meant"), LINES, ids=[line for line, _meant in LINES])
def test_a_short_line_means_what_it_says(line: str, meant: str) -> None:
    if meant == "answer":
        with pytest.raises(Refusal):
            typed.parse(line, source())
    else:
        assert meaning(line) == meant


@pytest.mark.parametrize(
    "line",
    [
        "投票活动的宣传文案", "年会投票环节怎么设计", "voting app names", "time to vote campaign slogans", "漫画社招新",
        "给两个孩子做海报的活动", "为公司年会写首歌的名字", "换个工作环境的礼物", "普通话比赛", "无聊的时候做什么",
        "what model car to buy for a family", "在哪里跑步比较好", "are you afraid of the dark podcast names", "这个夏天的活动",
        "第一个孩子的名字", "第二句歌词", "第一条新闻的标题", "第一首歌", "排名第一的奶茶店的口号", "第三个用户访谈", "模型",
        "第一号选手", "看板设计",         "模型社团的名字", "把办公室变成花园", "第一次约会的点子", "情绪板工作坊",
        "a comic shop's opening party",
    ],
)  # fmt: skip
def test_what_only_has_such_words_in_it_is_a_topic(line: str) -> None:
    event = typed.parse(line, source())

    assert isinstance(event, Call)
    assert event.command == "brainstorm"


@pytest.mark.parametrize(
    "line", ["第二个能用吗", "第二个好不好", "第二个不是很好", "不要选第二个", "别用第二个", "第二个和第三个选哪个"]
)
def test_a_question_or_a_no_gives_no_vote_and_decides_nothing(line: str) -> None:
    asked = deed(line)

    assert asked is None or not asked.line.startswith(("/vote {} up", "/pick"))


def test_it_is_the_idea_that_stands_there_alone() -> None:
    event = typed.parse("把它删掉", source(SHOWN[2:3]))

    assert isinstance(event, Call)
    assert (event.command, event.args["idea"]) == ("hide", SHOWN[2])
    with pytest.raises(Refusal, match="/hide 2"):
        typed.parse("把它删掉", source())
    with pytest.raises(UnknownIdea):
        typed.parse("把它删掉", source(()))


@pytest.mark.parametrize(
    ("text", "left", "options", "unread"),
    [
        ("一只猫，水彩风格", "一只猫", {"style": "watercolour"}, ()),
        ("一座山，蓝色调", "一座山", {"palette": "blue"}, ()),
        ("一艘船，要蓝色的", "一艘船", {"palette": "blue"}, ()),
        ("我们的书店，绿色系", "我们的书店", {"palette": "green"}, ()),
        ("一条龙，油画，红色的", "一条龙", {"style": "oil", "palette": "red"}, ()),
        ("咖啡馆，极简风，黑白", "咖啡馆", {"style": "flat", "palette": "mono"}, ()),
        ("一片森林，卡通风格", "一片森林", {"style": "flat"}, ()),
        ("一只狐狸，像素风", "一只狐狸", {"style": "mosaic"}, ()),
        ("一只水彩风格的猫", "一只猫", {"style": "watercolour"}, ()),
        ("一隻貓，水彩風格", "一隻貓", {"style": "watercolour"}, ()),
        ("黑白，咖啡店", "咖啡店", {"palette": "mono"}, ()),
        ("梵高风格的向日葵", "向日葵", {"style": "impasto"}, ()),
        ("一只用蜡笔画的小狗", "一只小狗", {"style": "crayon"}, ()),
        ("a castle, pixel art", "a castle", {"style": "mosaic"}, ()),
        ("油画的展览", "油画的展览", {}, ()),
        ("机器人，赛博朋克风格", "机器人", {}, ("赛博朋克风格",)),
        ("a cat, watercolour style", "a cat", {"style": "watercolour"}, ()),
        ("a lighthouse in pink", "a lighthouse", {"palette": "pink"}, ()),
        ("a dragon in watercolor, green", "a dragon", {"style": "watercolour", "palette": "green"}, ()),
        ("the summer fair, in warm colours", "the summer fair", {"palette": "warm"}, ()),
        ("our book fair, retro style", "our book fair", {"style": "sepia"}, ()),
        ("a robot, cyberpunk style", "a robot", {}, ("cyberpunk style",)),
        ("a fox in the snow", "a fox in the snow", {}, ()),
        ("a man in a hat", "a man in a hat", {}, ()),
        ("a walk in autumn", "a walk in autumn", {}, ()),
        ("coffee, tea, cream", "coffee, tea, cream", {}, ()),
        ("海边，凉爽的风", "海边，凉爽的风", {}, ()),
        ("一棵树，大风", "一棵树，大风", {}, ()),
        ("粉色的", "粉色的", {}, ()),
        ("x" * 201 + ", pink", "x" * 201 + ", pink", {}, ()),
    ],
)
def test_a_style_among_the_words_for_a_picture_is_none_of_them(
    text: str, left: str, options: dict[str, str], unread: tuple[str, ...]
) -> None:
    read = worded(text)

    assert (read.text, dict(read.options), read.unread) == (left, options, unread)


async def test_a_picture_is_painted_without_the_words_that_say_how(house: House) -> None:
    chat = BareChat()
    event = typed.parse("画一只猫，赛博朋克风格，粉色的", source(()))
    assert isinstance(event, Call)

    await house.desk.call(event, Sheet(chat, "ann"))

    (order,) = commissions(house)
    assert order.text == "一只猫"
    assert order.options["palette"] == "pink"
    assert {HEARD, UNREAD}.isdisjoint(order.options)
    assert any("粉" in card.text and "赛博朋克风格" in card.text for card in chat.messages.values())


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("画一片森林，卡通风格", "/imagine -- 一片森林，卡通风格"),
        ("用水彩画一只猫", "/imagine -- 一只猫，水彩"),
        ("红色的海报，主题是春节", "/imagine --layout poster -- 春节，红色"),
        ("a blue logo for a bakery", "/imagine --layout logo -- a bakery, blue"),
        ("pixel art of a castle", "/imagine -- a castle, pixel art"),
        ("make a poster for our book fair, retro style", "/imagine --layout poster -- our book fair, retro style"),
        ("a clever logo for a bakery", ""),
        ("用点子画一张图", ""),
    ],
)
def test_how_a_picture_is_drawn_may_stand_before_what_it_is_of(line: str, command: str) -> None:
    assert order(line) == command


def test_what_stands_in_place_of_a_storyboard_is_said() -> None:
    order = Prompt(text="x", modality="image", options=((INSTEAD, "storyboard"), ("layout", "moodboard")))

    assert "moodboard" in understood(order)


async def test_a_poem_of_an_idea_has_its_words(house: House) -> None:
    await house.desk.call(a_call("idea", text="The Lending Shed"), Sheet(BareChat(), "ann"))
    chat = BareChat()

    await house.desk.call(a_call("poem", topic="1"), Sheet(chat, "ann"))

    assert any("The Lending Shed" in card.title for card in chat.messages.values())


@pytest.mark.parametrize(
    ("line", "text", "kind", "style"),
    [
        ("give me some characters for this", "a board game about bees", "characters", ""),
        ("what if the players are the bees instead", "a board game about bees", "", "the players are the bees"),
        ("can we get a slogan out of that? something punchy", "a slogan for a board game about bees", "", "punchy"),
    ],
)
async def test_what_is_asked_of_a_topic_keeps_the_topic(house: House, line: str, text: str, kind: str, style: str) -> None:
    await house.desk.call(a_call("brainstorm", topic="a board game about bees"), Sheet(BareChat(), "ann"))
    event = typed.parse(line, typed.Source(id=an_id(), person=a_person(), channel=RED, at=NOON, under="latest"))
    assert isinstance(event, Call)

    await house.desk.call(event, Sheet(BareChat(), "ann"))

    prompt = (await house.store.brainstorms(RED, limit=1))[0].prompt
    assert prompt is not None
    assert (prompt.text, prompt.kind, prompt.style) == (text, kind, style)


async def test_a_call_for_a_vote_shows_the_board_and_how_to_vote(house: House) -> None:
    await house.desk.call(a_call("idea", text="The Lending Shed"), Sheet(BareChat(), "ann"))
    chat = BareChat()
    event = typed.parse("大家投票吧", source(()))
    assert isinstance(event, Call)

    await house.desk.call(event, Sheet(chat, "ann"))

    (card,) = chat.messages.values()
    assert "The Lending Shed" in str(card.lines)
    assert "/vote 2 赞" in card.text


async def heard(house: House, line: str) -> tuple[list[str], str]:
    """The channel's ideas after a line that changes words in one, newest first; and what was told."""
    chat = BareChat()
    event = typed.parse(line, replace(source(()), under="latest"))
    assert isinstance(event, Press)
    with suppress(UnknownIdea):
        await house.desk.press(event, Sheet(chat, "ann"))
    return [idea.text for idea in await house.store.ideas(RED)], chat.whispers["ann"][-1].text


@pytest.mark.parametrize(
    ("line", "edited"),
    [
        ("把流浪貓改成石虎", "石虎的家"),
        ("将流浪猫换成石虎", "石虎的家"),
        ("請把「流浪猫」改為「石虎」吧", "石虎的家"),
        ("把图书角换成书架", "周五書架"),
    ],
)
async def test_words_inside_the_one_idea_that_has_them_are_changed(house: House, line: str, edited: str) -> None:
    for text in ("流浪貓的家", "周五图书角", "周六图书馆"):
        await house.desk.call(a_call("idea", text=text), Sheet(BareChat(), "ann"))

    ideas, _told = await heard(house, line)

    assert len(ideas) == 4
    assert simplified(ideas[0]) == simplified(edited)


@pytest.mark.parametrize(("line", "named"), [("把图书改成漫画", "#2, #1"), ("把石虎改成流浪猫", "/edit")])
async def test_where_several_ideas_or_none_have_the_words_that_is_said(house: House, line: str, named: str) -> None:
    for text in ("周五图书角", "周六图书馆"):
        await house.desk.call(a_call("idea", text=text), Sheet(BareChat(), "ann"))

    ideas, told = await heard(house, line)

    assert len(ideas) == 2
    assert named in told


async def test_what_a_picture_shows_is_not_changed_for_something_else(house: House) -> None:
    await house.desk.call(a_call("imagine", what="一只猫", count=1), Sheet(BareChat(), "ann"))

    _ideas, told = await heard(house, "把小猫换成小狗")

    assert "/imagine" in told


@pytest.mark.parametrize(
    "line", ["把第2个改成：石虎", "把题目改成石虎", "把它改成英文", "把背景换成深蓝色", "把旧轮胎改成花盆，便宜的"]
)
def test_what_names_no_words_inside_an_idea_changes_none(line: str) -> None:
    assert swapped_inside(line) is None


async def test_who_asks_what_this_is_reads_which_model_and_where(house: House) -> None:
    chat = BareChat()
    event = typed.parse("are you ChatGPT?", source(()))
    assert isinstance(event, Call)

    await house.desk.call(event, Sheet(chat, "ann"))

    said = [card.text for card in chat.messages.values()] + [card.text for cards in chat.whispers.values() for card in cards]
    assert any("Ideas are made by" in text for text in said)
