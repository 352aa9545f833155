"""A board's ideas grouped by meaning: themes, what says the same, what is missing; and people's word on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot import wiring
from bot.config import Settings
from bot.domain.shaping import Theme
from bot.messages import Card, Form
from bot.services.ideas import gaps
from bot.services.ideas.naming import names_of
from bot.services.ideas.theming import same, without
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from learning.themes import grouped
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_person, a_press, an_idea
from tests.unit.test_boards import asked, for_topic, pressed

TEA = ["green tea garden", "black tea garden", "tea garden tour", "mint tea garden", "tea garden night"]
DOGS = ["dog walk club", "dog walk map", "puppy dog walk", "dog walk race"]
BOOKS = ["book swap shelf", "book swap bus", "night book swap", "book swap bench"]
#: What the meanings of the tests are made of: a dimension a word, "cost" standing for a gap's meaning.
AXES = ("tea", "dog", "book", "cost")


class Embedder(ScriptedGenerator):
    """Knows meanings by one word each, and tells texts of one meaning apart by a little."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        if not self.embeddings:
            return None
        rows = np.zeros((len(texts), len(AXES) + 16), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for axis, word in enumerate(AXES):
                row[axis] = 1.0 if word in text.casefold() else 0.0
            rest = np.random.default_rng(sum(text.encode()) + len(text)).normal(size=16)
            row[len(AXES) :] = 0.75 * rest / np.linalg.norm(rest)
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


async def a_house(tmp_path: Path, *, embeddings: bool = True, now: Hands | None = None) -> House:
    store = MemoryStore()
    await store.open()
    generator = Embedder(embeddings=embeddings)
    return wiring.furnish(Settings(home=tmp_path), store=store, generator=generator, now=now or Hands(), learns=False)


@pytest.fixture
async def house(tmp_path: Path) -> House:
    return await a_house(tmp_path)


def kinds(theme: Theme, texts: dict[str, str]) -> set[str]:
    return {next(word for word in AXES if word in texts[id]) for id in theme.ideas}


async def themes(house: House, topic: str = "") -> list[Theme]:
    return await house.store.themes(RED, topic)


def labels(card: Card) -> list[str]:
    return [control.label for control in card.controls]


async def test_ideas_that_belong_together_are_a_theme_named_by_the_words_they_share(house: House) -> None:
    ideas = await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)

    card = await asked(house, "themes")

    texts = {idea.id: idea.text for idea in ideas}
    made = await themes(house)
    assert all(len(kinds(theme, texts)) == 1 for theme in made)
    assert sum(len(theme.ideas) for theme in made) == len(ideas)
    assert any("tea" in theme.name and "garden" in theme.name for theme in made)
    assert card.text.startswith("1. ")


async def test_a_board_of_few_ideas_has_no_themes(house: House) -> None:
    await for_topic(house, "a summer", *TEA)

    refused = await asked(house, "themes")

    assert "There are 5 ideas here; themes are made of 12 or more." in refused.text


async def test_themes_of_a_topic_are_of_its_ideas_alone(house: House) -> None:
    await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)
    other = await for_topic(house, "a winter", "cost of snow")

    await asked(house, "themes", topic="A Summer")

    assert other[0].id not in {id for theme in await themes(house, "a summer") for id in theme.ideas}
    assert await themes(house) == []


async def test_without_meanings_it_is_said_that_there_can_be_no_themes(tmp_path: Path) -> None:
    house = await a_house(tmp_path, embeddings=False)
    await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)

    assert "no embeddings" in (await asked(house, "themes")).text


async def test_a_theme_is_renamed_an_idea_moved_and_a_new_theme_split_off(house: House) -> None:
    ideas = await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)
    await asked(house, "themes")
    first = (await themes(house))[0]
    stranger = next(idea for idea in ideas if idea.id not in first.ideas)

    await asked(house, "themes", theme="1", name="Hot drinks", ideas=f"#{stranger.number}")
    form = await house.desk.form(a_press(next(str(c.key) for c in (await asked(house, "themes")).controls if c.asks)))
    assert isinstance(form, Form)
    await pressed_form(house, form, theme="new", ideas=f"{ideas[0].number} {ideas[1].number}", name="Special")

    now = {theme.name: theme for theme in await themes(house)}
    assert stranger.id in now["Hot drinks"].ideas
    assert now["Hot drinks"].by == a_person()
    assert now["Special"].ideas == (ideas[0].id, ideas[1].id)
    assert sum(len(theme.ideas) for theme in now.values()) == len(ideas)


async def test_an_idea_is_taken_out_of_every_theme_and_stays_on_the_board(tmp_path: Path) -> None:
    hands = Hands()
    house = await a_house(tmp_path, now=hands)
    ideas = await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)
    hands.forward(minutes=5)
    await asked(house, "themes")

    moved = await asked(house, "themes", theme="none", ideas=f"#{ideas[0].number}")
    everything = await asked(house, "themes")

    assert f"In no theme (1):\n   #{ideas[0].number} {ideas[0].text}" in moved.text
    assert f"In no theme (1):\n   #{ideas[0].number} {ideas[0].text}" in everything.text
    assert ideas[0].id not in {id for theme in await themes(house) for id in theme.ideas}
    assert "came since" not in everything.text


async def test_a_change_shows_the_themes_that_it_touched_and_no_others(house: House) -> None:
    ideas = await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)
    await asked(house, "themes")
    _first, second, *rest = await themes(house)

    renamed = await asked(house, "themes", theme="1", name="Hot drinks")
    stranger = next(idea for idea in ideas if idea.id in second.ideas)
    moved = await asked(house, "themes", theme="1", ideas=str(stranger.number))

    assert renamed.text.startswith("1. Hot drinks (5)\n")
    assert not any(theme.name in renamed.text for theme in (second, *rest))
    assert [line[:3] for line in moved.text.splitlines() if line[:1].isdecimal()] == ["1. ", "2. "]
    look = next(control for control in moved.controls if control.label == "All themes")
    everything = await pressed(house, str(look.key))
    assert all(theme.name in everything.text for theme in (second, *rest))


async def pressed_form(house: House, form: Form, **values: str) -> None:
    from tests.unit.test_memos import Shown

    await house.desk.press(a_press(str(form.key), values=values), Shown())


async def test_a_name_that_a_person_gave_stays_when_ideas_are_grouped_anew(house: House) -> None:
    await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)
    card = await asked(house, "themes")
    await asked(house, "themes", theme="1", name="Hot drinks")

    await pressed(house, next(str(control.key) for control in card.controls if control.label == "Group anew"))

    assert [theme.name for theme in await themes(house)].count("Hot drinks") == 1


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ({"theme": "99", "name": "x"}, "no theme 99"),
        ({"theme": "1"}, "new name"),
        ({"theme": "new"}, "new name"),
        ({"theme": "none"}, "Write their numbers"),
        ({"theme": "none", "ideas": "1", "name": "x"}, "no name"),
        ({"name": "x"}, "Which theme"),
    ],
)
async def test_a_change_that_means_nothing_is_refused_with_what_is_missing(house: House, args: dict[str, str], says: str) -> None:
    await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)
    await asked(house, "themes")

    assert says in (await asked(house, "themes", **args)).text


async def test_ideas_that_come_later_are_counted_and_stand_in_no_theme_yet(house: House) -> None:
    await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)
    await asked(house, "themes")
    await house.store.add(an_idea("more dog", author=a_person(), origin="human"))

    assert "1 idea came since." in (await asked(house, "themes")).text


async def test_ideas_that_say_the_same_are_offered_for_merging_and_the_offer_merges_them(house: House) -> None:
    await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS[:-1], "The book-swap shelf")
    card = await asked(house, "themes")

    offer = next(control for control in card.controls if control.label.startswith("Merge"))
    merged = await pressed(house, str(offer.key))

    assert offer.label == "Merge #13 into #10"
    assert merged.title == "#13 is part of #10 now"
    assert not any(label.startswith("Merge #13") for label in labels(await asked(house, "themes")))


async def test_what_no_idea_is_about_is_said_and_asked_for_with_one_press(house: House) -> None:
    await for_topic(house, "a summer", *TEA, *DOGS, *BOOKS)

    card = await asked(house, "themes")
    gap = next(control for control in card.controls if control.key.token.startswith("gap-"))
    answer = await pressed(house, str(gap.key))

    aspect = next(one for one in gaps.aspects() if one.key == gap.key.token[4:].partition("|")[0])
    assert f"No idea yet about: {aspect.said}" in card.text
    assert answer.title == f"Ideas for “a summer: {aspect.said}”"


def test_an_aspect_that_an_idea_names_or_is_near_is_no_gap() -> None:
    count = len(gaps.aspects())
    far, near = np.zeros((1, count), dtype=np.float32), np.eye(1, count, dtype=np.float32)
    meanings = np.eye(count, dtype=np.float32)

    everything = {gap.key for gap in gaps.missing([an_idea("x")], far, meanings)}
    named = {gap.key for gap in gaps.missing([an_idea("What it costs")], far, meanings)}
    meant = {gap.key for gap in gaps.missing([an_idea("x")], near, meanings)}

    assert "price" in everything
    assert "price" not in named | meant
    assert gaps.missing([], far[:0], meanings) == ()


@pytest.mark.parametrize(("text", "is_one"), [("it is free", True), ("freedom", False), ("预算不多", True), ("budgets", True)])
def test_a_word_of_an_aspect_is_found_as_a_word(text: str, is_one: bool) -> None:
    price = next(one for one in gaps.aspects() if one.key == "price")

    assert gaps.mentions(text, price) is is_one


def test_every_aspect_has_a_name_in_either_language_and_folded_words() -> None:
    for aspect in gaps.aspects():
        assert aspect.en
        assert aspect.zh
        assert all(word == word.casefold() for word in aspect.words)


def test_a_theme_of_chinese_ideas_is_named_by_what_they_share() -> None:
    first, second = names_of([["茶园夜游", "茶园音乐会", "茶园写生"], ["共享单车", "单车赛"]])

    assert "茶园" in first
    assert "单车" in second


def test_a_theme_whose_ideas_share_no_word_is_named_by_its_most_typical_idea() -> None:
    assert names_of([["A lantern walk", "Paper boats"]]) == ["A lantern walk"]
    assert len(names_of([["x" * 400, "y"]])[0]) == 60


GAMES = ("Board games on every table on Tuesdays", "Games night with another board game on each table")
TOLD = ("Bring people into our library with a fun idea", "Invite people into our library in a creative way")


def meant(topic: float, *rest: float) -> NDArray[np.float32]:
    """A meaning: so much of its topic's, and the rest of others'."""
    left = np.array(rest) / np.linalg.norm(rest) * np.sqrt(1 - topic**2)
    return np.array([topic, *left], dtype=np.float32)


def test_sentences_that_are_alike_beside_their_topic_say_the_same_and_those_that_only_repeat_it_do_not() -> None:
    ideas = [an_idea(text) for text in (*GAMES, *TOLD)]
    vectors = np.stack([meant(0.1, 1, 0, 0.6), meant(0.2, 1, 0.6, 0), meant(0.85, 0, 1, 0), meant(0.85, 0, 0, 1)])
    topic = meant(1, 1, 0, 0)
    assert all(0.65 < vectors[place] @ vectors[place + 1] < 0.82 for place in (0, 2))

    assert same(ideas, vectors) == []
    assert same(ideas, vectors, topic) == [(ideas[1], ideas[0])]


SOUPS = ("Somebody reads aloud while you eat soup", "Soup and stories: one pot, one reader, every Wednesday")


def test_sentences_that_are_somewhat_alike_say_the_same_where_they_share_a_word_that_no_other_idea_has() -> None:
    ideas = [an_idea(text) for text in (*SOUPS, *TOLD)]
    vectors = np.stack([meant(0.1, 1, 0, 1), meant(0.1, 1, 1, 0), meant(0.85, 0, 1, 0), meant(0.85, 0, 0, 1)])
    topic = meant(1, 1, 0, 0)
    third = an_idea("A soup kitchen")
    assert 0.45 < vectors[0] @ vectors[1] < 0.6

    assert same(ideas, vectors, topic) == [(ideas[1], ideas[0])]
    assert same(ideas, vectors) == []
    assert same([*ideas, third], np.vstack([vectors, meant(0.0, 0, 0, 1)]), topic) == []


@pytest.mark.parametrize("texts", [("Frozen", "Frozen juice"), ("在每张桌子上玩桌游的星期二", "每张桌子一种桌游的游戏之夜")])
def test_names_that_are_nearly_alike_are_different_names(texts: tuple[str, str]) -> None:
    vectors = np.stack([meant(0.1, 1, 0, 0.6), meant(0.2, 1, 0.6, 0)])

    assert same([an_idea(text) for text in texts], vectors, meant(1, 1, 0, 0)) == []


def test_an_idea_that_is_its_topic_is_like_no_other_beside_it() -> None:
    vectors = np.stack([meant(0.99, 1, 0, 0), meant(0.99, 1, 0.1, 0)])

    assert not without(vectors, meant(1, 1, 0, 0)).any()


def test_each_idea_is_in_one_pair_and_the_lower_goes_into_the_higher() -> None:
    ideas = [an_idea(text) for text in ("steep and leaf", "leaf and steep", "steep, leaf", "oak")]

    pairs = same(ideas, np.eye(4, dtype=np.float32))

    assert pairs == [(ideas[1], ideas[0])]


def test_groups_are_those_of_the_data_and_the_same_each_time() -> None:
    chance = np.random.default_rng(1)
    centres = np.eye(3, 32)
    points = np.repeat(centres, [6, 5, 4], axis=0) + 0.05 * chance.normal(size=(15, 32))
    vectors = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)

    groups = grouped(vectors)

    assert [sorted(group) for group in groups] == [list(range(6)), list(range(6, 11)), list(range(11, 15))]
    assert grouped(vectors) == groups


@pytest.mark.parametrize("count", [0, 1, 2, 12])
def test_ideas_that_are_all_alike_are_grouped_without_a_word(count: int) -> None:
    vectors = np.ones((count, 4), dtype=np.float32) / 2

    assert sorted(place for group in grouped(vectors) for place in group) == list(range(count))
