"""A version of a draft says what the draft says, or is dropped."""

from __future__ import annotations

import numpy as np
import pytest

from bot.domain.ideas import Draft, Prompt
from generators.client.polishing import faithful, strays


def polish(draft: str, level: str = "") -> Prompt:
    return Prompt(text="ideas", operation="polish", about=(draft,), options=(("level", level),) if level else ())


@pytest.mark.parametrize(
    ("version", "draft", "astray"),
    [
        ("A day off for everyone", "Swap your desk with a colleague from another team for one day", True),
        ("A shared desk for one day", "Swap your desk with a colleague from another team for one day", False),
        ("Kitchen book swap", "It would be good if we had a shelf in the kitchen where people can put books", False),
        ("Each customer counts", "Costumer first", False),
        ("泡一杯好茶", "在河边的桥下喝一杯茶 然后 一起 走路 回家", False),
    ],
)
def test_of_a_model_that_follows_orders_a_long_drafts_version_has_a_word_of_it(version: str, draft: str, astray: bool) -> None:
    assert strays(version, polish(draft), instructed=True) is astray


@pytest.mark.parametrize(
    ("version", "draft", "astray"),
    [
        ("A breakfast where all of the team cook", "we could perhaps do a breakfast where all the team is cooking", False),
        ("A bench by a bookshelf with a box of free books", "A bench by the shop with a box of free books", True),
        ("A clear graph of the level shows a clear graph", "Show the level in a clear graph", True),
        ("Every dish has a story behind it", "Host a potluck dinner where each neighbour brings a dish", True),
        ("A potluck dinner where each of us brings a dish", "Host a potluck dinner where each neighbour brings a dish", False),
        ("Every note must be a promise", "Write welcome notes in chalk on the pavement", True),
        ("Penny at Five", "Cocktail & Kettle", True),
        ("Kettle and Cocktail", "Cocktail & Kettle", False),
        ("A basket of herbs that nobody else on earth was ever given by strangers", "A basket of herbs", True),
        ("喝茶", "在河边喝一杯茶", False),
    ],
)
def test_of_a_small_model_a_version_keeps_much_of_a_drafts_words_and_adds_few(version: str, draft: str, astray: bool) -> None:
    assert strays(version, polish(draft), instructed=False) is astray


def test_a_vivid_version_may_add_and_a_short_one_may_leave_out() -> None:
    draft = "A shelf in the kitchen for books that people have finished reading"

    assert not strays(
        "A crooked kitchen shelf where finished books wait beside the kettle", polish(draft, "vivid"), instructed=False
    )
    assert strays("A crooked kitchen shelf where finished books wait beside the kettle", polish(draft), instructed=False)
    assert not strays("Kitchen book shelf", polish(draft, "short"), instructed=False)


def test_what_means_something_else_is_broken_and_says_why() -> None:
    drafts = [Draft(text="near"), Draft(text="far"), Draft(text="", broken="empty")]
    vectors = np.array([[1.0, 0.0], [0.96, 0.28], [0.6, 0.8], [0.0, 1.0]], dtype=np.float32)

    assert [one.broken for one in faithful(drafts, vectors, polish("it"))] == [None, "form", "empty"]
    assert [one.broken for one in faithful(drafts, vectors, polish("it", "short"))] == [None, None, "empty"]
