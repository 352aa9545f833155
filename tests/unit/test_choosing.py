"""What is shown: no repeats, good first, different."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ideas import Draft
from bot.ports import Trust
from bot.services.ideas.filtering import unsafe, verdict
from bot.services.ideas.selecting import (
    FORECAST_WEIGHT,
    TRUSTED_WEIGHT,
    Even,
    Known,
    Option,
    Pool,
    Taste,
    alike,
    forecast_weight,
    standardised,
    wordset,
)


def a_vector(*numbers: float) -> np.ndarray:
    vector = np.asarray(numbers, dtype=np.float32)
    return vector / np.linalg.norm(vector)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Tea House", "Tea House"),
        ("Steep & Story!", "steep and story"),
        ("Leaf’s Rest", "Leafs rest"),
        ("Café Olé", "café olé"),
        ("一杯茶", "一杯茶！"),
    ],
)
def test_the_same_words_are_a_repeat_without_any_vectors(one: str, other: str) -> None:
    known = Known()
    known.add(one, None)

    assert known.has(other, None)


@pytest.mark.parametrize(("one", "other"), [("The Tea House", "The Tea Garden"), ("一杯茶", "一壶酒"), ("Run", "Walk")])
def test_different_words_are_no_repeat(one: str, other: str) -> None:
    known = Known()
    known.add(one, None)

    assert not known.has(other, None)


def test_the_same_meaning_in_other_words_is_a_repeat_by_vector() -> None:
    known = Known()
    known.add("A walk by the sea", a_vector(1, 0.2))

    assert known.has("Strolling along the shore", a_vector(1, 0.25))
    assert not known.has("A night in the library", a_vector(-0.2, 1))


def test_the_better_of_two_equally_new_ones_is_chosen_first() -> None:
    pool = Pool()
    pool.add(Option(Draft(text="fair"), a_vector(1, 0), 0.1))
    pool.add(Option(Draft(text="good"), a_vector(0, 1), 0.9))

    chosen = pool.choose()

    assert chosen is not None
    assert chosen.draft.text == "good"


def test_a_different_one_beats_a_slightly_better_copy_of_what_was_chosen() -> None:
    pool = Pool()
    pool.add(Option(Draft(text="best"), a_vector(1, 0), 1.0))
    pool.add(Option(Draft(text="nearly the best again"), a_vector(1, 0.1), 0.9))
    pool.add(Option(Draft(text="something else"), a_vector(0, 1), 0.5))

    order = [chosen.draft.text for _turn in range(3) if (chosen := pool.choose()) is not None]

    assert order == ["best", "something else", "nearly the best again"]
    assert pool.choose() is None


def test_without_vectors_words_keep_the_set_different() -> None:
    pool = Pool()
    for text, quality in (("old tea house by night", 1.0), ("old tea house by day", 0.9), ("paper lantern", 0.1)):
        pool.add(Option(Draft(text=text), None, quality))

    order = [chosen.draft.text for _turn in range(2) if (chosen := pool.choose()) is not None]

    assert order == ["old tea house by night", "paper lantern"]


def test_taste_rises_near_liked_ideas_and_falls_near_disliked_ones() -> None:
    taste = Taste(vectors=np.stack([a_vector(1, 0, 0), a_vector(0, 1, 0)]), means=np.array([0.8, -0.8]))

    near_liked, near_disliked, far = taste.of(np.stack([a_vector(1, 0.1, 0), a_vector(0.1, 1, 0), a_vector(0, 0, 1)]))

    assert near_liked > 0.1
    assert near_disliked < -0.1
    assert far == 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_standardised_values_keep_their_order(values: list[float]) -> None:
    result = standardised(values)

    assert np.all(np.isfinite(result))
    assert np.all(np.diff(result[np.argsort(values, kind="stable")]) >= -1e-9)


@given(st.text(), st.text())
def test_likeness_is_symmetric_and_whole_for_the_same(one: str, other: str) -> None:
    assert alike(wordset(one), wordset(other)) == alike(wordset(other), wordset(one))
    assert alike(wordset(one), wordset(one)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "kill yourself",
        "K1ll y0urself now",
        "f u c k this, f.u.c.k",
        "Fucking great",
        "motherfuckers",
        "sluts",
        "suck my cock",
        "raped",
        "你这个傻逼",
        "ｆｕｃｋ",
    ],
)
def test_unsafe_texts_are_found_also_in_disguise(text: str) -> None:
    assert unsafe(text)


@pytest.mark.parametrize(
    "text",
    [
        "Kill two birds with one stone",
        "Scunthorpe United",
        "Cocktail hour",
        "The Dickens Room",
        "Analog dreams",
        "Grape & Vine",
        "Spiced tea, and a box of spices",
        "a bed for our cocker spaniel",
        "Rice with cumin",
        "fire retarders",
        "The cock has overslept",
    ],
)
def test_innocent_texts_are_let_through(text: str) -> None:
    assert not unsafe(text)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft(text="The Third Steep", relevance=0.4), None),
        (Draft(text="The Third Steep"), None),
        (Draft(text="The Third St", broken="cut"), "broken"),
        (Draft(text="\x00"), "broken"),
        (Draft(text="x" * 401), "broken"),
        (Draft(text="porn palace"), "unsafe"),
        (Draft(text="How to file taxes", relevance=-1.2), "off-topic"),
    ],
)
def test_a_draft_gets_its_verdict(draft: Draft, expected: str | None) -> None:
    assert verdict(draft) == expected


def test_a_forecast_weighs_more_the_better_it_orders_topics_it_has_not_seen() -> None:
    def weight(accuracy: float, error: float, *, trusted: bool = True) -> float:
        return forecast_weight(Trust(kind="text/en/name", accuracy=accuracy, error=error, topics=40, trusted=trusted))

    assert weight(0.9, 0.05, trusted=False) == FORECAST_WEIGHT
    assert weight(0.55, 0.05) == pytest.approx(FORECAST_WEIGHT)
    assert FORECAST_WEIGHT < weight(0.6, 0.02) < weight(0.6, 0.01) < weight(0.7, 0.05) <= TRUSTED_WEIGHT
    assert weight(0.95, 0.01) == TRUSTED_WEIGHT


def a_card(lengths: list[int], quality: list[float], count: int, even: Even | None) -> list[int]:
    """Lengths of the ideas chosen one after another."""
    pool = Pool(even=even)
    for place, (length, good) in enumerate(zip(lengths, quality, strict=True)):
        pool.add(Option(Draft(text=chr(97 + place) * length), None, good))
    chosen = [pool.choose() for _slot in range(count)]
    return [len(option.draft.text) for option in chosen if option is not None]


def test_what_votes_choose_stays_as_long_as_what_was_drafted() -> None:
    lengths = [4, 5, 6, 7, 8, 12, 13, 14, 15, 16]  # ten on average
    shorter_is_better = [-float(length) for length in lengths]

    as_liked = a_card(lengths, shorter_is_better, 4, None)
    even = a_card(lengths, shorter_is_better, 4, Even(4, 0.15))

    assert as_liked == [4, 5, 6, 7]
    assert 8.5 <= sum(even) / 4 <= 11.5
    assert even[0] == 4  # the card as a whole is even, not each of its ideas: six off is what four may be off together


def test_where_nothing_is_even_the_nearest_is_chosen() -> None:
    assert a_card([2, 10, 30], [3.0, 1.0, 2.0], 1, Even(1, 0.01)) == [10]  # 14 on average


def test_what_is_even_as_it_is_stays_as_it_is_liked() -> None:
    lengths, quality = [9, 10, 11, 10], [0.1, 0.9, 0.5, 0.2]

    assert a_card(lengths, quality, 3, Even(3, 0.15)) == a_card(lengths, quality, 3, None)
