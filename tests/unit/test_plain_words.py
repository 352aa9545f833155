"""What people type in plain words under five ideas is done as they mean it, and a topic with the same words stays a topic."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bot import typed
from bot.domain.errors import Refusal
from bot.messages import ALSO, Call
from bot.services.talk import manners, spelling
from bot.services.talk.followups import FollowUp, follow_up
from bot.services.talk.polite import tidied, trimmed
from bot.services.talk.wishes import refinement, wishes
from tests.builders import NOON, RED, a_person, an_id

SHOWN = [an_id() for _number in range(5)]
with (Path(__file__).parents[1] / "data" / "plain_words.tsv").open(encoding="utf-8", newline="") as file:
    LINES = [(row["line"], row["means"]) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def means(line: str) -> str:
    """What a line is taken for, in the words of the table: "pick the 2.", "vote 2 up", "so: short", "topic"."""
    try:
        source = typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=",".join(SHOWN))
        event = typed.parse(line, source)
    except Refusal:
        return "answer"
    if not isinstance(event, Call):
        others = event.values.get(ALSO, "").replace(":", " ").split()
        words = [event.key.verb, event.key.target, event.values.get("text") or event.key.token, *others]
    elif event.command == "brainstorm":
        words = ["topic", *([str(event.args["topic"])] if event.args["topic"] != line else [])]
    elif event.command == "more" and "said" in event.args:
        said = str(event.args["said"])
        words = _so(follow_up(said) or refinement(said) or refinement(tidied(said)) or FollowUp())
    elif event.command == "model":
        words = [event.command]
    else:
        words = [event.command, *(str(value) for name, value in event.args.items() if name != "under")]
    text = " ".join(words)
    for place, idea in enumerate(SHOWN, start=1):
        text = text.replace(idea, f"the {place}.")
    return text


def _so(wanted: FollowUp) -> list[str]:
    audience = [f"for {wanted.audience}"] if wanted.audience else []
    many = [f"{wanted.words} words"] if wanted.words else []
    told = [*(f"like {one}" for one in wanted.like), wanted.constraint, *audience, wanted.language, *many]
    return ["so:", *filter(None, told)]


@pytest.mark.parametrize(("line", "meant"), LINES, ids=[line for line, _meant in LINES])
def test_a_line_in_plain_words_is_done_as_it_is_meant(line: str, meant: str) -> None:
    assert means(line) == meant


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("hi, I want to plan a party for my sister", "plan a party for my sister"),
        ("hey there, could you please give us names for a dog walking service", "names for a dog walking service"),
        ("Hello! I need some ideas for a garden fence", "A garden fence"),
        ("good morning, can you help me find a title for my thesis on bees", "title for my thesis on bees"),
        ("hi muselab, slogans for a bike shop please", "slogans for a bike shop"),
        ("hey bot can you come up with names for a podcast about trains", "names for a podcast about trains"),
        ("hi team, we're looking for a motto for our school", "motto for our school"),
        ("would you mind giving me ideas for a small balcony", "a small balcony"),
        ("Hi there! What could we call our new chess club?", "What could we call our new chess club?"),
        ("Good morning! Could anyone please suggest gift ideas for my teacher?", "Gift ideas for my teacher"),
        ("Hey there :) we run a small bike repair shop. any slogans?", "We run a small bike repair shop. any slogans?"),
        ("new topic: names for our newsletter", "names for our newsletter"),
        ("hi! looking for ideas to get more reviews on our app", "ideas to get more reviews on our app"),
        ("hello again, now names for my hamster please", "names for my hamster"),
        ("pls give me 5 slogans for a gym thx", "slogans for a gym"),
        ("hey guys, any ideas for a retirement party?", "a retirement party"),
        ("Hi, my name is Tom and I need a slogan for a running club", "Slogan for a running club"),
        ("ok so I'd like to have ideas for a fundraising evening please", "a fundraising evening"),
        ("hey, I was wondering if you could give me gift ideas for a nurse", "gift ideas for a nurse"),
        ("ok prove it. ideas to cut our CI time", "ideas to cut our CI time"),
        ("brainstorm: a board game about bees", "a board game about bees"),
        ("alright then. names for a bakery", "names for a bakery"),
        ("cool, let's see. slogans for our gym", "slogans for our gym"),
        ("challenge accepted! puns about cheese", "puns about cheese"),
        ("we're stuck. a name for our river clean-up", "a name for our river clean-up"),
        ("hi ok so. names for a choir", "names for a choir"),
        ("ok hi so, slogans for a bakery", "slogans for a bakery"),
        ("right so. what could we cook for ten people", "what could we cook for ten people"),
        ("um hi. puns about cheese", "puns about cheese"),
        ("hey so um ideas for a rainy weekend", "ideas for a rainy weekend"),
        ("all right names for a gym", "all right names for a gym"),
        ("prove it or lose it party games", "prove it or lose it party games"),
        ("then and now photo walk", "then and now photo walk"),
        ("你好，请给我们起一个茶馆的名字", "给我们起一个茶馆的名字"),
        ("hello kitty party", "hello kitty party"),
        ("hi-fi shop names", "hi-fi shop names"),
        ("hey jude cover band names", "hey jude cover band names"),
        ("good morning messages for my team", "good morning messages for my team"),
        ("ways to say please", "ways to say please"),
        ("a card that says thank you", "a card that says thank you"),
    ],
)
def test_a_topic_stands_without_the_greeting_and_the_politeness_around_it(line: str, topic: str) -> None:
    assert wishes(line).topic == topic


@pytest.mark.parametrize(
    ("style", "way", "both"),
    [
        ("", "short", "short"),
        ("short", "warm", "short, warm"),
        ("short, warm", "long", "warm, long"),  # the opposite takes its place
        ("a bit darker", "even darker", "even darker"),
        ("more formal", "less formal", "less formal"),
        ("no puns", "no puns", "no puns"),
        ("cheap, under 10 euros", "under 20 euros", "cheap, under 20 euros"),
    ],
)
def test_a_new_way_to_be_takes_the_place_of_what_says_the_same_or_the_opposite(style: str, way: str, both: str) -> None:
    assert manners.added(style, way) == both


def test_ways_are_kept_as_far_as_a_style_is_long_and_the_latest_always() -> None:
    style = ""
    for number in range(60):
        style = manners.added(style, f"about the {number}th of the seven seas")

    assert len(style) <= manners.MAX_STYLE
    assert style.endswith("about the 59th of the seven seas")


def test_a_heading_shows_the_ways_that_were_said_last() -> None:
    assert manners.shown("short, warm") == "short, warm"
    assert manners.shown("short, warm, no puns, about the sea") == "…, warm, no puns, about the sea"
    assert (
        manners.shown("free of all that my grandmother would ever have called modern") == "free of all that my grandmother would…"
    )


def test_a_topic_is_left_as_it_was_spelled() -> None:
    assert means("brianstorm names for a baord") == "topic names for a baord"
    assert means("a shroter way to school for the childern of our town, please") == "topic"
    assert means("edit 2 Mroe Tea") == "edit 2 Mroe Tea"


def test_an_english_word_is_none_of_ours_misspelt_and_each_that_is_listed_could_be() -> None:
    names = {name for name in typed.words() if name.isascii() and len(name) >= spelling.SHORTEST}
    ours = names | spelling.OURS

    for word in sorted(spelling.ENGLISH):
        assert spelling.spelled(word, typed.words(), lambda _said: True, lambda _said: True) == word
        assert any(spelling._near(word, one) for one in ours), word


def test_words_around_are_taken_off_and_the_rest_stays_as_it_was_written() -> None:
    assert trimmed("Oh, actually make it about the Rhine, please!") == "make it about the Rhine"


LONG = {
    "could you please ": 9,
    "change 2 to ": 29,
    "all of it ": 9,
    "the 2 the 2 ": 30,
    "i want to ": 35,
    "not bad but too ": 7,
    "+1 ": 19,
    "hi there ": 40,
    "give me some good new ": 16,
    "it is it is, ": 7,
    "shroter ": 8,
    "no not that, ": 9,
    "now the opposite of ": 6,
    "edit 2 make it ": 8,
    "the second one is cute, ": 5,
    "i like 2 and 4 and ": 6,
    "who won the vote ": 5,
    "hi ok so. ": 12,
    "save it as a ": 7,
    "👍": 30,
}


@pytest.mark.parametrize("line", [words * times for words, times in LONG.items()], ids=lambda line: line[:12])
@pytest.mark.timeout(20)  # as in `test_conversation`: a rule that tried every way through a line would not come back
def test_no_line_takes_long_to_do(line: str) -> None:
    assert means(line.strip())
    assert wishes(line).topic
