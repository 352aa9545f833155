"""What is loaded before anybody is served is not looked through for garbage again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from bot import wiring
from bot.starting import GARBAGE, seldom


@pytest.fixture
def thawed() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.unfreeze()  # what stands in the tests' own house
    yield
    gc.set_threshold(*usual)


def test_moving_in_leaves_little_to_look_through(thawed: None) -> None:
    before = len(gc.get_objects())

    wiring.move_in()

    assert gc.get_freeze_count() > 0
    assert len(gc.get_objects()) < before / 10


def test_the_command_line_has_garbage_looked_for_seldom(thawed: None) -> None:
    gc.set_threshold(700, 10, 10)

    seldom()

    assert gc.get_threshold() == GARBAGE
    assert GARBAGE > (700, 10, 10)
