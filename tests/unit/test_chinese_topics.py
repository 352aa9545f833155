"""Chinese topics are topics where ideas stand, too, and their limits are read; wishes for other ideas stay wishes."""

from __future__ import annotations

import pytest

from bot import typed
from bot.domain.ideas import Prompt
from bot.messages import Call
from bot.services.ideas.filtering import unwanted
from bot.services.talk.followups import follow_up
from bot.services.talk.heard import told, understood
from bot.services.talk.intents import Meaning
from bot.services.talk.manners import asked
from bot.services.talk.replying import is_talk
from bot.services.talk.subjects import names_a_thing, of_its_own
from bot.services.talk.wishes import refinement, wishes
from bot.words import speaking
from tests.builders import NOON, RED, a_person

TOPICS = [
    "公司团建,二十个人,预算人均150,不想爬山",
    "三年级班规,孩子们自己能懂的",
    "开业伴手礼,我们是做烘焙的",
    "第一次去男友家,给他爸妈带什么",
    "给一篇写大棚草莓种植的报道起几个标题",
    "给孩子送什么生日礼物",
    "不用道具的集体小游戏",
    "少年热血漫画设定",
    "班会主题有哪些",
    "奶奶总被保健品推销忽悠,怎么劝她不伤感情",
    "給爺爺八十大壽的禮物,他喜歡下棋",
    "短剧剧本创意,外卖员和独居老太太",
    "车间安全口号，短一点",
    "公司团建二十个人预算人均150不想爬山",
]
WISHES = [
    "便宜一点",
    "适合孩子的",
    "不要爬山",
    "短一点",
    "搞笑的",
    "不用道具",
    "不要惩罚",
    "要有创意",
    "再来几个不用道具的游戏",
    "更便宜的礼物",
    "有没有更便宜的,预算只有五千块",
    "給小朋友看的",
    "室内的就行",
    "有什么不用花钱的",
    "要能让妈妈感动",
    "能让左邻右舍都参与进来的",
]


@pytest.mark.parametrize("line", TOPICS)
def test_a_line_that_names_a_thing_of_its_own_is_a_topic_behind_ideas_too(line: str) -> None:
    event = typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under="latest"))

    assert isinstance(event, Call)
    assert (event.command, event.args["topic"]) == ("brainstorm", line)
    assert of_its_own(line)


@pytest.mark.parametrize("line", WISHES)
def test_a_line_of_limits_and_manners_alone_names_nothing(line: str) -> None:
    assert not of_its_own(line)


@pytest.mark.parametrize("line", [one for one in WISHES if "再" not in one and "礼物" not in one])
def test_such_a_line_is_a_wish_for_what_stands_there(line: str) -> None:
    assert follow_up(line) or refinement(line)


@pytest.mark.parametrize(("intent", "sure"), [("refine", True), ("more", True), ("poll", False)])
def test_what_names_a_thing_is_no_talk_of_other_ideas_and_none_that_is_unsure(intent: str, sure: bool) -> None:
    meant = Meaning(0.97, intent if sure else "", (intent, "question"), (0.6 if sure else 0.3, 0.2))

    assert not is_talk(meant, "三年级班规,孩子们自己能懂的", goes_on=True)
    assert is_talk(meant, "孩子们自己能懂的", goes_on=True)


def test_what_is_given_to_somebody_is_nothing_that_is_sent() -> None:
    meant = Meaning(0.9, "send", ("send", "export"), (0.7, 0.1))

    assert not is_talk(meant, "同事离职送啥,我们只有三个人")
    assert is_talk(meant, "送到老板邮箱")


def test_what_a_thing_of_its_own_is_to_hold_is_asked_of_no_ideas_that_stand_there() -> None:
    assert names_a_thing("年终总结写哪些内容")
    assert not names_a_thing("咱组目前有啥")


def test_talk_that_is_sure_stays_talk_though_it_names_a_thing() -> None:
    assert is_talk(Meaning(0.9, "poll", ("poll", "vote"), (0.7, 0.1)), "班级口号投票选题目")


@pytest.mark.parametrize(
    "line",
    [
        "把大家的点子合成一个方案",
        "这些活动太贵了",
        "第二个活动",
        "可以加自己的点子吗",
        "一句口号",
        "哪些适合下雨天",
        "names for a tea bar",
    ],
)
def test_what_speaks_of_what_stands_there_names_nothing_of_its_own(line: str) -> None:
    assert not names_a_thing(line)


@pytest.mark.parametrize(
    ("line", "topic", "how"),
    [
        ("公司团建,二十个人,预算人均150,不想爬山", "公司团建", ("二十个人", "预算人均150", "不想爬山")),
        ("女朋友生日礼物,三百以内", "女朋友生日礼物", ("三百以内",)),
        ("校園微電影故事,十分鐘以內", "校園微電影故事", ("十分鐘以內",)),
        ("趣味运动会奖品,每份不超过20元", "趣味运动会奖品", ("每份不超过20元",)),
        ("聚会小游戏,十来个人,不用道具", "聚会小游戏", ("十来个人", "不用道具")),
        ("第一次去男友家,给他爸妈带什么", "第一次去男友家,给他爸妈带什么", ()),
        ("科幻点子，时间和记忆", "科幻点子，时间和记忆", ()),
        ("合租公约,三个人一只狗", "合租公约,三个人一只狗", ()),
    ],
)
def test_limits_behind_commas_are_told_from_the_topic(line: str, topic: str, how: tuple[str, ...]) -> None:
    read = wishes(line)

    assert (read.topic, read.how, read.audience) == (topic, how, "")


def test_the_limits_are_said_and_what_is_not_wanted_is_held_to() -> None:
    _topic, fields = told("公司团建,二十个人,不想爬山", {}, {})
    prompt = Prompt(text="公司团建", style=fields["style"], options=tuple(fields["options"].items()))

    with speaking("zh-CN"):
        assert understood(prompt) == "我的理解：二十个人、不想爬山。"
    assert unwanted("周末一起爬山看日出", prompt) == "unwanted"
    assert unwanted("江边烧烤", prompt) is None


def test_limits_and_what_is_not_wanted_say_nothing_of_how_ideas_are() -> None:
    assert asked("二十个人, 预算人均150, 不想爬山") == ""
    assert asked("幽默一点, 預算五百, 短一点") == "幽默一点, 短一点"


def test_a_limit_holds_beside_a_style_that_was_given_and_none_is_lost_where_they_are_too_long() -> None:
    _topic, fields = told("公司团建,幽默一点,二十个人", {"style": "古风"}, {})
    long = "公司团建" + ",不要" + "爬" * 14 + (",不要" + "喝" * 13) * 5

    assert fields["style"] == "古风, 二十个人"
    assert told(long, {}, {})[0] == long
