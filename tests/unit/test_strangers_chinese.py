"""Kinds of lines that Chinese-speaking strangers typed and that were answered badly are answered as a colleague would."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import typed, wiring
from bot.config import Settings
from bot.domain.errors import Refusal
from bot.domain.ideas import Prompt
from bot.messages import Call, Press
from bot.ports import Order
from bot.services.chinese import simplified
from bot.services.media.changes import change
from bot.services.talk.followups import follow_up
from bot.services.talk.heard import understood
from bot.services.talk.pointing import points
from bot.services.talk.remarks import answer
from bot.services.talk.signing import chosen
from bot.words import speaking
from generators.client.scripted import ScriptedGenerator
from generators.engines.image import naming
from generators.verse.generator import ChineseGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, Hands, a_call, a_person


def source(id: str) -> typed.Source:
    return typed.Source(id=id, person=a_person(), channel=RED, at=NOON)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("期末聚餐吃火锅还是烧烤?投个票", ("/idea 火锅", "/idea 烧烤")),
        ("大家投一下,奶茶還是咖啡", ("/idea 奶茶", "/idea 咖啡")),
        ("要不要換logo?投票決定", ("/idea 換logo",)),
        ("欸不是,我是說第三個", ("delete the second one",)),
        ("怎么让你说中文别说英文", ("muselab model use",)),
        ("我看不懂英文", ("muselab model use",)),
    ],
)
def test_the_sentence_names_what_the_line_names(line: str, said: tuple[str, ...]) -> None:
    with speaking("en"):
        told = answer(line)

    assert all(part in told for part in said)


@pytest.mark.parametrize("line", ["英文绘本还是中文绘本更好卖", "中文系毕业晚会", "用中文写", "投票系统的名字"])
def test_a_topic_that_holds_such_words_gets_no_sentence(line: str) -> None:
    assert answer(line) == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("我选火锅", "火锅"),
        ("我也投密室一票", "密室"),
        ("烧烤+1", "烧烤"),
        ("我選修課", ""),
        ("我选第二个", ""),
        ("支持乡村教育", ""),
        ("c++1", ""),
    ],
)
def test_a_choice_by_its_words_is_a_vote(line: str, words: str) -> None:
    assert chosen(line) == words


async def test_a_vote_by_words_goes_to_the_idea_that_has_them_and_names_idea_where_none_has(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    await house.desk.call(a_call("idea", text="去吃火锅"), Sheet(BareChat(), "ann"))
    sheets = [Sheet(BareChat(), "ann") for _time in range(2)]

    for line, sheet in zip(("我选火锅", "我选烧烤"), sheets, strict=True):
        event = typed.parse(line, source(line))
        assert isinstance(event, Press)
        await house.desk.press(event, sheet)

    (idea,) = await store.ideas(RED)
    assert [(vote.signal, vote.value) for vote in await store.feedback(RED.team, [idea.id])][-1] == ("vote", 1.0)
    assert "/idea 烧烤" in sheets[1].chat.whispers["ann"][-1].text
    await house.desk.close()
    await store.close()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("有没有更便宜的,预算只有五千块", "更便宜的, 预算只有五千块"),
        ("有没有短一点的", "短一点的"),
        ("这些都是废话,具体一点", "具体一点"),
        ("能不能更便宜,我们只有三个人", "更便宜, 我们只有三个人"),
    ],
)
def test_a_question_for_others_says_how_they_should_be(line: str, wanted: str) -> None:
    said = follow_up(line)

    assert said is not None
    assert said.constraint == wanted


@pytest.mark.parametrize("line", ["有没有更便宜的,预算只有五千块", "这些都是废话,具体一点", "还有没有更好玩的"])
def test_where_nothing_stands_such_a_question_is_no_topic(line: str) -> None:
    assert points(line)


@pytest.mark.parametrize("line", ["有没有更便宜的办公室租赁方式", "预算只有五千块的年会", "有趣一点的班会"])
def test_a_topic_with_such_words_points_at_nothing(line: str) -> None:
    assert not points(line)


def test_two_questions_are_both_answered_or_the_second() -> None:
    with pytest.raises(Refusal) as refused:
        typed.parse("这些点子是谁写的？刚才删掉的能找回来吗？", source("1"))
    assert len(str(refused.value).splitlines()) == 2

    event = typed.parse("谁领先？怎么投票？", source("1"))
    assert isinstance(event, Call)
    assert (event.command, event.args["command"]) == ("help", "vote")
    topic = typed.parse("年会玩什么？抽奖送什么？", source("1"))
    assert isinstance(topic, Call)
    assert topic.command == "brainstorm"


async def test_a_poem_of_the_picture_is_about_what_it_was_made_of(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    event = typed.parse("给这幅画配一首小诗", source("1"))
    assert isinstance(event, Call)
    sheet = Sheet(BareChat(), "ann")

    await house.desk.call(event, sheet)
    assert "/imagine" in sheet.chat.whispers["ann"][-1].text

    await house.desk.call(a_call("imagine", what="一只戴帽子的猫", count=1), Sheet(BareChat(), "ann"))
    await house.desk.call(replace(event, id="2"), Sheet(BareChat(), "ann"))

    latest = (await store.brainstorms(RED, limit=1))[0]
    assert latest.prompt is not None
    assert (latest.prompt.text, latest.prompt.kind) == ("一只戴帽子的猫", "jueju")
    await house.desk.close()
    await store.close()


@pytest.mark.parametrize(
    ("request_", "topic", "options"),
    [
        ("写首打油诗贴在墙上，讲毛肚七上八下的", "毛肚", {}),
        ("写首藏头诗：毕业快乐", "毕业快乐", {"first": "毕业快乐"}),
        ("毛肚", "毛肚", {}),
    ],
)
async def test_a_whole_request_behind_the_command_is_a_poem_of_what_it_is_about(
    tmp_path: Path, request_: str, topic: str, options: dict[str, str]
) -> None:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())

    await house.desk.call(a_call("poem", topic=request_), Sheet(BareChat(), "ann"))

    latest = (await store.brainstorms(RED, limit=1))[0]
    assert latest.prompt is not None
    assert (latest.prompt.text, latest.prompt.kind, dict(latest.prompt.options)) == (topic, "jueju", options)
    await house.desk.close()
    await store.close()


def test_who_asks_for_another_kind_of_poem_reads_that_it_is_a_jueju() -> None:
    event = typed.parse("写首关于半夜修bug的打油诗", source("1"))
    assert isinstance(event, Call)
    assert event.args["said"] == "打油诗"

    with speaking("zh-CN"):
        assert "绝句" in understood(Prompt(text="加班", kind="jueju", options=(("instead", "打油诗"),)))
    with speaking("zh-TW"):
        assert understood(Prompt(text="加班", kind="jueju", options=(("instead", "打油诗"),))).startswith("這裡寫不了「打油")


@pytest.mark.parametrize(
    ("line", "colour"),
    [
        ("暖黄色的", "yellow"),
        ("淡粉色的", "pink"),
        ("冷蓝色", "blue"),
        ("枣红色", "red"),
        ("墨绿色", "dark green"),
        ("暖色调", "warm"),
    ],
)
def test_a_shade_of_a_colour_is_that_colour(line: str, colour: str) -> None:
    said = change(line, "image")

    assert said is not None
    assert said.options == (("palette", colour),)


async def test_a_topic_of_either_script_gets_its_poem_in_the_readers_characters() -> None:
    order = Order(
        prompt=Prompt(text="老街屋簷", kind="jueju", language="zh", count=1), candidates=1, seed=3, model="", team=RED.team
    )
    poems = []

    for locale in ("zh-CN", "zh-TW"):
        with speaking(locale):
            poems += [draft.text async for draft in ChineseGenerator(ScriptedGenerator()).draft(order)][:1]

    assert simplified(poems[1]) == poems[0] != poems[1]


def test_what_a_board_shows_is_told_in_the_readers_characters() -> None:
    with speaking("zh-TW"):
        assert naming.things(["red paper lantern"]) == "紅燈籠"
