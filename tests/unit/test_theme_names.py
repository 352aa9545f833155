"""Names of themes: the model's, where one fits its theme; else the words that the theme's ideas share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.errors import GeneratorDown
from bot.domain.ideas import Prompt, Team
from bot.ports import Order
from bot.services.ideas.naming import KIND, LEVEL, chosen, cut, formed, names_of, shared, tidied
from bot.wiring import House
from generators.client.recipes import askings
from storage.memory import MemoryStore
from tests.builders import Hands, an_opinion
from tests.unit.test_boards import asked, for_topic
from tests.unit.test_themes import BOOKS, DOGS, TEA, Embedder, themes


async def named(tmp_path: Path, generator: Embedder) -> set[str]:
    store = MemoryStore()
    await store.open()
    house: House = wiring.furnish(Settings(home=tmp_path), store=store, generator=generator, now=Hands(), learns=False)
    await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)
    await asked(house, "themes", topic="a summer")
    return {theme.name for theme in await themes(house, "a summer")}


async def test_a_theme_has_the_model_s_name_where_that_fits(tmp_path: Path) -> None:
    generator = Embedder(texts=["“Evenings with tea.”", "Out with the dog", "Old books"])

    names = await named(tmp_path, generator)

    assert {"Evenings with tea", "Out with the dog", "Old books"} <= names
    order = next(order for order in generator.orders if order.prompt.kind == KIND)
    assert order.prompt.text == "a summer"
    assert {part in (*TEA, *DOGS, *BOOKS) for part in order.prompt.about[0].split("; ")} == {True}


async def test_without_a_name_that_fits_a_theme_has_its_own_words(tmp_path: Path) -> None:
    names = await named(
        tmp_path, Embedder(texts=["Something else", "A whole sentence, of tea and of more than that", "fucking tea"])
    )

    assert any("tea" in name and "garden" in name for name in names)
    assert not {"Something else", "fucking tea"} & names


async def test_a_name_of_nothing_but_the_topic_s_words_names_no_theme(tmp_path: Path) -> None:
    names = await named(tmp_path, Embedder(texts=["Summers", "The summer", "Old books"]))

    assert "Old books" in names
    assert not {"Summers", "The summer"} & names


def test_the_words_of_the_topic_do_not_name_a_theme() -> None:
    topics = ("ways to bring people into our library on weekday evenings", "ways to bring people into our library: risks")
    group = ["A library evening of poems for people", "People read poems in the library"]

    assert names_of([group], shared(topics)) == ["poems"]
    assert shared(()) == frozenset()
    assert shared(("a tea bar", "a dog walk")) == frozenset()


def test_words_that_only_bind_others_together_do_not_name_a_theme() -> None:
    group = ["Meet the author who lives round the corner", "A corner for a neighbour who repairs", "Anybody who sews"]

    assert names_of([group]) == ["corner"]


def test_a_theme_named_by_a_long_idea_ends_with_a_whole_word() -> None:
    assert cut("Lend out headlamps and let people find their books in the dark") == (
        "Lend out headlamps and let people find their books in the…"
    )


@pytest.mark.parametrize("failing", [{"fails_after": 0}, {"fails_after": 1}, {"failure": GeneratorDown(), "fails_after": 0}])
async def test_themes_are_made_while_the_model_is_away(tmp_path: Path, failing: dict) -> None:
    names = await named(tmp_path, Embedder(**failing))

    assert any("tea" in name and "garden" in name for name in names)


def test_a_name_goes_to_the_theme_it_fits_best_and_to_one_alone() -> None:
    one, other = np.eye(4, dtype=np.float32)[:2]
    vectors = [np.stack([one, one]), np.stack([other, other])]
    meanings = np.stack([0.6 * one, 0.6 * other, one, other, one])

    assert chosen(["x", "y"], [["one", "other"], ["one"]], meanings, vectors) == ["one", "y"]
    assert chosen(["x", "y"], [["One"], ["one", "ONE"]], np.stack([0 * one, 0 * one, one, one + other, other]), vectors) == [
        "One",
        "y",
    ]


def test_a_whole_idea_gives_way_to_any_name_that_fits() -> None:
    one, other, third = np.eye(3, dtype=np.float32)
    idea = (one + other) / np.sqrt(2)
    plain = ["A choir that rehearses between the shelves"]

    assert chosen(plain, [["Music"]], np.stack([idea, 0.6 * idea]), [np.stack([one, other])]) == ["Music"]
    assert chosen(plain, [["Chess"]], np.stack([idea, third]), [np.stack([one, other])]) == plain


def test_a_name_that_fits_one_idea_of_a_theme_alone_is_not_the_theme_s() -> None:
    one, other, third = np.eye(3, dtype=np.float32)
    meanings = np.stack([0.3 * (one + other + third), one])

    assert chosen(["all of it"], [["only the first"]], meanings, [np.stack([one, other, third])]) == ["all of it"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Street art", True),
        ("Trips outdoors in winter", True),
        ("They are all about going out", False),
        ("Food; drink", False),
        ("One. Two", False),
        ("of the", False),
        ("", False),
        ("户外出行", True),
        ("这些点子都说的是怎么样一起出去玩", False),
        ("茶", False),
    ],
)
def test_a_name_is_a_few_words_and_no_sentence(text: str, is_one: bool) -> None:
    assert formed(text) is is_one


def test_a_name_loses_quotes_and_full_stops() -> None:
    assert tidied(" “Street art.” ") == "Street art"


@pytest.mark.parametrize(("language", "about"), [("en", "a kite; a boat"), ("zh", "风筝；小船")])
@pytest.mark.parametrize("instructed", [True, False])
def test_every_way_of_asking_for_a_name_shows_the_ideas(language: str, about: str, instructed: bool) -> None:
    prompt = Prompt(text="a summer", language=language, kind=KIND, about=(about,), options=(("level", LEVEL),))

    _recipe, ways = askings(
        Order(prompt=prompt, candidates=8, seed=1, model="", team=Team(platform="t", id="1")), instructed=instructed
    )

    for way in ways:
        assert about in way.prompt + "".join(message["content"] for message in way.messages)


async def test_names_say_nothing_of_votes(tmp_path: Path) -> None:
    """The model is asked without the team's liked ideas: a name is no idea."""
    generator = Embedder()
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=generator, now=Hands(), learns=False)
    ideas = await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)
    await house.store.hear(ideas[0].channel.team, an_opinion(ideas[0]))

    await asked(house, "themes")

    assert {order.liked for order in generator.orders if order.prompt.kind == KIND} == {()}
