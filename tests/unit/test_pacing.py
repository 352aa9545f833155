"""A slow model shows the ideas that it has, says what they cost, and makes fewer drafts the next time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import wiring
from bot.config import GeneratorTable, Settings
from bot.domain.errors import TookTooLong
from bot.domain.ideas import Draft, Idea, Prompt
from bot.messages import Progress
from bot.ports import Order
from bot.services.ideas.pacing import Pace
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_person

PROMPT = Prompt(text="ways to make meetings shorter", count=5)


class Slow(ScriptedGenerator):
    """Needs ten seconds a draft on its clock, and is stopped after so many."""

    def __init__(self, hands: Hands, most: int) -> None:
        super().__init__()
        self.hands, self.most = hands, most
        self.made_of: list[Order] = []

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        self.made_of.append(order)
        made = 0
        async for draft in super().draft(order):
            if made == self.most:
                raise TookTooLong
            self.hands.forward(seconds=10)
            made += 1
            yield draft


async def brainstorm(house: wiring.House) -> tuple[list[str], str]:
    begun = await house.services.brainstorming.begin(channel=RED, asker=a_person(), prompt=PROMPT)
    shown: list[str] = []

    async def step(news: Progress | Idea) -> None:
        if isinstance(news, Idea):
            shown.append(news.text)

    try:
        await house.services.brainstorming.work(begun, step)
    except TookTooLong as error:
        return shown, str(error)
    return shown, ""


async def test_what_was_ready_is_shown_with_what_it_costs_and_the_next_order_is_smaller(tmp_path: Path) -> None:
    hands = Hands()
    generator = Slow(hands, most=12)
    settings = Settings(home=tmp_path, generator=GeneratorTable(timeout_s=120.0, oversample=4.0))
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(settings, store=store, generator=generator, now=hands)

    first, said = await brainstorm(house)
    second, silent = await brainstorm(house)

    assert len(first) == 5
    assert "about 200 s for these ideas here, and 120 s are allowed" in said
    assert [order.candidates for order in generator.made_of] == [20, 8]
    assert len(second) == 5
    assert silent == ""


@pytest.mark.parametrize(
    ("seconds", "drafts", "asked", "wanted", "affordable"),
    [(20.0, 20, 20, 5, 20), (120.0, 12, 20, 5, 8), (120.0, 2, 20, 5, 5), (120.0, 0, 20, 5, 5), (0.0, 0, 20, 5, 20)],
)
def test_there_are_as_many_drafts_as_there_is_time_for_and_one_for_each_idea(
    seconds: float, drafts: int, asked: int, wanted: int, affordable: int
) -> None:
    pace = Pace(120.0)

    pace.took(PROMPT, seconds, drafts)

    assert pace.affordable(PROMPT, asked, wanted) == affordable


def test_a_machine_that_is_no_longer_busy_makes_all_drafts_again() -> None:
    pace = Pace(120.0)
    pace.took(PROMPT, 120.0, 12)
    for _round in range(3):
        pace.took(PROMPT, 1.0, 12)

    assert pace.affordable(PROMPT, 20, 5) == 20


def test_one_kind_of_draft_says_nothing_of_another() -> None:
    pace = Pace(120.0)
    pace.took(PROMPT, 120.0, 2)

    assert pace.affordable(Prompt(text="names", kind="names"), 20, 5) == 20
