"""What is said of ideas in front of somebody goes on with those."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot import typed, wiring
from bot.config import Settings
from bot.domain.ideas import Brainstorm, Prompt
from bot.messages import Call
from bot.services.cards import title
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import BLUE, NOON, RED, Hands, a_brainstorm, a_call, a_person, an_idea

THREAD = "1700000000.000100"


@pytest.fixture
async def house(tmp_path: Any) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands())
    yield house
    await house.desk.close()
    await store.close()


@pytest.fixture
def sheet() -> Sheet:
    return Sheet(BareChat(), "ann")


async def a_set(house: House, **changes: Any) -> Brainstorm:
    """Three ideas, numbered 2, 3 and 4, in a thread."""
    await house.store.add(an_idea("somebody's own"))
    source = a_brainstorm(**{"prompt": Prompt(text="names for a tea bar", count=3), "address": f"T/C/1/{THREAD}", **changes})
    await house.store.begin(source)
    await house.store.finish(source, "done", source.created_at)
    for slot, text in enumerate(("Steep & Co", "The Third Cup", "Leaf it")):
        await house.store.add(an_idea(text, brainstorm=source.id, slot=slot))
    return source


async def said(house: House, sheet: Sheet, line: str, under: str = THREAD) -> Brainstorm | None:
    """The brainstorm that came of a line; None when none did."""
    before = len(await house.store.brainstorms(RED, limit=9))
    await house.desk.call(a_call("more", said=line, under=under), sheet)
    after = await house.store.brainstorms(RED, limit=9)
    return next(one for one in after if one.id != after[-1].id) if len(after) > before else None


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("more", {}),
        ("shorter", {"style": "short"}),
        ("in Chinese", {"language": "zh"}),
        ("for children", {"options": (("audience", "children"),)}),
        ("five more", {"count": 5}),
        ("more like the second one", {"operation": "more", "about": ("The Third Cup",)}),
        ("more like 2", {"operation": "more", "about": ("Steep & Co",)}),
        ("the last one but funnier", {"operation": "more", "about": ("Leaf it",), "style": "funnier"}),
        ("double the number", {"count": 6}),
        ("five more like these but about the sea", {"count": 5, "style": "about the sea"}),
        ("half as many", {"count": 2}),
        ("only two", {"count": 2}),
        ("翻一倍", {"count": 6}),
        ("like boaty mcboatface", {"style": "like boaty mcboatface"}),
        ("a funnier version", {"style": "funnier"}),
        ("rewrite it for kids", {"options": (("audience", "kids"),)}),
        ("太长了，短一点", {"style": "短一点"}),
        ("换个幽默的口吻", {"style": "幽默"}),
        ("第2句改成英文", {"operation": "more", "about": ("The Third Cup",), "language": "en"}),
        ("像第二个", {"operation": "more", "about": ("The Third Cup",)}),
        ("more like the first and the third", {"operation": "remix", "about": ("Steep & Co", "Leaf it")}),
    ],
)
async def test_a_line_in_a_thread_carries_its_topic_and_what_is_wanted(
    house: House, sheet: Sheet, line: str, changed: dict[str, Any]
) -> None:
    await a_set(house)

    new = await said(house, sheet, line)

    assert new is not None
    assert new.prompt == Prompt(**{"text": "names for a tea bar", "count": 3, **changed})


@pytest.mark.parametrize(("line", "count"), [("短一点，要押韵", 1), ("shorter", 1), ("再来三首", 3)])
async def test_one_poem_that_is_to_be_otherwise_is_one_poem(house: House, sheet: Sheet, line: str, count: int) -> None:
    await a_set(house, prompt=Prompt(text="秋雨", count=1, kind="jueju", language="zh"))

    new = await said(house, sheet, line)

    assert new is not None
    assert new.prompt is not None
    assert (new.prompt.text, new.prompt.count) == ("秋雨", count)


async def test_what_was_wanted_before_stays_wanted(house: House, sheet: Sheet) -> None:
    await a_set(house, prompt=Prompt(text="names for a tea bar", count=3, style="dry humour", language="zh"))

    new = await said(house, sheet, "shorter")

    assert new is not None
    assert new.prompt == Prompt(text="names for a tea bar", count=3, style="dry humour, short", language="zh")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("the second one is nice, keep it", "The Third Cup"),
        ("+1 for the third", "Leaf it"),
        ("不喜欢第三个", "Leaf it"),
        ("the last one is boring", "Leaf it"),
        ('change the first one to "Steep Street"', "Steep Street"),
        ("rate the second 4 stars", "The Third Cup"),
        ("why is the second one so low", "The Third Cup"),
    ],
)
@pytest.mark.parametrize("under", [THREAD, "latest"])
async def test_the_second_one_in_a_thread_is_the_second_of_its_ideas(
    house: House, sheet: Sheet, line: str, told: str, under: str
) -> None:
    await a_set(house)
    event = typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=under))

    if isinstance(event, Call):
        await house.desk.call(event, sheet)
    else:
        await house.desk.press(event, sheet)

    cards = [*sheet.chat.messages.values(), *sheet.chat.whispers.get("ann", [])]
    assert any(told in text for card in cards for text in (card.text, *(line.text for line in card.lines)))


async def test_a_place_that_does_not_stand_there_is_asked_for_again(house: House, sheet: Sheet) -> None:
    await a_set(house)
    event = typed.parse(
        "the ninth one is nice, keep it", typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=THREAD)
    )
    assert isinstance(event, Call)

    await house.desk.call(event, sheet)

    assert "There are 3 ideas above" in sheet.chat.whispers["ann"][0].text


async def test_after_many_refinements_the_heading_is_short_and_the_topic_as_it_was(house: House, sheet: Sheet) -> None:
    await a_set(house)

    for line in (
        "actually shorter",
        "oh and for kids",
        "make them rhyme",
        "nothing with leaf in it",
        "hmm, longer",
        "a bit warmer",
    ):
        new = await said(house, sheet, line, "latest")

    assert new is not None
    assert new.prompt is not None
    assert new.prompt.style == "rhyme, nothing with leaf in it, long, warmer"
    assert title(new) == "Ideas for “names for a tea bar” · …, nothing with leaf in it, long, warmer · for kids"


async def test_where_no_ideas_stand_words_are_a_topic_and_a_bare_more_is_not(house: House, sheet: Sheet) -> None:
    await house.desk.call(a_call("more", said="more", under="another-thread"), sheet)
    await house.desk.call(a_call("more", said="more names like these please", under="another-thread"), sheet)

    (new,) = await house.store.brainstorms(RED, limit=9)
    assert new.prompt is not None
    assert new.prompt.text == "more names like these please"
    assert "There is no brainstorm here yet" in sheet.chat.whispers["ann"][0].text


async def test_in_a_conversation_of_ones_own_the_last_ideas_are_meant_for_an_hour(house: House, sheet: Sheet) -> None:
    await a_set(house)

    soon = await said(house, sheet, "shorter please, and funnier", "latest")
    assert isinstance(house.services.clock, Hands)
    house.services.clock.forward(hours=2)
    await house.desk.call(a_call("more", said="for my mother's birthday", under="latest"), sheet)

    assert soon is not None
    assert soon.prompt is not None
    assert soon.prompt.text == "names for a tea bar"
    topics = [one.prompt.text for one in await house.store.brainstorms(RED, limit=9) if one.prompt]
    assert "for my mother's birthday" in topics


async def test_an_idea_that_does_not_stand_there_is_asked_for_again(house: House, sheet: Sheet) -> None:
    await a_set(house)

    new = await said(house, sheet, "more like the ninth one")

    assert new is None
    assert "There are 3 ideas above" in sheet.chat.whispers["ann"][0].text


async def test_nobody_goes_on_with_another_team_s_ideas(house: House, sheet: Sheet) -> None:
    source = await a_set(house)
    ids = ",".join(idea.id for idea in await house.store.ideas_of(RED.team, source.id))

    for under in (THREAD, ids, "latest"):
        await house.desk.call(a_call("more", BLUE, said="more", under=under), sheet)

    assert await house.store.brainstorms(BLUE, limit=9) == []


@pytest.mark.parametrize(
    ("said", "words"), [("hello", "names for a tea bar"), ("thanks", "You're welcome"), ("okay", "just write")]
)
async def test_small_talk_is_answered_and_makes_no_ideas(house: House, sheet: Sheet, said: str, words: str) -> None:
    await house.desk.call(a_call("help", said=said), sheet)

    (card,) = sheet.chat.whispers["ann"]
    assert words in card.text
    assert await house.store.brainstorms(RED, limit=9) == []


async def test_a_hidden_idea_is_named_by_its_number_and_an_unknown_one_by_nothing(house: House, sheet: Sheet) -> None:
    source = await a_set(house)
    (idea, *_others) = await house.store.ideas_of(RED.team, source.id)
    await house.desk.call(replace(a_call("hide", idea=idea.id), admin=True), sheet)

    for what in (idea.id, "f" * 24):
        await house.desk.call(a_call("imagine", what=what), sheet)

    said = [card.text for card in sheet.chat.whispers["ann"]]
    assert f"Idea #{idea.number} was taken off the board. /restore #{idea.number} brings it back." in said
    assert said[-1] == "There is no idea behind this any more. Use the number beside an idea, or look at the board."
    assert not any(idea.id in text for text in said[1:])


async def test_what_is_written_for_it_is_a_topic_with_what_it_is_for(house: House, sheet: Sheet) -> None:
    await a_set(house)

    new = await said(house, sheet, "write an invitation for it")

    assert new is not None
    assert new.prompt is not None
    assert new.prompt.text == "an invitation for a tea bar"
