"""How a text sounds is told from its letters, and counts for a team that votes by it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.forecast import Fit
from learning.sheets import Sheet, sheet
from learning.sounds import SOUND, sounds
from learning.trust import learned
from tests.unit.test_gate import EACH, a_vote_of

WIDTH = 64  # dimensions of meaning, of which none has to do with how a name sounds
ROUND, SHARP = (
    ("Lumena", "Molora", "Nimalo", "Rowena", "Alumi", "Momora"),
    ("Kratept", "Stikt", "Brackts", "Tropst", "Pliktt", "Gripst"),
)


def heard(text: str) -> dict[str, float]:
    """The columns by name."""
    return dict(zip(SOUND, sounds([text])[0].tolist(), strict=True))


def test_vowels_and_consonants_are_shares_of_the_letters() -> None:
    found = heard("Rosy Stone")  # nine letters

    assert [found[name] for name in "aeiou"] == pytest.approx([0.0, 1 / 9, 0.0, 2 / 9, 0.0])
    assert found["sonorants"] == pytest.approx(3 / 9)  # r, y, n
    assert found["hissing"] == pytest.approx(2 / 9)
    assert found["voiceless stops"] == pytest.approx(1 / 9)
    assert found["voiced stops"] == 0


def test_an_e_that_is_not_spoken_ends_no_word_openly() -> None:
    assert heard("Stone")["silent e"] == 1
    assert heard("Stone")["open ends"] == 0
    assert heard("Stone")["syllables"] == 1
    assert heard("Mocha")["open ends"] == 1
    assert heard("Mocha")["syllables"] == 2
    assert heard("She")["open ends"] == 1  # its only vowel


def test_what_comes_again_is_heard() -> None:
    assert heard("Busy Beaver")["alliteration"] == 1
    assert heard("Busy Otter")["alliteration"] == 0
    assert heard("Handy Candy")["rhyme"] == 1
    assert heard("The Blue Jar")["rhyme"] == 0
    assert heard("Bottle")["double letters"] == pytest.approx(1 / 6)
    assert heard("Strength")["consonant runs"] == 4  # n, g, t, h


@pytest.mark.parametrize("text", ["", "42!", "一杯茶"])
def test_what_has_no_latin_letters_has_no_sound(text: str) -> None:
    assert sounds([text]).tolist() == [[0.0] * len(SOUND)]


@given(st.text(max_size=80))
@settings(deadline=None)
def test_every_text_has_a_finite_sound(text: str) -> None:
    found = sounds([text])

    assert found.shape == (1, len(SOUND))
    assert np.all(np.isfinite(found))
    assert np.all(found >= 0)


def a_page(topics: int, chance: np.random.Generator, *, silent: bool = False) -> tuple[Sheet, np.ndarray]:
    """Round and sharp names whose meanings say nothing, and what each is worth to who likes round ones: +1 or -1."""
    count = topics * EACH
    worth = np.where(chance.random(count) < 0.5, 1.0, -1.0)
    texts = ["" if silent else str(chance.choice(ROUND if one > 0 else SHARP)) for one in worth]
    vectors = chance.normal(size=(count, WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return sheet(texts, vectors, np.repeat(np.arange(topics), EACH), None), worth


def a_fit(liking: float, *, silent: bool = False, seed: int = 1) -> Fit:
    """What a team of six learns."""
    chance = np.random.default_rng(seed)
    page, worth = a_page(30, chance, silent=silent)
    return learned(page, a_vote_of([liking] * 6, worth, chance))


def test_a_taste_for_sound_is_believed_and_orders_new_names() -> None:
    fit = a_fit(1.0)
    vectors = np.random.default_rng(2).normal(size=(2, WIDTH)).astype(np.float32) / WIDTH**0.5

    foretold = fit.foretell(["Nolumi", "Skrapt"], vectors, None, None)

    assert fit.hyperparameters.trusted
    assert fit.sheet.loudness > 0
    assert foretold[0] > foretold[1] + 0.5  # 1 and -1 are nearly what people say


def test_the_same_votes_without_the_sound_prove_nothing() -> None:
    assert not a_fit(1.0, silent=True).hyperparameters.trusted


def test_coins_make_no_taste_for_sound() -> None:
    fits = [a_fit(0.0, seed=seed) for seed in range(6)]

    assert not any(fit.hyperparameters.trusted for fit in fits)
    assert sum(fit.sheet.loudness > 0 for fit in fits) <= 2  # .05 of coins each; three of six come once in 400


def test_silenced_columns_are_gone_and_cannot_come_back() -> None:
    page, _worth = a_page(4, np.random.default_rng(3))

    quiet = page.heard(0.0)

    assert not quiet.rows[:, quiet.sound].any()
    assert np.array_equal(np.delete(quiet.rows, quiet.sound, axis=1), np.delete(page.rows, page.sound, axis=1))
    with pytest.raises(ValueError, match="silent"):
        quiet.heard(1.0)
