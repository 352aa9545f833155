"""What people say of ideas that stand there, in lines as they type them: which idea, for or against, and what else they want."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot import typed
from bot.domain.ideas import Idea
from bot.messages import Call, Press
from bot.services.talk.amending import amended
from bot.services.talk.elliptic import elliptic
from bot.services.talk.followups import FollowUp, follow_up
from bot.services.talk.handles import Seen, named_in
from bot.services.talk.openings import announced, opened
from bot.services.talk.opining import pointed
from bot.services.talk.opinions import about, heard
from bot.services.talk.pointing import pictured, place
from tests.builders import NOON, RED, a_person, an_idea

#: Sets of five ideas, and lines of people who had not seen the rules: what each says of the ideas, and what is left of it.
SETS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parents[1] / "data" / "opinions.jsonl").read_text(encoding="utf-8").splitlines()
]
UNDER = ",".join(f"{n:024x}" for n in range(1, 6))
MUSEUM = (
    "A night with torches",
    "Scan the paintings with a phone",
    "Deadwood",
    "Tickets for a coin",
    "A quiz about the whale bones",
)


def ideas_of(texts: tuple[str, ...] | list[str], first: int = 1) -> list[Idea]:
    return [an_idea(text=text, number=number) for number, text in enumerate(texts, start=first)]


@pytest.mark.parametrize("given", SETS, ids=[one["ideas"][0] for one in SETS])
def test_lines_say_of_ideas_what_their_writers_meant(given: dict[str, Any]) -> None:
    ideas = ideas_of(given["ideas"])

    for row in given["lines"]:
        said = heard(row["line"], ideas)
        told = [f"{one.says} {one.idea.number}" for one in said.opinions] if said is not None else []
        assert (row["line"], told, said.rest if said is not None else "") == (row["line"], row["says"], row["rest"])


@pytest.mark.parametrize(
    ("line", "says", "rest"),
    [
        ("haha ok the first one is fun", ["up 1"], ""),
        ("2 👍 4 👎", ["up 2", "down 4"], ""),
        ("omg yes 1!! more like that", ["up 1"], "more like that"),
        ("the ticket one is good, can you explain how that would work?", ["up 4"], "can you explain how that would work?"),
        ("not 4, we did that last year", ["down 4"], ""),
        ("lol 4 again? we did that in may", ["down 4"], ""),
        ("Anna and me are for 3", ["up 3"], ""),
        ("1 and 3 yes, 5 no", ["up 1", "up 3", "down 5"], ""),
        ("ok going with deadwood. logo for it?", ["pick 3"], "logo for it?"),
        ("whale bones!! love it", ["up 5"], ""),
        ("the first one is not bad", ["up 1"], ""),
        ("2 and 5 get my vote", ["up 2", "up 5"], ""),
        ("前三个都不错", ["up 1", "up 2", "up 3"], ""),
        ("第二个和第四个都喜欢", ["up 2", "up 4"], ""),
        ("2放过了没用，3物业没权定价", ["down 2", "down 3"], ""),
        ("nobody asked us, the torches were fun", [], ""),
        ("names for 2 dogs, fun", [], ""),
        ("3 games for kids", [], ""),
        ("who voted for 3?", [], ""),
    ],
)
def test_english_lines_say_it_too(line: str, says: list[str], rest: str) -> None:
    said = heard(line, ideas_of(MUSEUM))

    assert ([f"{one.says} {one.idea.number}" for one in said.opinions] if said else []) == says
    assert (said.rest if said else "") == rest


def test_a_number_is_a_place_where_numbers_count_what_stands_on_a_screen() -> None:
    ideas = ideas_of(MUSEUM, first=3)

    beside, counted = heard("3 is great", ideas), heard("3 is great", ideas, by_place=True)
    by_sign = heard("#3 is great", ideas, by_place=True)

    assert beside
    assert beside.opinions[0].idea == ideas[0]
    assert counted
    assert counted.opinions[0].idea == ideas[2]
    assert by_sign
    assert by_sign.opinions[0].idea == ideas[0]


def test_words_that_two_ideas_have_name_neither() -> None:
    ideas = ideas_of(("A night with torches", "A night in the cellar", "Deadwood"))

    assert heard("the night one is great", ideas) is None
    assert heard("the cellar one is great", ideas) is not None
    assert not named_in("the night is young", Seen(ideas))


@pytest.mark.parametrize(
    ("line", "number"),
    [("3 reminds me of my ex", 3), ("4 who pays for that", 4), ("3 games for kids", None), ("3到6岁的游戏", None)],
)
def test_a_line_may_begin_with_an_idea_and_say_neither(line: str, number: int | None) -> None:
    found = about(line, ideas_of(MUSEUM))

    assert (found.number if found is not None else None) == number


def test_it_is_the_idea_that_was_spoken_of() -> None:
    ideas = ideas_of(MUSEUM, first=6)
    one, two, chinese = (
        heard("8 is great, draw it", ideas),
        heard("6 and 7 are great, mix them", ideas),
        heard("8不错,画一张", ideas),
    )

    assert one
    assert pointed(one.rest, one, ideas) == "draw number 8"
    assert two
    assert pointed(two.rest, two, ideas) == "mix #6 and #7"
    assert chinese
    assert pointed(chinese.rest, chinese, ideas) == "第3个画一张"


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("no not the leftovers! I want PEOPLE in the shop in the afternoon", "no leftovers, PEOPLE in the shop in the afternoon"),
        ("we already do happy hour discounts, something else pls", "no happy hour discounts"),
        (
            "Sorry, a swimming pool is no use to us. We need to raise money for a girls football team.",
            "no swimming pool, to raise money for a girls football team",
        ),
        ("that has nothing to do with the museum 😅", "museum"),
        ("you misunderstood, it's for kids", "kids"),
        ("跑偏了,我说的是服务器报警,不是工人犯困", "服务器报警，不要工人犯困"),
        ("都跑题了,我问的是怎么让退休的大爷来报名上课", "怎么让退休的大爷来报名上课"),
        ("我们是高中生啊,加班是什么鬼", "我们是高中生，不要加班"),
        ("是外公不是奶奶!搞错了", "外公，不要奶奶"),
        ("we need a tagline. we sell solar panels to farmers", None),
        ("a party without alcohol", None),
        ("公司年会奖项怎么设，除了优秀员工", None),
        ("not 4, we did that last year", None),
    ],
)
def test_what_is_against_ideas_says_how_the_next_ones_should_be(line: str, how: str | None) -> None:
    assert amended(line) == how
    if how is not None:
        assert follow_up(line) == FollowUp(constraint=how)


@pytest.mark.parametrize(
    ("line", "how"), [("lol no. crazier!", "crazier"), ("haha nice. but cheaper", "cheaper"), ("ok cool, names for my cat", None)]
)
def test_a_word_before_a_wish_hides_it_not(line: str, how: str | None) -> None:
    found = follow_up(line)

    assert (found.constraint if found is not None else None) == how


@pytest.mark.parametrize(
    ("line", "under", "given"),
    [
        ("put 2 and 5 on a poster", UNDER, {"what": f"{2:024x}+{5:024x}", "layout": "poster"}),
        ("put #2 and #5 on a poster", UNDER, {"what": "2+5", "layout": "poster"}),
        ("logo for the first one and the third one", "latest", {"what": "@latest/1+@latest/3", "layout": "logo"}),
        ("把2和5画成海报", "latest", {"what": "2+5", "layout": "poster"}),
        ("poster for 2 dogs and 3 cats", UNDER, {}),
        ("put 2 and 5 on a poster", "", {}),
    ],
)
def test_one_picture_of_several_ideas(line: str, under: str, given: dict[str, str]) -> None:
    assert pictured(line, under) == given


@pytest.mark.parametrize("line", ["what about “lumberjack”? add that", '"lumberjack" – put it on the list please'])
def test_an_idea_of_ones_own_between_quotation_marks(line: str) -> None:
    event = typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=UNDER))

    assert isinstance(event, Call)
    assert (event.command, event.args["text"]) == ("idea", "lumberjack")


def test_who_typed_a_call_can_type_again() -> None:
    source = typed.Source(id="1", person=a_person(), channel=RED, at=NOON, locale="en", admin=True, under=UNDER)
    topic = typed.parse("something nobody knows", source)
    assert isinstance(topic, Call)

    press = typed.parse("+1 for 2", typed.Source.of(topic))

    assert typed.Source.of(topic) == source
    assert isinstance(press, Press)


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("给没养过狗的退休老人呢", "给没养过狗的退休老人"),
        ("不花钱的有吗", "不花钱"),
        ("老人家腿脚不好 有没有在家就能搞的", "老人家腿脚不好，在家就能搞的"),
        ("阴天怎么办", ""),
        ("给客户的感谢语", ""),
        ("第二个是谁写的", ""),
        ("感谢父母的话", ""),
        ("names for a boat", ""),
    ],
)
def test_a_chinese_line_may_leave_out_what_it_speaks_of(line: str, how: str) -> None:
    assert elliptic(line) == how


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("right, other thing. xmas do. not bowling again", "xmas do. not bowling again"),
        ("Changing the subject: slugs. What works", "slugs. What works"),
        ("ok other thing, what do we call the shop cat", "what do we call the shop cat"),
        ("换个事 广场舞和遛狗的抢那块空地", "广场舞和遛狗的抢那块空地"),
        ("next:年会我们组喊什么口号", "年会我们组喊什么口号"),
    ],
)
def test_another_topic_is_announced(line: str, topic: str) -> None:
    assert announced(line)
    assert opened(line) == topic
    assert not announced(topic)


@pytest.mark.parametrize(
    ("line", "command", "args"),
    [
        ("算了,画个程序员半夜被手机吵醒的图", "imagine", {"what": "程序员半夜被手机吵醒"}),
        ("海报画一个:一群猫在教室里开晚会", "imagine", {"what": "一群猫在教室里开晚会", "layout": "poster"}),
        ("谢啦,把最后定下来的给我列一下", "board", {}),
        ("你好呀,你是干嘛的?", "help", {"said": "help"}),
        ("给交接班编个顺口溜", "poem", {"topic": "交接班", "said": "顺口溜", "form": "jueju"}),
        ("写首打油诗送给夜班的姐妹们", "poem", {"topic": "夜班的姐妹们", "said": "打油诗"}),
        ("1和5合一起 边看风景边听书", "remix", {"first": "1", "second": "5"}),
        ("三和一能不能合一起啊", "remix", {"first": "3", "second": "1"}),
        ("my bakery is dead between 2 and 4 in the afternoon, what can i do", "brainstorm", {}),
    ],
)
def test_what_is_asked_behind_a_word_or_two_is_done(line: str, command: str, args: dict[str, str]) -> None:
    event = typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, locale="zh-CN", under=UNDER))

    assert isinstance(event, Call)
    assert event.command == command
    assert {name: event.args.get(name) for name in args} == args


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("那给我们的告警机器人起个名吧", "给我们的告警机器人起个名"),
        ("吧台的名字", "吧台的名字"),
        ("那不勒斯旅行", "那不勒斯旅行"),
    ],
)
def test_a_chinese_topic_is_without_what_leads_to_it(line: str, topic: str) -> None:
    assert opened(line) == topic


@pytest.mark.parametrize(
    ("line", "command", "args"),
    [
        ("服了，那画张海报：杨梅气泡茶，夏天，清爽", "imagine", {"what": "杨梅气泡茶，夏天，清爽", "layout": "poster"}),
        ("还是没雪，算了不写诗了。画一张：雪夜的山里小屋，暖黄灯光", "imagine", {"what": "雪夜的山里小屋，暖黄灯光"}),
        ("给家长会写四句话的短诗，感谢家长", "poem", {"topic": "家长会，感谢家长"}),
        ("写首小诗吧，冬天的民宿，下雪，火炉", "poem", {"topic": "冬天的民宿，下雪，火炉"}),
    ],
)
def test_a_work_is_made_though_something_was_said_before(line: str, command: str, args: dict[str, str]) -> None:
    event = typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, locale="zh-CN", under=UNDER))

    assert isinstance(event, Call)
    assert (event.command, {name: event.args.get(name) for name in args}) == (command, args)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("就第一个", 1),
        ("第三个吧", 3),
        ("the second one please", 2),
        ("3", 3),
        ("最后一个", -1),
        ("第三个月的计划", 0),
        ("3 games", 0),
    ],
)
def test_a_line_may_be_a_place_alone(line: str, at: int) -> None:
    assert place(line) == at


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("ok forget that. we also need a slogan for our hand hygiene week", "we also need a slogan for our hand hygiene week"),
        ("that is quite sweet. ok another thing, a name for the leftover bag", "a name for the leftover bag"),
        ("算了，换一个：给我们的新品起个名字", "给我们的新品起个名字"),
    ],
)
def test_what_was_said_before_a_topic_is_no_part_of_it(line: str, rest: str) -> None:
    assert opened(line) == rest
