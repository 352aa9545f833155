"""What somebody did last is taken back in plain words, the worst goes by its rank, and several votes count as several."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from bot import typed, wiring
from bot.config import Settings
from bot.domain.ideas import Idea
from bot.messages import Call, Press
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.acceptance.drivers.bare import BareChat, Sheet
from tests.builders import NOON, RED, Hands, a_brainstorm, a_person, an_id, an_idea, an_opinion


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def house(tmp_path: Any, hands: Hands) -> AsyncIterator[House]:
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=hands)
    yield house
    await house.desk.close()
    await store.close()


async def a_set(house: House, *texts: str) -> list[Idea]:
    source = a_brainstorm()
    await house.store.begin(source)
    await house.store.finish(source, "done", source.created_at)
    return [await house.store.add(an_idea(text, brainstorm=source.id, slot=n)) for n, text in enumerate(texts)]


async def says(house: House, line: str, *, at: datetime = NOON, admin: bool = True, person: str = "bob") -> str:
    """What is answered to a line under the latest ideas, all of it."""
    chat = BareChat()
    sheet = Sheet(chat, person)
    source = typed.Source(id=an_id(), person=a_person(person), channel=RED, at=at, under="latest", admin=admin)
    try:
        event = typed.parse(line, source)
    except typed.Refusal as refusal:
        return str(refusal)
    if isinstance(event, Press):
        await house.desk.press(event, sheet)
    else:
        await house.desk.call(event, sheet)
    cards = [*chat.messages.values(), *chat.whispers.get(person, [])]
    return "\n".join(f"{card.title} {card.text}" for card in cards)


async def votes(house: House, ideas: list[Idea]) -> dict[str, str]:
    texts = {idea.id: idea.text for idea in ideas}
    said = await house.store.feedback(RED.team, [idea.id for idea in ideas])
    return {texts[one.idea]: one.token for one in said if one.value}


async def test_two_votes_in_a_line_are_two_votes_and_both_are_confirmed(house: House) -> None:
    ideas = await a_set(house, "Steep", "Brew", "Sip", "Pour")

    told = await says(house, "like 2 and 4")

    assert await votes(house, ideas) == {"Brew": "up", "Pour": "up"}
    assert "Recorded 👍 for “Brew”." in told
    assert "Recorded 👍 for “Pour”." in told


async def test_votes_for_and_against_stand_in_one_line(house: House) -> None:
    ideas = await a_set(house, "Steep", "Brew", "Sip", "Pour")

    await says(house, "+1 for the second, the first one sucks")

    assert await votes(house, ideas) == {"Brew": "up", "Steep": "down"}


async def test_undoing_takes_the_last_vote_back(house: House, hands: Hands) -> None:
    ideas = await a_set(house, "Steep", "Brew")
    await says(house, "/vote 1 up")
    hands.forward(minutes=1)
    await says(house, "/vote 2 down", at=hands.now)

    told = await says(house, "undo that", at=hands.now)

    assert await votes(house, ideas) == {"Steep": "up"}
    assert "what you said of “Brew” is taken back (/vote down)" in told


async def test_two_votes_of_a_line_are_undone_together(house: House, hands: Hands) -> None:
    ideas = await a_set(house, "Steep", "Brew", "Sip")
    await says(house, "/vote 3 up")
    hands.forward(minutes=1)
    await says(house, "like 1 and 2", at=hands.now)

    told = await says(house, "undo that", at=hands.now)

    assert await votes(house, ideas) == {"Sip": "up"}
    assert "“Steep”" in told
    assert "“Brew”" in told


async def test_undoing_puts_the_idea_back_that_was_hidden_last(house: House, hands: Hands) -> None:
    (steep, _brew) = await a_set(house, "Steep", "Brew")
    await says(house, "/vote 2 up")
    hands.forward(minutes=1)
    await says(house, "delete 1", at=hands.now)
    assert (await house.store.idea(RED.team, steep.id)).hidden  # type: ignore[union-attr]

    told = await says(house, "undo", at=hands.now)

    assert not (await house.store.idea(RED.team, steep.id)).hidden  # type: ignore[union-attr]
    assert "back on the board: “Steep”" in told


async def test_undoing_takes_an_idea_of_ones_own_off_the_board(house: House, hands: Hands) -> None:
    await a_set(house, "Steep", "Brew")
    hands.forward(minutes=1)
    await says(house, "/idea A Tea Library", at=hands.now)

    told = await says(house, "oops, undo", at=hands.now)

    assert "“A Tea Library” is off the board" in told
    assert "A Tea Library" not in [idea.text for idea in await house.store.ideas(RED)]


async def test_what_others_did_is_not_undone(house: House) -> None:
    ideas = await a_set(house, "Steep", "Brew")
    await says(house, "/vote 1 up", person="cem")

    told = await says(house, "undo that")

    assert await votes(house, ideas) == {"Steep": "up"}
    assert "You have done nothing here yet" in told


async def test_who_asked_last_for_ideas_reads_how_they_go(house: House, hands: Hands) -> None:
    hands.forward(minutes=1)
    await says(house, "/brainstorm names for a tea bar", at=hands.now)

    assert "to ask for “names for a tea bar”. /delete takes" in await says(house, "undo that", at=hands.now)


async def test_the_worst_one_is_what_the_team_ranks_last_and_that_is_told(house: House) -> None:
    (steep, brew, sip) = await a_set(house, "Steep", "Brew", "Sip")
    for idea, voter, token in ((steep, "ann", "up"), (brew, "ann", "down"), (brew, "cem", "down"), (sip, "cem", "up")):
        await house.store.hear(RED.team, an_opinion(idea, voter, token=token, value=1.0 if token == "up" else -1.0))

    told = await says(house, "delete the worst one")

    assert "Your team ranks “Brew” last. Idea #2 “Brew” is hidden" in told
    assert [idea.text for idea in await house.store.ideas(RED)] == ["Sip", "Steep"]


async def test_where_nobody_voted_nothing_is_the_worst(house: House) -> None:
    await a_set(house, "Steep", "Brew")

    assert "none is the worst" in await says(house, "delete the worst one")
    assert len(await house.store.ideas(RED)) == 2


async def test_what_nobody_spoke_of_is_not_the_worst_where_others_are_liked(house: House) -> None:
    (steep, _brew) = await a_set(house, "Steep", "Brew")
    await house.store.hear(RED.team, an_opinion(steep, "ann"))

    assert "none is the worst" in await says(house, "delete the worst one")


async def test_where_nothing_was_saved_that_is_said(house: House) -> None:
    await a_set(house, "Steep", "Brew")

    assert "Nothing is picked yet. /pick 2" in await says(house, "show me everything I saved so far")


async def test_who_may_not_hide_others_ideas_may_not_hide_the_worst(house: House) -> None:
    (steep, _brew) = await a_set(house, "Steep", "Brew")
    await house.store.hear(RED.team, an_opinion(steep, "ann", token="down", value=-1.0))

    assert "Only admins" in await says(house, "remove the worst idea", admin=False)
    assert len(await house.store.ideas(RED)) == 2


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("who won?", "In front: #1 “Steep”. /pick 1 decides"),
        ("what did we talk about yesterday?", "I keep topics, ideas and votes"),
        ("ok what do we have now? summarise for my boss", "This is all so far, best first"),
    ],
)
async def test_the_board_is_shown_with_a_word_on_what_was_asked(house: House, line: str, text: str) -> None:
    (steep, _brew) = await a_set(house, "Steep", "Brew")
    await house.store.hear(RED.team, an_opinion(steep, "ann"))

    assert text in await says(house, line)


async def test_a_picked_idea_has_won_and_without_votes_nobody_has(house: House) -> None:
    await a_set(house, "Steep", "Brew")
    assert "Nobody has voted yet" in await says(house, "who won the vote?")

    await says(house, "/pick 2")

    assert "Picked: “Brew”" in await says(house, "who won?")


async def test_more_of_a_picture_is_another_picture(house: House) -> None:
    await says(house, "/imagine a cup")
    before = [one.prompt for one in await house.store.brainstorms(RED, limit=9)]

    await says(house, "/more")

    prompts = [one.prompt for one in await house.store.brainstorms(RED, limit=9)]
    assert len(prompts) == len(before) + 1
    assert all(prompt is not None and prompt.modality == "image" and prompt.text == "a cup" for prompt in prompts)


async def test_mixing_a_picture_with_something_makes_ideas_of_what_it_shows(house: House) -> None:
    await a_set(house, "A picnic at the lake")
    await says(house, "/imagine 1")

    await says(house, "mix it with a scavenger hunt")

    last = (await house.store.brainstorms(RED, limit=9))[0].prompt
    assert last is not None
    assert (last.modality, last.style) == ("text", "with a scavenger hunt")
    assert "picnic" in last.text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/ideas should homework be banned", "For ideas: /brainstorm should homework be banned."),
        ("/names for a tea bar", "For ideas: /brainstorm names for a tea bar."),
        ("/exprot csv", "Try /export."),
        ("/imagin a fox in the snow", "Try /imagine"),
        ("/ideas", "Try /idea"),
    ],
)
def test_a_word_that_is_no_command_is_answered_by_what_was_meant(line: str, said: str) -> None:
    with pytest.raises(typed.Refusal, match=said.replace("?", r"\?")):
        typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under="latest"))


def test_a_line_that_thanks_and_asks_is_answered_what_it_asks() -> None:
    with pytest.raises(typed.Refusal, match="/board shows the ideas and votes tomorrow"):
        typed.parse(
            "thanks, thats all for today, where do I find this tomorrow?",
            typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under="latest"),
        )


def test_an_instruction_is_no_new_text() -> None:
    source = typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under="latest")

    told = typed.parse("edit 1: make it about love letters instead", source)
    written = typed.parse("edit 1: Make Tea Not War", source)

    assert isinstance(told, Call)
    assert told.command == "more"
    assert isinstance(written, Press)
    assert written.values["text"] == "Make Tea Not War"
