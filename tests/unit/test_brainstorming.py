"""A brainstorm stores before it shows, logs everything, goes on after a crash, and ends in words when it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import wiring
from bot.config import GeneratorTable, Settings
from bot.domain.errors import GeneratorDown, Refusal
from bot.domain.ideas import Brainstorm, Draft, Idea, Prompt
from bot.messages import Progress
from bot.ports import Clock, Health, Order
from bot.services.cards import lacking
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_person, an_idea, an_opinion


async def a_house(generator: ScriptedGenerator, tmp_path: Any, *, now: Clock | None = None, **generator_settings: Any) -> House:
    store = MemoryStore()
    await store.open()
    settings = Settings(home=tmp_path, generator=GeneratorTable(**generator_settings))
    return wiring.furnish(settings, store=store, generator=generator, now=now or Hands())


async def begun(house: House, topic: str = "names for a tea bar", count: int = 3, **prompt: Any) -> Brainstorm:
    return await house.services.brainstorming.begin(
        channel=RED, asker=a_person(), prompt=Prompt(text=topic, count=count, **prompt)
    )


async def unseen(news: Progress | Idea) -> None:
    """Nobody looks."""


async def test_an_idea_is_stored_before_it_is_shown(tmp_path: Any) -> None:
    house = await a_house(ScriptedGenerator(), tmp_path)
    brainstorm = await begun(house)
    shown: list[str] = []

    async def step(news: Progress | Idea) -> None:
        if isinstance(news, Idea):
            assert await house.store.idea(RED.team, news.id) == news
            shown.append(news.text)

    ideas = await house.services.brainstorming.work(brainstorm, step)

    assert [idea.text for idea in ideas] == shown
    assert [idea.number for idea in ideas] == [1, 2, 3]
    assert [idea.slot for idea in ideas] == [0, 1, 2]


async def test_the_first_idea_is_shown_while_later_drafts_are_still_being_made(tmp_path: Any) -> None:
    generator = ScriptedGenerator(delay_s=0.01)
    house = await a_house(generator, tmp_path)
    brainstorm = await begun(house)
    finished = asyncio.Event()
    early: list[bool] = []

    async def step(news: Progress | Idea) -> None:
        if isinstance(news, Idea):
            early.append(not finished.is_set() and len(early) < 2)

    work = asyncio.create_task(house.services.brainstorming.work(brainstorm, step))
    await work
    finished.set()

    assert early[0]
    candidates = await house.store.candidates(RED.team, brainstorm.id)
    assert len(candidates) == 10  # 3 ideas, 3.2 drafts each


async def test_every_draft_is_logged_with_what_became_of_it(tmp_path: Any) -> None:
    texts = ["The Third Steep", "Third Steep", "", "A fucking kettle", "Leaf & Lantern", "The Slow Pour", "Cup of Clouds"]
    house = await a_house(ScriptedGenerator(texts=texts), tmp_path, oversample=2)
    brainstorm = await begun(house, count=3)

    ideas = await house.services.brainstorming.work(brainstorm, unseen)

    candidates = await house.store.candidates(RED.team, brainstorm.id)
    fate = {candidate.draft.text: candidate.verdict for candidate in candidates}
    assert fate["Third Steep"] == "repeat"
    assert fate[""] == "broken"
    assert fate["A fucking kettle"] == "unsafe"
    assert {c.idea for c in candidates if c.verdict == "shown"} == {idea.id for idea in ideas}
    assert len(ideas) == 3


async def test_ideas_that_the_topic_s_own_words_are_set_in_are_compared_without_these(tmp_path: Any) -> None:
    topic = "Why Our Small Hospital Stopped Using Pagers"

    class Filling(ScriptedGenerator):
        async def draft(self, order: Order) -> AsyncIterator[Draft]:
            for end in (", at Last", ", at Last!", ": a Report", ", against All Advice"):
                yield Draft(text=topic + end, apart=end)

    house = await a_house(Filling(), tmp_path)
    await house.store.add(an_idea(f"{topic}: a Report"))
    brainstorm = await begun(house, count=2)

    ideas = await house.services.brainstorming.work(brainstorm, unseen)

    assert {idea.text for idea in ideas} == {f"{topic}, at Last", f"{topic}, against All Advice"}


async def test_what_stands_on_the_board_does_not_come_again(tmp_path: Any) -> None:
    house = await a_house(ScriptedGenerator(texts=["The Third Steep", "Leaf & Lantern"]), tmp_path, oversample=2)
    await house.store.add(an_idea("the third steep!"))
    brainstorm = await begun(house, count=1)

    ideas = await house.services.brainstorming.work(brainstorm, unseen)

    assert [idea.text for idea in ideas] == ["Leaf & Lantern"]


async def test_a_polish_may_come_near_its_original_but_not_repeat_it(tmp_path: Any) -> None:
    generator = ScriptedGenerator(texts=["a bar for tea people", "A Bar for Tea Lovers"])
    house = await a_house(generator, tmp_path, oversample=2)
    original = await house.store.add(an_idea("A bar for tea people"))
    brainstorm = await begun(house, count=1, operation="polish", about=(original.text,))

    ideas = await house.services.brainstorming.work(brainstorm, unseen)

    assert [idea.text for idea in ideas] == ["A Bar for Tea Lovers"]
    assert ideas[0].origin == "polish"


async def test_a_polish_has_the_versions_that_came_and_asks_for_no_more(tmp_path: Any) -> None:
    generator = ScriptedGenerator(texts=("Tea House", "Tea Hall"), broken_every=1)
    house = await a_house(generator, tmp_path)
    brainstorm = await begun(house, count=3, operation="polish", about=("The Tea House",))

    assert await house.services.brainstorming.work(brainstorm, unseen) == []

    assert len(generator.orders) == 1
    assert lacking(brainstorm.prompt, 0).startswith("No version was better")
    assert lacking(brainstorm.prompt, 1) == ""


def test_where_nothing_like_an_idea_came_a_more_concrete_topic_is_not_asked_for() -> None:
    prompt = Prompt(text="names for a tea bar", count=3, operation="more", about=("Tea for Two",))

    assert "more like 2 but shorter" in lacking(prompt, 0)
    assert "A more concrete topic" in lacking(replace(prompt, operation="fresh", about=()), 0)


async def test_liked_ideas_of_like_topics_are_shown_to_the_model_as_examples(tmp_path: Any) -> None:
    generator = ScriptedGenerator()
    house = await a_house(generator, tmp_path)
    first = await house.services.brainstorming.work(await begun(house), unseen)
    for person in ("ann", "bob"):
        await house.store.hear(RED.team, an_opinion(first[1], person))
    await house.store.hear(RED.team, an_opinion(first[0], "ann", -1.0))

    await house.services.brainstorming.work(await begun(house, "names for a tea bar in town"), unseen)

    assert generator.orders[-1].liked == (first[1].text,)


async def test_a_second_round_shows_no_examples_that_the_first_may_have_repeated(tmp_path: Any) -> None:
    class Repeating(ScriptedGenerator):
        async def draft(self, order: Order) -> AsyncIterator[Draft]:
            async for draft in super().draft(order):
                yield replace(draft, text=order.liked[0]) if order.liked else draft

    generator = Repeating()
    house = await a_house(generator, tmp_path)
    first = await house.services.brainstorming.work(await begun(house), unseen)
    for person in ("ann", "bob"):
        await house.store.hear(RED.team, an_opinion(first[1], person))
    generator.orders.clear()

    ideas = await house.services.brainstorming.work(await begun(house, "names for a tea bar in town"), unseen)

    assert [order.liked for order in generator.orders] == [(first[1].text,), ()]
    assert len(ideas) == 3


async def test_a_brainstorm_of_a_dead_process_goes_on_where_it_stopped(tmp_path: Any) -> None:
    house = await a_house(ScriptedGenerator(), tmp_path)
    clock = house.services.clock
    assert isinstance(clock, Hands)
    brainstorm = await begun(house, count=4)
    kept = await house.store.add(an_idea("Kept from before", brainstorm=brainstorm.id))
    assert await house.store.take_up(clock(), clock() + timedelta(seconds=20)) == []  # its lease still runs
    clock.forward(seconds=21)

    (found,) = await house.store.take_up(clock(), clock() + timedelta(seconds=20))
    ideas = await house.services.brainstorming.work(found, unseen)

    assert ideas[0] == kept
    assert len(ideas) == 4
    stored = await house.store.brainstorm(RED.team, brainstorm.id)
    assert stored is not None
    assert stored.state == "done"


class Flaky(ScriptedGenerator):
    """Dies in the middle of its first order, and is back a little later."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def draft(self, order: Order) -> AsyncIterator[Draft]:
        self.asked += 1
        if self.asked == 1:
            yield Draft(text="Before the crash", relevance=1.0)
            raise GeneratorDown
        async for draft in super().draft(order):
            yield draft


async def test_a_crash_of_the_service_in_the_middle_is_waited_out(tmp_path: Any) -> None:
    generator = Flaky()
    house = await a_house(generator, tmp_path)

    ideas = await house.services.brainstorming.work(await begun(house), unseen)

    assert len(ideas) == 3
    assert generator.asked == 2


class Running(Hands):
    """A clock that a minute passes on at every look."""

    def __call__(self) -> Any:
        self.forward(minutes=1)
        return self.now


class Dead(ScriptedGenerator):
    """Never answers again."""

    async def health(self) -> Health:
        return Health(ready=False, doing="gone")


async def test_a_service_that_stays_away_ends_the_brainstorm_in_words_and_keeps_its_ideas(tmp_path: Any) -> None:
    house = await a_house(Dead(fails_after=6), tmp_path, now=Running())
    brainstorm = await begun(house)

    with pytest.raises(GeneratorDown, match="not answering"):
        await house.services.brainstorming.work(brainstorm, unseen)

    stored = await house.store.brainstorm(RED.team, brainstorm.id)
    assert stored is not None
    assert stored.state == "failed"
    assert len(await house.store.ideas_of(RED.team, brainstorm.id)) >= 1


async def test_an_order_that_is_refused_ends_the_brainstorm_for_good(tmp_path: Any) -> None:
    house = await a_house(ScriptedGenerator(fails_after=0, failure=Refusal("English only.")), tmp_path)
    brainstorm = await begun(house)

    with pytest.raises(Refusal, match="English only"):
        await house.services.brainstorming.work(brainstorm, unseen)

    far = house.services.clock() + timedelta(hours=1)
    assert await house.store.take_up(far, far) == []


async def test_drafts_that_never_end_are_given_up_with_a_sentence(tmp_path: Any) -> None:
    house = await a_house(Dead(delay_s=5), tmp_path, now=Running(), timeout_s=0.05)

    with pytest.raises(GeneratorDown):
        await house.services.brainstorming.work(await begun(house), unseen)
