"""What a person adds to a topic in words is understood, said back, and given way to options."""

from __future__ import annotations

import pytest

from bot import typed
from bot.domain.ideas import Prompt
from bot.messages import Call
from bot.services.ideas.filtering import too_long
from bot.services.talk.followups import FollowUp
from bot.services.talk.heard import told, understood
from bot.services.talk.wishes import Wishes, refinement, wishes
from bot.words import speaking
from tests.builders import NOON, RED, a_person


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "10 names for a tea bar, short, no puns, for kids, in Chinese",
            Wishes(topic="names for a tea bar", count=10, how=("short", "no puns"), audience="kids", language="zh"),
        ),
        ("names for a tea bar, 10 names, short", Wishes(topic="names for a tea bar", count=10, how=("short",))),
        ("a slogan for a bakery, give me 4 slogans please", Wishes(topic="a slogan for a bakery", count=4)),
        ("a set menu, 3 courses", Wishes(topic="a set menu, 3 courses")),
        ("10 names, short, for kids", Wishes(topic="names for kids", count=10, how=("short",))),
        ("give me ten funny slogans for a bike shop", Wishes(topic="slogans for a bike shop", count=10, how=("funny",))),
        (
            "short, catchy names for a bakery, max 2 words",
            Wishes(topic="names for a bakery", how=("short", "catchy"), words=2),
        ),
        ("5 ways to make Mondays better, under 6 words each", Wishes(topic="ways to make Mondays better", count=5, words=6)),
        ("a party for my team, with music, cheap", Wishes(topic="a party for my team, with music", how=("cheap",))),
        ("a poem about rain, not too sad", Wishes(topic="a poem about rain", how=("not too sad",))),
        ("names for a chinese restaurant in english", Wishes(topic="names for a chinese restaurant", language="en")),
        ("来10个名字，要短", Wishes(topic="名字", count=10, how=("要短",))),
        (
            "给茶馆起5个名字，要短，不要谐音，用英文",
            Wishes(topic="给茶馆起名字", count=5, how=("要短", "不要谐音"), language="en"),
        ),
        ("一个周末活动，适合孩子，便宜一点", Wishes(topic="一个周末活动", how=("便宜一点",), audience="孩子")),
        ("想三个口号，给健身房，不要太长", Wishes(topic="给健身房的口号", count=3, how=("不要太长",))),
    ],
)
def test_wishes_are_told_from_the_topic(line: str, expected: Wishes) -> None:
    assert wishes(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "names for a tea bar",
        "names for my dog, my cat and my bird",
        "gifts for mum, dad, and the kids",
        "3 course dinner ideas",
        "one shot adventure ideas for a flooded city",
        "one act play idea",
        "one pot dinner ideas for two",
        "two ingredient snack ideas",
        "10 year anniversary gifts",
        "7 wonders of the world quiz",
        "ideas for a video, 3 minutes long",
        "how to say thank you in Chinese",
        "a slogan for no plastic",
        "给三个孩子的礼物",
    ],
)
def test_what_belongs_to_the_topic_stays_in_it(line: str) -> None:
    assert wishes(line) == Wishes(topic=line)


def test_an_option_written_out_wins_over_words() -> None:
    topic, fields = told("10 names for a boat, short, for kids", {"count": 3, "style": "bold"}, {"audience": "sailors"})

    assert topic == "names for a boat"
    assert fields == {"count": 3, "style": "bold", "options": {"audience": "sailors"}}


def test_more_than_can_be_had_at_once_is_as_many_as_can_be() -> None:
    _topic, fields = told("20 names for a boat", {}, {})

    assert fields["count"] == 10


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "Understood: 10 ideas, short, no puns, for kids, in Chinese."),
        ("zh", "我的理解：10 个点子、short, no puns、给 kids、用中文。"),
    ],
)
def test_what_was_understood_is_said_in_a_line(locale: str, said: str) -> None:
    topic, fields = told("10 names for a tea bar, short, no puns, for kids, in Chinese", {}, {})
    options = tuple(fields.pop("options").items())

    with speaking(locale):
        assert understood(Prompt(text=topic, options=options, **fields)) == said
        assert understood(Prompt(text="names for a tea bar")) == ""


def test_a_limit_on_words_is_kept() -> None:
    prompt = Prompt(text="names for a bakery", options=(("words", "2"),))

    assert too_long("Rise and Dine", prompt) == "too-long"
    assert too_long("Daily Bread", prompt) is None
    assert too_long("Rise and Dine", Prompt(text="names for a bakery")) is None


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("10 names, short, no puns, in Chinese", FollowUp(count=10, constraint="short, no puns", language="zh")),
        ("shorter, in Chinese", FollowUp(constraint="short", language="zh")),
        ("max 2 words", FollowUp(words=2)),
        ("再短一点，适合孩子", None),
        ("names for a tea bar", None),
        ("a dog, a cat", None),
    ],
)
def test_a_line_of_wishes_alone_refines_what_stands_there(line: str, wanted: FollowUp | None) -> None:
    found = refinement(line)

    assert found == wanted


@pytest.mark.parametrize("line", ["shorter", "more like 2 but funny", "10 names, short, for kids", "再短一点"])
def test_refinements_go_on_with_the_last_ideas(line: str) -> None:
    source = typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under="latest")

    event = typed.parse(line, source)

    assert isinstance(event, Call)
    assert (event.command, event.args["said"]) == ("more", line)
