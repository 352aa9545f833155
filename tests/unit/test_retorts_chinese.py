"""What Chinese-speaking newcomers say back to what stands there does what they mean, or one sentence says what to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import typed, wiring
from bot.config import Settings
from bot.domain.errors import Refusal
from bot.messages import Call, Press
from bot.services.talk.followups import FollowUp, follow_up
from bot.services.talk.intents import Meaning
from bot.services.talk.praising import liked
from bot.services.talk.remarks import answer
from bot.services.talk.replying import is_talk
from bot.services.talk.retorts import corrected, of_a_line, one_line
from bot.words import speaking
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, Hands, a_call, a_person

UNDER = ",".join(f"{number:024x}" for number in range(1, 6))


def parsed(line: str, under: str = UNDER) -> Call | Press:
    return typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=under, locale="zh-CN"))


def command(line: str, under: str = UNDER) -> tuple[str, str]:
    """The command of a line, and what it is told."""
    call = parsed(line, under)
    assert isinstance(call, Call)
    return call.command, str(call.args.get("said") or call.args.get("topic") or call.args.get("what") or "")


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("这些太虚了，要能马上用的，家长都很忙", "不那么虚, 要能马上用的, 家长都很忙"),
        ("这个太肉麻了，搞笑一点", "不那么肉麻, 搞笑一点"),
        ("太复杂了，要一个人就能搞定的，时间也紧", "不那么复杂, 要一个人就能搞定的, 时间也紧"),
        ("感觉太费钱了！来点不花钱的，老板抠", "不那么费钱, 来点不花钱的, 老板抠"),
        ("都太远了。要走路就能到的", "不那么远, 要走路就能到的"),
        ("预算三千，场地是医院食堂", "预算三千, 场地是医院食堂"),
        ("地点是会议室，不能太吵", "地点是会议室, 不能太吵"),
        ("参加的都是老人，场地在社区活动室", "参加的都是老人, 场地在社区活动室"),
        ("排除线上的，重新来一批", "不要线上的"),
        ("不够搞笑，换一批", "更搞笑"),
        ("都是老掉牙的东西，能不能新潮点，我们都是年轻人", "新潮点, 我们都是年轻人"),
        ("人均预算一百五，时间两小时", "人均预算一百五, 时间两小时"),
    ],
)
def test_what_is_said_against_ideas_and_what_there_is_to_go_by_are_how_others_are_to_be(line: str, how: str) -> None:
    wanted = follow_up(line)

    assert wanted is not None
    assert wanted.constraint == how
    assert command(line) == ("more", line)


@pytest.mark.parametrize(
    "line", ["时间管理的小技巧", "太极拳入门怎么教", "预算五百，公司团建活动", "场地太小怎么布置", "太好了，我去告诉老板"]
)
def test_a_topic_with_such_words_and_praise_are_no_wish(line: str) -> None:
    assert follow_up(line) is None


@pytest.mark.parametrize(
    ("line", "idea"),
    [
        ("喜歡第一個！再往下想", 1),
        ("第三个不错！顺着再想几个", 3),
        ("我喜欢第二个，接着往这个方向想", 2),
        ("第2个好！多来点这种的", 2),
    ],
)
def test_praise_before_more_is_a_vote_and_asks_for_others_like_it(line: str, idea: int) -> None:
    assert follow_up(line) == FollowUp(like=(idea,))
    assert liked(line)
    assert command(line) == ("more", line)


@pytest.mark.parametrize("line", ["我挺喜欢第二个的，顺着这个思路再来三个", "第二个绝了！接着再想三个"])
def test_how_many_others_is_heard_behind_praise(line: str) -> None:
    assert follow_up(line) == FollowUp(like=(2,), count=3)


def test_who_does_not_know_how_to_begin_reads_how() -> None:
    with speaking("zh-CN"):
        assert "写一个题目" in answer("你好，有人吗？我在大理开了个小民宿，不太会用这个")
        assert answer("老人不会用手机怎么办") == ""


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("让大家投票选班服颜色：白、藏青、酒红", ("白", "藏青", "酒红")),
        ("大家投票选团建地点：海边、山里、城里", ("海边", "山里", "城里")),
        ("發起投票：週六、週日、都可以", ("週六", "週日", "都可以")),
        ("投票选一下吃什么 火锅、烤肉、日料", ("火锅", "烤肉", "日料")),
        ("咱们表决一下春游去哪：植物园，动物园，海洋馆", ("植物园", "动物园", "海洋馆")),
        ("选一下颜色投票：红、黄、蓝", ("红", "黄", "蓝")),
        ("吃火锅还是吃烧烤，大家投票", ("吃火锅", "吃烧烤")),
    ],
)
def test_a_vote_between_several_names_the_line_that_puts_up_each(line: str, options: tuple[str, ...]) -> None:
    with speaking("zh-CN"):
        assert "，".join(f"“/idea {one}”" for one in options) in answer(line)


@pytest.mark.parametrize("line", ["投票系统的功能：登录、计票、公示", "班级投票：怎么设计规则", "白、藏青、酒红"])
def test_what_only_speaks_of_votes_is_no_vote(line: str) -> None:
    with speaking("zh-CN"):
        assert "/idea" not in answer(line)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("发起投票 选哪个slogan", "vote"),
        ("得票情况", "winner"),
        ("谁领先啊", "winner"),
        ("帮忙总结三点发群里", "top 3"),
        ("给我总结一下要点，明天跟老板汇报", "summary"),
        ("弄个投票看看大家喜欢哪个", "vote"),
        ("發起投票，選哪一個標題", "vote"),
        ("现在几票了", "winner"),
        ("目前投票情况怎么样", "winner"),
        ("有多少人投了", "winner"),
        ("把这个话题收一收，总结三条给年级主任", "top 3"),
        ("總結一下，挑三個給主編", "top 3"),
        ("汇总成五条，我要汇报", "top 5"),
        ("总结几条给院长", "summary"),
    ],
)
def test_calls_for_votes_tallies_and_sums_show_the_board_with_what_is_asked(line: str, said: str) -> None:
    assert command(line) == ("board", said)


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("不是啦，我是要故事的轉折，不是理由", "故事的轉折"),
        ("不对，我要的是活动名称，不是流程", "活动名称"),
        ("我要的不是礼物，是祝福语", "祝福语"),
        ("你理解错了，我想要的是招聘文案", "招聘文案"),
        ("不是，我说的是第二个", ""),
        ("不想参加聚会、饭局的理由", ""),
        ("不是所有人都要来的团建", ""),
    ],
)
def test_what_somebody_meant_is_the_topic(line: str, topic: str) -> None:
    assert corrected(line) == topic
    if topic:
        assert command(line) == ("brainstorm", topic)


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("/点子 直播间留人的话术", True),
        ("/点子 怎么让员工早点到", True),
        ("/點子 母親節送什麼", True),
        ("/点子 适合雨天的团建活动", True),
        ("/点子 团建破冰小游戏", True),
        ("/点子 前台放一盆多肉", False),
        ("/点子 让老员工带新人", False),
        ("/點子 把會議室改成茶室", False),
        ("/idea 直播间留人的话术", False),
        ("我的点子：直播间留人的话术", False),
    ],
)
def test_the_word_for_ideas_before_a_request_asks_for_ideas(line: str, asks: bool) -> None:
    call = parsed(line, "")

    assert isinstance(call, Call)
    assert call.command == ("brainstorm" if asks else "idea")


async def test_who_gets_ideas_in_place_of_an_own_one_is_told_and_others_to_an_own_one_are_chinese(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    sheet = Sheet(BareChat(), "ann")
    await house.desk.call(a_call("brainstorm", topic="直播间留人的话术", instead="idea", locale="zh-CN"), sheet)
    await house.desk.call(a_call("idea", text="前台放一盆多肉"), Sheet(BareChat(), "ann"))
    own = next(idea for idea in await store.ideas(RED) if idea.text == "前台放一盆多肉")

    assert any("/idea 直播间留人的话术" in card.text for card in sheet.chat.whispers["ann"])
    assert (await house.services.finding.topic(own)).language == "zh"
    await house.desk.close()
    await store.close()


@pytest.mark.parametrize(
    ("intent", "line", "talk"),
    [
        ("poem", "给我们羽绒服写三条slogan，别土", False),
        ("text", "写两条朋友圈文案，卖橙子", False),
        ("why", "牠為什麼會怕黑？給我幾個有趣的理由", False),
        ("why", "老板为什么突然请客？编几个搞笑的原因", False),
        ("why", "给我几个选第一个的理由", True),
        ("text", "帮我写封信", True),
    ],
)
def test_so_many_words_for_a_thing_are_a_topic_whatever_meaning_says(intent: str, line: str, talk: bool) -> None:
    assert is_talk(Meaning(1.0, intent, (intent, "aside"), (0.9, 0.0)), line) is talk


@pytest.mark.parametrize(
    ("line", "aside"),
    [
        ("@小李 你觉得哪个好？", True),
        ("＠阿明 你選哪個", True),
        ("@all 大家觉得怎么样", True),
        ("小张你喜欢哪个@小张", True),
        ("@muselab 你觉得哪个好", False),
        ("@小李 的生日礼物", False),
    ],
)
def test_what_is_said_to_somebody_by_name_is_left_alone(line: str, aside: bool) -> None:
    with speaking("zh-CN"):
        assert ("对别人说" in answer(line)) is aside


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("把第三行换成跟柿子有关的", "柿子"),
        ("第二句改成写雪的", "雪"),
        ("开头那句改一下，写秋天", "秋天"),
        ("最后一句换掉", ""),
        ("把第一句改得押韵一点", ""),
        ("第二个换成红色", None),
        ("把它改成五言", None),
    ],
)
def test_one_line_of_a_poem_is_answered_by_what_can_be_had(line: str, about: str | None) -> None:
    assert one_line(line) == about
    if about is not None:
        with speaking("zh-CN"):
            assert f"/poem {about or '秋雨'}" in of_a_line(about)


async def test_a_line_that_is_to_be_otherwise_begins_no_brainstorm(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    await house.desk.call(a_call("brainstorm", topic="民宿的名字"), Sheet(BareChat(), "ann"))
    sheet = Sheet(BareChat(), "ann")
    await house.desk.call(a_call("more", said="把第三行换成跟柿子有关的", under="latest", locale="zh-CN"), sheet)

    assert any("/poem 柿子" in card.text for card in sheet.chat.whispers["ann"])
    assert len(await store.brainstorms(RED, limit=9)) == 1
    await house.desk.close()
    await store.close()


def test_a_call_for_pictures_that_points_at_ideas_is_no_subject() -> None:
    call = parsed("能画出来吗？第二个")

    assert isinstance(call, Call)
    assert call.args.get("what") != "第二个"


@pytest.mark.parametrize("line", ["@小李 你觉得哪个好？", "让大家投票选班服颜色：白、藏青、酒红"])
def test_a_sentence_is_all_that_such_a_line_gets(line: str) -> None:
    with pytest.raises(Refusal):
        parsed(line)
