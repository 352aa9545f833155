"""Palettes: those with a name, and those of one colour that everybody has a word for."""

from __future__ import annotations

import random

import pytest

from generators.engines.shared.colour import READABLE, askable, contrast, luminance, palettes, words


@pytest.mark.parametrize("name", [name for name, _colour in words()])
def test_every_colour_with_a_word_is_a_palette_of_its_own(name: str) -> None:
    first, second = palettes(name, 2, random.Random(1))

    assert name in askable()
    assert first == second
    assert dict(words())[name] in first.colours
    assert list(map(luminance, first.colours)) == sorted(map(luminance, first.colours))
    assert contrast(first.dark, first.light) >= READABLE


def test_a_colour_without_a_word_is_no_palette() -> None:
    with pytest.raises(KeyError):
        palettes("octarine", 1, random.Random(1))
