"""What people ask to be done in ordinary words, and what they add to a topic once its ideas stand there."""

from __future__ import annotations

import pytest

from bot import typed
from bot.domain.errors import Refusal
from bot.domain.ideas import Prompt
from bot.messages import Call
from bot.services.ideas.filtering import too_short, unwanted
from bot.services.talk.adding import extended, peopled
from bot.services.talk.deeds import Deed, deed, patterns
from bot.services.talk.followups import FollowUp, follow_up
from tests.builders import NOON, RED, a_person, an_id


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("a poster for number 2", Deed("/imagine {} poster", (2,))),
        ("Can you draw 2 as a logo?", Deed("/imagine {} logo", (2,))),
        ("picture of the third one", Deed("/imagine {}", (3,), by_place=True)),
        ("I like #12", Deed("/vote {} up", (12,))),
        ("number 3 is great!", Deed("/vote {} up", (3,))),
        ("the last one is boring", Deed("/vote {} down", (-1,), by_place=True)),
        ("let's go with 2", Deed("/pick {}", (2,))),
        ("expand on 2", Deed("/polish {} vivid", (2,))),
        ("make 3 shorter", Deed("/polish {} short", (3,))),
        ("which one is the best?", Deed("/board")),
        ("Show me the board", Deed("/board")),
        ("what did people like most so far?", Deed("/board")),
        ("2 and 5 are great, mix them", Deed("/remix {} {}", (2, 5))),
        ("the 3rd one wins, let's go with that", Deed("/pick {}", (3,), by_place=True)),
        ("who made you?", Deed("/model")),
        ('can you add "you rock" to the list', Deed("/idea you rock")),
        ("put “The Lending Shed” on the board too", Deed("/idea The Lending Shed")),
        ("delete the last list", Deed("/delete")),
        ("remove the last set of ideas please", Deed("/delete")),
        ("which of these did everyone like best", Deed("/board")),
        ("show me everything from today", Deed("/board")),
        ("3 stars for the first one", Deed("/stars {} 3", (1,), by_place=True)),
        ("#4 deserves 5 stars", Deed("/stars {} 5", (4,))),
        ("I'd give 2 four stars", None),
        ("投票给2", Deed("/vote {} up", (2,), by_place=True)),
        ("我投给第三个", Deed("/vote {} up", (3,), by_place=True)),
        ("投4号一票", Deed("/vote {} up", (4,), by_place=True)),
        ("今天大家最喜欢哪个", Deed("/board")),
        ("谁的点子最多人喜欢", Deed("/board")),
        ("group them", Deed("/themes")),
        ("export it as csv", Deed("/export csv")),
        ("idea: The Lending Shed", Deed("/idea The Lending Shed")),
        ("第二个不错", Deed("/vote {} up", (2,), by_place=True)),
        ("不喜欢第3个", Deed("/vote {} down", (3,), by_place=True)),
        ("给第一个做张海报", Deed("/imagine {} poster", (1,), by_place=True)),
        ("把第一个说得具体一点", Deed("/polish {} vivid", (1,), by_place=True)),
        ("1和2结合一下", Deed("/remix {} {}", (1, 2), by_place=True)),
        ("哪个最好？", Deed("/board")),
        ("names for 2 cats", None),
        ("a poster for our summer party", None),
        ("I like tea", None),
        ("save money", None),
        ("like 4", None),
        ("给两个孩子的礼物", None),
    ],
)
def test_a_line_that_asks_for_something_to_be_done_is_that_command(line: str, wanted: Deed | None) -> None:
    assert deed(line) == wanted


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_every_deed_is_written_as_a_command_that_there_is(language: str) -> None:
    for command in patterns(language):
        assert typed.split(command)[0] in typed.words()


def test_the_second_one_is_the_second_of_those_that_stand_there() -> None:
    shown = [an_id() for _number in range(3)]
    source = typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=",".join(shown))

    event = typed.parse("a logo for the second one", source)
    last = typed.parse("a logo for the last one", source)

    assert isinstance(event, Call)
    assert isinstance(last, Call)
    assert (event.command, event.args["what"], event.args["layout"]) == ("imagine", shown[1], "logo")
    assert last.args["what"] == shown[2]


def test_where_nothing_stands_the_second_one_is_a_topic() -> None:
    event = typed.parse("a logo for the second one", typed.Source(id="1", person=a_person(), channel=RED, at=NOON))

    assert isinstance(event, Call)
    assert event.command == "brainstorm"


@pytest.mark.parametrize(
    ("line", "command"), [("how do I vote?", "vote"), ("how can i delete an idea", "hide"), ("怎么导出", "export")]
)
def test_who_asks_how_something_is_done_reads_of_that(line: str, command: str) -> None:
    event = typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON))

    assert isinstance(event, Call)
    assert (event.command, event.args["command"]) == ("help", command)


@pytest.mark.parametrize(
    ("topic", "line", "whole"),
    [
        ("gifts for my dad", "he likes fishing", "gifts for my dad who likes fishing"),
        ("gift for my boyfriend's parents", "They have everything.", "gift for my boyfriend's parents who have everything"),
        ("names for a café", "it is in an old church", "names for a café, it is in an old church"),
        ("a name for my band", "we play sad country songs", "a name for my band, we play sad country songs"),
        ("a party for a child who loves dinosaurs", "3 games for it", "3 games for a party for a child who loves dinosaurs"),
        ("a board game about bees", "give me some characters for this", "characters for a board game about bees"),
        ("names for a café", "can we get a slogan out of that? something punchy", "a slogan for a café, punchy"),
        ("names for a café", "can we have a title for it?", "a title for a café"),
        ("names for a café", "slogans for a bakery", ""),
        ("names for a café", "is it free?", ""),
        ("names for a café", "we " + "really " * 20 + "like it", ""),
    ],
)
def test_what_is_told_later_goes_into_the_topic(topic: str, line: str, whole: str) -> None:
    assert extended(topic, line) == whole


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        ("give me some characters for this", "a board game about bees"),
        ("characters for it", "a board game about bees"),
        ("a character for this please, funny", ""),
        ("a slogan for this", ""),
        ("characters for a play", ""),
    ],
)
def test_characters_are_asked_for_the_topic_that_stands_there(line: str, subject: str) -> None:
    assert peopled("a board game about bees", line) == subject


@pytest.mark.parametrize("line", ["names", "some slogans", "广告语"])
def test_a_thing_by_itself_is_asked_what_for_and_goes_on_with_what_stands_there(line: str) -> None:
    source = typed.Source(id="1", person=a_person(), channel=RED, at=NOON)

    with pytest.raises(Refusal, match="What for|用在什么上"):
        typed.parse(line, source)
    assert extended("a party for a child", "names") == "names for a party for a child"


@pytest.mark.parametrize("line", ["把第一个翻译成日语", "把它翻译成法语"])
def test_nothing_is_translated_and_that_is_said(line: str) -> None:
    with pytest.raises(Refusal, match="translates nothing|不做翻译"):
        typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON))


@pytest.mark.parametrize(
    ("line", "constraint"),
    [
        ("something indoors", "indoors"),
        ("evil ones", "evil"),
        ("handmade?", "handmade"),
        ("which of these are cheap?", "cheap"),
        ("these are bad", ""),
    ],
)
def test_a_few_words_under_ideas_say_how_the_next_should_be(line: str, constraint: str) -> None:
    assert follow_up(line) == FollowUp(constraint=constraint)


@pytest.mark.parametrize(
    ("level", "text", "verdict"),
    [
        ("", "A hero", "too-short"),
        ("", "A hero tells the truth", None),
        ("vivid", "Eat less", "too-short"),
        ("short", "A hero", None),
    ],
)
def test_a_polished_sentence_is_no_fragment(level: str, text: str, verdict: str | None) -> None:
    about = ("The hero of our film should tell everybody the truth",)
    prompt = Prompt(text="films", operation="polish", about=about, options=(("level", level),) if level else ())

    assert too_short(text, prompt) == verdict


@pytest.mark.parametrize(
    ("style", "text", "verdict"),
    [
        ("serious, no library", "The Library of Babel", "unwanted"),
        ("without puns", "Two Puns and a Pie", "unwanted"),
        ("no food", "Bake a cake with fractions and a story", "unwanted"),
        ("no food please", "Bring a basket of cookies", "unwanted"),
        ("outdoors, no screens", "A film night on a laptop", "unwanted"),
        ("no food", "Fold a paper boat and measure its halves", None),
        ("nothing with rose in it", "The Rose Lane", "unwanted"),
        ("leave out roses", "A Rose Garden", "unwanted"),
        ("no more puns", "A Pun a Day", "unwanted"),
        ("nothing fancy", "A Fancy Ball", "unwanted"),
        ("never boring", "A Boring Machine", "unwanted"),
        ("no library", "The Lending Shed", None),
        ("not too formal", "A formal dinner", None),
        ("不要茶", "半日茶", "unwanted"),
        ("", "The Library", None),
    ],
)
def test_what_was_not_wanted_is_not_shown(style: str, text: str, verdict: str | None) -> None:
    assert unwanted(text, Prompt(text="names", style=style)) == verdict
