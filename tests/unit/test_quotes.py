"""Somebody's words found in what others wrote, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage._erasing import Asked, Made, planned
from storage._quotes import Quotes

IDEA = "A lantern walk along the old canal"
TOPIC = "what could our choir do for the lonely people of Ilford"


@pytest.fixture
def quotes() -> Quotes:
    return Quotes(
        ideas=[IDEA, "Leaf & Let Leaf"], said=[TOPIC, "tea bar", "write to ann.lee@example.org", "给我们的小茶馆起一个好听的名字"]
    )


@pytest.mark.parametrize(
    "text",
    [
        IDEA,
        IDEA.upper() + "!",
        "Like “a lantern walk along  the old canal”, with songs",
        "Why not a lantern walk along the river",  # five of her words in a row
        "Leaf & let leaf, on wheels",
        "songs for the lonely people of Ilford and tea",
        "ask ann.lee@example.org first",
        "给我们的小茶馆起一个名字",
    ],
)
def test_her_wording_is_found(quotes: Quotes, text: str) -> None:
    assert quotes.quoted(text)


@pytest.mark.parametrize(
    "text", ["A tea bar on wheels", "tea bar", "Leaf", "the old canal", "a choir", "茶馆", "", "…", "of the"]
)
def test_what_everybody_says_is_not_hers(quotes: Quotes, text: str) -> None:
    assert not quotes.quoted(text)
    assert quotes.without(text) == (None if text == "tea bar" else text)


def test_a_whole_text_is_hers_however_short_where_it_was_taken_from_her(quotes: Quotes) -> None:
    assert quotes.same("Tea Bar")
    assert not quotes.same("Tea Bars")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Leaf & Let Leaf, on wheels", "…, on wheels"),
        ("First: a lantern walk along the old canal. Then soup.", "First: …. Then soup."),
        ("leaf and leaf & let leaf and leaf", "leaf and … and leaf"),
        (IDEA + "!", None),
        ("Leaf & Let Leaf, a lantern walk along the old canal", None),
    ],
)
def test_gaps_stand_where_her_words_stood(quotes: Quotes, text: str, left: str | None) -> None:
    assert quotes.without(text) == left


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_wording_is_left_whatever_was_written(idea: str, before: str, after: str) -> None:
    made = Quotes(ideas=[idea], said=[before])

    left = made.without(f"{before} {idea} {after}")

    assert left is None or not made.quoted(left)


def an_asked(id: str, **given: object) -> Asked:
    return Asked(**{"id": id, "mine": False, "operation": "fresh", "topic": "soup", **given})  # type: ignore[arg-type]


def a_made(id: str, text: str, **given: object) -> Made:
    return Made(**{"id": id, "text": text, "brainstorm": None, "mine": False, "by_hand": False, **given})  # type: ignore[arg-type]


def test_a_topic_goes_wherever_it_was_carried_and_stays_where_others_typed_it() -> None:
    asked = [
        an_asked("hers", mine=True, topic="tea"),
        an_asked("more", operation="more", topic="tea", parents=((0, "i1"),)),
        an_asked("more of more", operation="more", topic="tea", parents=((0, "i2"),)),
        an_asked("typed by bob", topic="tea"),
        an_asked("more of bob's", operation="more", topic="tea", parents=((0, "i4"),)),
    ]
    made = [
        a_made("i1", "One", brainstorm="hers"),
        a_made("i2", "Two", brainstorm="more"),
        a_made("i4", "Four", brainstorm="typed by bob"),
    ]

    plan = planned(asked, made)

    assert plan.blanked == {"more", "more of more"}
    assert plan.redrawn(made) == {"hers", "more", "more of more"}


def test_what_she_carried_from_others_stays_theirs() -> None:
    asked = [
        an_asked("bob's", topic=TOPIC),
        an_asked("her more", mine=True, operation="more", topic=TOPIC, parents=((0, "i1"),)),
        an_asked("cat's more", operation="more", topic=TOPIC, parents=((0, "i1"),)),
    ]

    assert planned(asked, [a_made("i1", "One", brainstorm="bob's")]).blanked == frozenset()


def test_ideas_that_repeat_her_go_and_an_edit_keeps_what_is_its_own() -> None:
    made = [
        a_made("hers", IDEA, mine=True, by_hand=True),
        a_made("model's", IDEA + ", with songs", brainstorm="more"),
        a_made("bob's", IDEA + ", with songs", by_hand=True, parents=("hers",)),
        a_made("bob's copy", IDEA + ".", by_hand=True, parents=("hers",)),
        a_made("elsewhere", IDEA),
    ]
    asked = [an_asked("more", operation="more", topic=IDEA, parents=((0, "hers"),), about=((0, IDEA), (1, "Soup")))]

    plan = planned(asked, made)

    assert plan.gone == {"hers", "model's", "bob's copy"}
    assert plan.rewritten == {"bob's": "…, with songs"}
    assert (plan.blanked, plan.unquoted) == ({"more"}, {"more": {0}})


def test_a_style_of_hers_goes_with_what_was_made_of_it() -> None:
    asked = [
        an_asked("hers", mine=True, topic="soup", style="a grumpy pirate"),
        an_asked("more", operation="more", topic="stew", style="A grumpy pirate", parents=((0, "i1"),)),
        an_asked("bob's", topic="stew", style="a grumpy pirate"),
    ]

    assert planned(asked, [a_made("i1", "One", brainstorm="hers")]).plain == {"more"}
