"""What Chinese-speaking newcomers said in other words than the rules knew is taken for what they meant."""

from __future__ import annotations

import pytest

from bot import typed
from bot.domain.errors import Refusal
from bot.domain.ideas import Prompt
from bot.messages import Call
from bot.services.media.worded import worded
from bot.services.talk.followups import FollowUp, follow_up
from bot.services.talk.intents import Meaning
from bot.services.talk.orders import order
from bot.services.talk.remarks import SENTENCES, answer
from bot.services.talk.replying import is_talk
from bot.words import speaking
from generators.client.languages import english_only
from tests.builders import NOON, RED, a_person


@pytest.mark.parametrize(
    "line", ["怎么退出", "请问如何退出这个程序", "我想退出，怎么离开", "怎样关掉它", "退出怎么弄", "how do I quit"]
)
def test_who_asks_how_to_leave_reads_one_sentence(line: str) -> None:
    line = line.replace("我想退出，", "")
    with speaking("zh-CN"), pytest.raises(Refusal, match="q 退出"):
        typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=""))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("第二个不错,还有没有类似的", FollowUp(like=(2,))),
        ("第2个挺不错，再来几个类似的", FollowUp(like=(2,))),
        ("第一个不赖,有没有像这样的", FollowUp(like=(1,))),
        ("第三个还不错,再来五个短一点的", FollowUp(like=(3,), constraint="短一点的", count=5)),
        ("第三个蛮好的,给我几个像这样的", FollowUp(like=(3,))),
        ("那个二号我觉得挺好,有没有差不多的", FollowUp(like=(2,))),
        ("第二个不错,但是太长了", FollowUp(like=(2,), constraint="短一点")),
        ("第2个，但不要太土", FollowUp(like=(2,), constraint="不要太土")),
        ("第二个不错,就它了", None),
    ],
)
def test_praise_is_no_part_of_how_ideas_are_to_be(line: str, wanted: FollowUp | None) -> None:
    assert follow_up(line) == wanted


@pytest.mark.parametrize(
    ("line", "talk"),
    [
        ("给我们班起个班名,初二(5)班", False),
        ("周一例会叫什么名字好", False),
        ("初三百日誓师的班级名", False),
        ("周一提醒我投票", True),
        ("明早八點叫我", True),
    ],
)
def test_a_day_alone_wants_no_reminder(line: str, talk: bool) -> None:
    remind = Meaning(1.0, "remind", ("remind", "text"), (0.9, 0.0))

    called = any(word in line for word in ("提醒", "叫我"))
    assert is_talk(remind, line) is talk is called


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("写首打油诗贴在墙上,讲毛肚七上八下的", "毛肚"),
        ("毕业诗，送给初三的孩子们，要押韵", "毕业"),
        ("毕业诗送给初三的孩子们", "毕业"),
        ("送别诗，同事要去深圳了", "送别，同事要去深圳了"),
        ("咏物诗，写保温杯", "保温杯"),
        ("作诗一首，题目叫《空椅子》", "空椅子"),
        ("打油诗一首，讲早高峰", "早高峰"),
        ("做首打油诗损一下我兄弟", "我兄弟"),
        ("给保安大叔写首诗贴门卫室，他要退休了", "保安大叔，他要退休了"),
        ("以“灯”为题作诗", "灯"),
        ("来首诗，主题海浪和猫", "海浪和猫"),
        ("写一首主题公园的诗", "主题公园"),
        ("写一首毕业诗,送给初三的孩子们,要押韵", "毕业"),
        ("写首打油诗,说说加班", "加班"),
        ("写一首诗,描写秋天的雨,挂在教室里", "秋天的雨"),
        ("寫首關於外婆的詩,要押韻一點", "外婆"),
        ("写首诗,送给妈妈,要押韵", "妈妈"),
        ("写一首秋天的诗,讲丰收", "秋天，丰收"),
    ],
)
def test_a_poem_is_about_what_a_clause_tells(line: str, topic: str) -> None:
    assert order(line).partition(" -- ")[2] == topic


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("藏头诗 毕业快乐", "/poem --form cangtou --count 1 -- 毕业快乐"),
        ("给小组写首藏头诗，“加油干吧”", "/poem --form cangtou --count 1 -- 加油干吧"),
        ("來首藏頭詩：生日快樂", "/poem --form cangtou --count 1 -- 生日快樂"),
        ("来首藏头诗，写春天", "/poem --form jueju --count 1 -- 春天"),
    ],
)
def test_four_characters_begin_the_lines_of_an_acrostic(line: str, command: str) -> None:
    assert order(line) == command


@pytest.mark.parametrize(
    "line",
    ["送别诗，怎么写", "毕业诗，第二首好", "打油诗是什么", "诗太长了，压成四行", "这首诗再加一节", "以海为题写诗歌大赛的方案"],
)
def test_what_is_said_of_poems_asks_for_none(line: str) -> None:
    assert order(line) == ""


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        (
            "poll",
            (
                "投票:店里放不放自助小料台",
                "来个投票：周末要加班吗",
                "春游去哪里 A植物园 B博物馆 C爬山 大家投个票",
                "午饭吃什么 A 面 B 饭",
                "有沒有別人也可以一起投票的方法",
                "怎么让同事一起投票",
                "能不能叫朋友来投票",
                "怎么才能让其他同事也来投票",
            ),
        ),
        ("charts", ("画个流程图:拍照-识别-入账", "帮我做一张甘特图", "来个思维导图吧", "能画个表格吗")),
        ("four_lines", ("把这首诗改短一点,四句就行", "这首诗能不能再短一些", "把诗改成四句")),
    ],
)
def test_what_is_not_done_has_its_sentence(key: str, lines: tuple[str, ...]) -> None:
    told = {"poll": "I hold no polls", "charts": "Flow charts", "four_lines": "A poem in Chinese has four lines"}[key]
    with speaking("en"):
        for line in lines:
            assert answer(line).startswith(told), line
            assert not order(line), line


@pytest.mark.parametrize(
    "line", ["怎么让大家积极投票", "投票站的宣传口号", "A轮融资的海报", "流程图软件的名字", "诗社招新，四句口号", "B站账号名字"]
)
def test_a_topic_with_such_words_is_one(line: str) -> None:
    event = typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=""))

    assert isinstance(event, Call)
    assert event.command in ("brainstorm", "name", "imagine")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("能画个招牌不,一口锅加个辣椒", "/imagine -- 一口锅加个辣椒"),
        ("可以画只猫不", "/imagine -- 只猫"),
        ("你会写首诗不，关于雪", "/poem --form jueju --count 1 -- 雪"),
        ("來點適合早餐時間放的音樂", "/compose -- 適合早餐時間放的音樂"),
        ("放点轻松的曲子", "/compose -- 轻松的曲子"),
        ("来一些适合跑步的音乐", "/compose -- 适合跑步的音乐"),
        ("来点音乐节的点子", ""),
    ],
)
def test_a_request_is_its_command(line: str, command: str) -> None:
    assert order(line) == command


@pytest.mark.parametrize(
    ("text", "of", "palette"),
    [
        ("奶油色的小房间", "小房间", "cream"),
        ("咖啡色的房子", "房子", "brown"),
        ("柠檬色的杯子", "杯子", "yellow"),
        ("一个米色的杯子", "杯子", "beige"),
        ("一只黑色的猫", "一只黑色的猫", ""),
    ],
)
def test_a_colour_called_by_a_thing_is_no_thing(text: str, of: str, palette: str) -> None:
    found = worded(text)

    assert (found.text, dict(found.options).get("palette", "")) == (of, palette)


def test_the_short_refusal_names_tunes_too() -> None:
    with speaking("zh-CN"):
        assert "/compose" in english_only(Prompt(text="茶馆", language="zh")).again
    assert {"leave", "charts", "four_lines"} <= set(SENTENCES)
