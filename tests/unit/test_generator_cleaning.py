"""What becomes of what a model wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ideas import MAX_IDEA
from generators.cleaning import repetitive, tidy


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (" The Daily Leaf", "The Daily Leaf"),
        ("1. The Daily Leaf", "The Daily Leaf"),
        ("- **The Daily Leaf**", "The Daily Leaf"),
        ("Idea 3: swap the bins.", "Swap the bins."),
        ("Sure, here is one idea: swap the bins.", "Swap the bins."),
        ("“The Daily Leaf”", "The Daily Leaf"),
        ('"Leaf" and "Bean"', '"Leaf" and "Bean"'),
        ('The "Daily Leaf', "The Daily Leaf"),
        ("the daily leaf\nand more", "The daily leaf"),
        ("点子：雨天在办公室野餐", "雨天在办公室野餐"),
        ("Wait for it...", "Wait for it"),
    ],
)
def test_list_marks_labels_quotes_and_markup_go(raw: str, text: str) -> None:
    assert tidy(raw, finished=True) == (text, None)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "empty"),
        ("   \n ", "empty"),
        ("500,000,000,000,000", "not-text"),
        ("A letter to [Colleague's name] in which", "not-text"),
        ("see https://example.com/x", "not-text"),
        ("— !!! ???", "not-text"),
        ("I'm sorry, I cannot help with that", "refusal"),
        ("As an AI language model, tea", "refusal"),
        ("x" * (MAX_IDEA + 1), "too-long"),
        ("Bike, bike, bike", "repetitive"),
        ("A pirate with a penchant for gold and a penchant for rum", "repetitive"),
        ("Ideas for a tea bar", "echo"),
        ("Tea bars", "echo"),
        ("Suggest one simple idea: a tea bar on wheels", "echo"),
        ("names for a tea bar that nobody knows", "echo"),
        ("The Rolling Scone", "example"),
        ("The Rolling Scones", "example"),
        ("steep and dream!", "known"),
    ],
)
def test_what_cannot_be_an_idea_says_why(raw: str, why: str) -> None:
    _text, found = tidy(
        raw, finished=True, examples=["The Rolling Scone"], topic="names for a tea bar", known=["Steep and Dream"]
    )

    assert found == why


def test_a_text_that_was_cut_keeps_its_whole_sentences() -> None:
    assert tidy("Plant a herb for each new colleague. Then let th", finished=False) == (
        "Plant a herb for each new colleague.",
        None,
    )


def test_a_text_without_a_whole_sentence_is_cut() -> None:
    assert tidy("Plant a herb for each new colleague and let th", finished=False)[1] == "cut"


@pytest.mark.parametrize(
    "text",
    [
        "The Bean Scene",
        "Paint the town and paint the boats",
        "A night hike with lanterns and soup for the team",
        "哈哈茶馆",
    ],
)
def test_ordinary_ideas_are_not_repetitive(text: str) -> None:
    assert not repetitive(text)


@given(st.text(max_size=600), st.booleans(), st.text(max_size=40))
def test_any_text_is_judged_and_what_is_good_is_one_short_line(raw: str, finished: bool, topic: str) -> None:
    text, why = tidy(raw, finished=finished, topic=topic, examples=[topic])

    if why is None:
        assert 0 < len(text) <= MAX_IDEA
        assert "\n" not in text
        assert text == text.strip()
