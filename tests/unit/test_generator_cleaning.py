"""What becomes of what a model wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ideas import MAX_IDEA
from generators.client.cleaning import repetitive, tidy


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
        ("Half a lette\ufffd", "not-text"),
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


@pytest.mark.parametrize(
    ("raw", "text", "trouble"),
    [
        ("low tide / a gull / nobody asks", "Low tide / a gull / nobody asks", None),
        ("low tide/a gull /nobody asks.", "Low tide / a gull / nobody asks.", None),
        ("low tide / a gull", "Low tide / a gull", "form"),
        ("low tide / a gull / and / more", "Low tide / a gull / and / more", "form"),
        ("He sleeps in the sun / a gull / nobody", "He sleeps in the sun / a gull / nobody", "example"),
    ],
)
def test_a_poem_has_the_lines_of_its_form(raw: str, text: str, trouble: str | None) -> None:
    example = "He sleeps in the sun / the ball rolls past / one ear remembers"

    assert tidy(raw, finished=True, parts=3, examples=[example]) == (text, trouble)


def test_what_follows_a_poem_s_last_line_is_cut_off_where_the_model_went_on() -> None:
    assert tidy("low tide / a gull / nobody asks / and then the", finished=False, parts=3) == (
        "Low tide / a gull / nobody asks",
        None,
    )
    assert tidy("low tide / a gull", finished=False, parts=3)[1] == "cut"


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [
        ("小巷茶烟起 / 竹帘半卷斜 / 客来无别事 / 共坐看飞花", None),
        ("小巷茶烟起，/竹帘半卷斜/客来无别事/共坐看飞花", None),
        ("小巷茶烟起 / 竹帘半卷斜 / 客来无别事情 / 共坐看飞花", "form"),
        ("小巷茶 / 竹帘斜 / 客来无 / 看飞花", "form"),
    ],
)
def test_a_jueju_has_four_lines_of_five_or_of_seven_characters(raw: str, trouble: str | None) -> None:
    assert tidy(raw, finished=True, parts=4, characters=(5, 7))[1] == trouble


def test_a_continuation_may_begin_in_the_middle_of_a_sentence() -> None:
    assert tidy("girl named Emma", finished=True, goes_on=True) == ("… girl named Emma", None)
    assert tidy("The door closed", finished=True, goes_on=True) == ("The door closed", None)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("One night, a lighthouse keeper named Mr", "cut"),
        ("Ask somebody who knows, e.g.", "cut"),
        ("A keeper named Sarah is brought to Hugging Face", "refusal"),
        ("Dr. Brew", None),
        ("A hugging booth at the entrance", None),
    ],
)
def test_nothing_ends_inside_an_abbreviation_or_names_who_made_the_training_data(text: str, trouble: str | None) -> None:
    assert tidy(text, finished=True)[1] == trouble
