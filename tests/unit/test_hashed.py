"""Hashed words say how alike lines are, whichever way they are kept."""

from __future__ import annotations

import numpy as np
import pytest

from bot.services.talk.hashed import HASHED, hashed, placed

LINES = (
    "names for a tea bar",
    "Names for a tea bar!",
    "rank them all",
    "都不好，换一批",
    "",
    "rank the teas, rank them all, all 3",
)


def test_words_beside_a_line_are_the_products_of_its_row_with_the_table() -> None:
    found, table = hashed(LINES), hashed(LINES).table()

    for number, line in enumerate(LINES):
        assert found.beside(line) == pytest.approx(table @ table[number], abs=1e-6)


def test_a_line_is_one_beside_itself_and_nothing_beside_one_without_its_words() -> None:
    found = hashed(LINES)

    assert found.beside("Names for a tea bar!")[1] == pytest.approx(1.0)
    assert found.beside("都不好，换一批")[2] == pytest.approx(0.0, abs=0.2)  # but where two words fall in one place


def test_a_row_has_the_line_s_places_and_unit_length() -> None:
    table = hashed(LINES).table()

    assert table.shape == (len(LINES), HASHED)
    assert [set(np.flatnonzero(row)) for row in table] == [
        {place for place, value in zip(*placed(line), strict=True) if value} for line in LINES
    ]
    assert np.linalg.norm(table, axis=1) == pytest.approx(1.0)


def test_what_is_kept_grows_with_the_words_and_not_with_the_places() -> None:
    found = hashed(LINES)

    assert len(found.values) == sum(len(placed(line)[0]) for line in LINES)
    assert found.starts[-1] == len(found.values)
