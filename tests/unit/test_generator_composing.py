"""Ideas of fixed forms, and the words near to a topic that stand in them."""

from __future__ import annotations

import random

import numpy as np

from generators.client import kindred
from generators.client.composing import composed, drawn, theme_of, titled

KIN = ("oar", "paddle", "regatta", "canoe", "eraser")


def test_each_form_comes_once_before_any_comes_again() -> None:
    forms = ("The Happy {Kin}", "{Kin} & {Kin2}", "Little {Kin}")

    texts = composed(forms, "a rowing club", KIN, 3, random.Random(1))

    assert sorted(text.split()[0] in ("The", "Little") for text in texts) == [False, True, True]
    assert len(set(texts)) == 3


def test_two_words_in_a_form_are_two_words_and_articles_fit_them() -> None:
    texts = composed(("{Kin} & {Kin2}", "A {kin} for everyone"), "a shop", KIN, 40, random.Random(2))

    assert not [text for text in texts if " & " in text and len(set(text.split(" & "))) == 1]
    assert "An eraser for everyone" in texts
    assert "A eraser for everyone" not in texts


def test_a_form_with_more_places_than_there_are_words_is_left_out() -> None:
    assert composed(("{Kin} & {Kin2}",), "a shop", ("oar",), 5, random.Random(3)) == ()
    assert composed(("In Praise of {Theme}",), "a talk on bread", (), 5, random.Random(3)) == ("In Praise of Bread",)


def test_the_nearest_words_are_drawn_most_often() -> None:
    first = [drawn(KIN, 1, random.Random(seed))[0] for seed in range(200)]

    assert first.count("oar") > first.count("eraser") > 0


def test_a_talk_has_a_theme() -> None:
    assert theme_of("a talk about night trains") == "night trains"
    assert theme_of("an invitation to a garden party") == "a garden party"
    assert theme_of("my memoir") == "my memoir"
    assert titled("a week on the river") == "A Week on the River"
    assert titled("a week on the river", first=False) == "a Week on the River"


def test_words_are_near_to_what_they_mean_and_only_for_the_encoder_that_made_them() -> None:
    names, vectors, crowded = kindred.vocabulary()

    assert len(names) == len(vectors) == len(crowded) == len(set(names))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)
    assert kindred.words(vectors[names.index("boat")], "all-MiniLM-L6-v2")[0] == "boat"
    assert {"canoe", "ferry", "raft"} & set(kindred.words(vectors[names.index("boat")], "all-MiniLM-L6-v2+use-m3.1"))
    assert kindred.words(vectors[0], "another") == ()
