"""An order's choices: what was held back joins where too few came, and only then."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pytest

from bot.domain.errors import GeneratorDown
from bot.domain.ideas import Draft, Prompt, Team
from bot.ports import Order
from generators.client.choices import Made
from generators.client.coming import Coming
from generators.client.recipes import Asking

ASKING = Asking(count=4)


class Drafts:
    """Takes every choice for a draft, some of them for broken ones."""

    def __init__(self, broken: Collection[str] = ()) -> None:
        self.broken = broken
        self.batches: list[list[str]] = []

    async def drafts(self, choices: Sequence[Made], _recipe: Any, _order: Order, _known: Any) -> list[Draft]:
        self.batches.append([one.text for one in choices])
        return [Draft(text=one.text, broken="echo" if one.text in self.broken else None) for one in choices]


def made(*texts: str) -> list[Made]:
    return [Made(ASKING, text, finished=True) for text in texts]


async def come(written: Sequence[str], held: Sequence[str], *, wanted: int, broken: Collection[str] = ()) -> list[list[str]]:
    """The batches in which choices are judged."""
    order = Order(
        prompt=Prompt(text="names for a pier"), candidates=12, seed=1, model="", team=Team(platform="t", id="1"), wanted=wanted
    )
    drafting = Drafts(broken)
    coming = Coming(drafting, None, order, together=4, held=made(*held))  # type: ignore[arg-type]
    for one in made(*written):
        coming.finished.put_nowait(one)
    coming.finished.put_nowait(None)
    drafts = [draft.text async for some in coming.drafts(1) for draft in some]
    assert drafts == [text for batch in drafting.batches for text in batch]
    return drafting.batches


@pytest.mark.parametrize(
    ("written", "wanted", "added"),
    [
        (("Pier", "Quay", "Dock", "Mole", "Jetty"), 5, []),
        (("Pier", "Quay", "Dock", "quay", "Pier"), 5, [["Buoy", "Oar"]]),  # what comes again is one
        (("Pier", "Quay", "Dock", "Echo", "Mole"), 5, [["Buoy"]]),  # what is broken is none
        (("Pier",), 0, []),  # nobody said how many are wanted
        (("Pier",), 9, [["Buoy", "Oar", "Sail"]]),
    ],
)
async def test_what_was_held_back_joins_where_too_few_came(written: Sequence[str], wanted: int, added: list[list[str]]) -> None:
    batches = await come(written, ("Buoy", "Oar", "Sail"), wanted=wanted, broken={"Echo"})

    assert batches[1:] == added


async def test_more_of_what_was_held_back_joins_while_it_is_broken() -> None:
    batches = await come(("Pier", "Quay"), ("Echo", "Oar", "Sail"), wanted=3, broken={"Echo"})

    assert batches[1:] == [["Echo"], ["Oar"]]


async def test_an_order_that_failed_is_not_filled_up() -> None:
    order = Order(prompt=Prompt(text="x"), candidates=2, seed=1, model="", team=Team(platform="t", id="1"), wanted=2)
    drafting = Drafts()
    coming = Coming(drafting, None, order, together=1, held=made("Buoy"))  # type: ignore[arg-type]
    coming.finished.put_nowait(GeneratorDown("gone"))

    with pytest.raises(GeneratorDown):
        _all = [some async for some in coming.drafts(1)]

    assert all("Buoy" not in batch for batch in drafting.batches)
