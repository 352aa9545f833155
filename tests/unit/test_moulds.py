"""Sets without a mould: different beginnings, no words of the recipes, no names of other things."""

from __future__ import annotations

import pytest

from bot.domain.ideas import Draft, Prompt
from bot.services.ideas.famous import taken
from bot.services.ideas.selecting import Option, Pool, beginning
from generators.client.cleaning import tidy


def an_option(text: str, quality: float = 0.0) -> Option:
    return Option(draft=Draft(text=text), vector=None, quality=quality)


def test_ideas_that_begin_alike_give_way_to_ones_that_do_not() -> None:
    hunts = [f"Organize a virtual {what} hunt for all" for what in ("scavenger", "egg", "fossil", "bug", "word")]
    others = ["Bake bread together on Friday", "Rent a boat and row to the island", "Write letters to each other", "Build kites"]
    pool = Pool()
    for place, text in enumerate([*hunts, *others]):
        pool.add(an_option(text, 1.0 - place / 10))

    shown = [option.draft.text for _number in range(5) if (option := pool.choose()) is not None]

    assert len({beginning(text) for text in shown}) == 5


def test_a_beginning_of_an_earlier_round_counts_too() -> None:
    pool = Pool(begun=[beginning("Organize a virtual egg hunt")])
    pool.add(an_option("Organize a virtual bug hunt", 0.5))
    pool.add(an_option("Bake bread together", 0.4))
    pool.add(an_option("Row to the island", 0.0))

    option = pool.choose()

    assert option is not None
    assert option.draft.text == "Bake bread together"


def test_what_fills_a_set_is_taken_where_nothing_else_is_left() -> None:
    pool = Pool()
    for text in ("Plan a picnic", "Plan a party"):
        pool.add(an_option(text))

    assert pool.choose() is not None
    assert pool.choose() is not None


@pytest.mark.parametrize(
    "text",
    [
        "When a lighthouse keeper finds a robot in one sentence",
        "Say in a short sentence what you like about the others",
        "Answer with the name only and win a prize for it",
    ],
)
def test_the_words_of_a_recipe_are_no_idea(text: str) -> None:
    assert tidy(text, finished=True, topic="a lighthouse keeper and a robot")[1] == "echo"


@pytest.mark.parametrize("text", ["The Louvre", "Louvre", "the  Eiffel Tower", "McDonald’s", "Harry Potter"])
def test_the_name_of_something_else_is_known(text: str) -> None:
    assert taken(text, Prompt(text="names for a climbing gym"))
    assert taken(text, Prompt(text="a climbing gym", kind="names"))


def test_what_is_no_such_name_or_was_not_asked_as_a_name_is_left_alone() -> None:
    assert not taken("The Louvre Wall", Prompt(text="names for a climbing gym"))
    assert not taken("The Louvre", Prompt(text="museums to see in Paris"))
    assert not taken("The Louvre", None)


@pytest.mark.parametrize(
    "text",
    ["A garden with a garden", "A festival of lights and lights", "A gift for a gift shop", "Budget and Budget"],
)
def test_a_thing_of_itself_is_no_idea(text: str) -> None:
    assert tidy(text, finished=True)[1] == "repetitive"


@pytest.mark.parametrize(
    "text", ["Two hands, one job", "Meet face to face", "Word for word", "Paint the town and paint the boats"]
)
def test_what_only_sounds_so_is_one(text: str) -> None:
    assert tidy(text, finished=True)[1] is None


@pytest.mark.parametrize(
    "text", ["A weekly plan for runners is a great addition to any app", "A shared map would be a game-changer"]
)
def test_praise_of_itself_is_no_idea(text: str) -> None:
    assert tidy(text, finished=True)[1] == "empty"


def test_four_words_of_an_example_are_a_copy() -> None:
    example = "play football with three balls and no goalkeepers"

    assert tidy("A soccer game with two balls and no goalkeepers", finished=True, examples=[example])[1] == "example"
    assert tidy("A soccer game without any goalkeepers", finished=True, examples=[example])[1] is None
