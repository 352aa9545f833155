"""Why an idea stands where it does: said in words, with its uncertainty."""

from __future__ import annotations

from typing import Any

import pytest

from bot import wiring
from bot.commands.why import reason_said, trust_said
from bot.config import RankerTable, Settings
from bot.domain.ideas import Idea
from bot.domain.models import ChannelSettings
from bot.messages import Card
from bot.ports import Reason, Trust
from bot.services.votes.refitting import Relatives
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_call, a_person, an_idea, an_opinion


class Shown:
    """A reply that keeps what it was shown."""

    address = back = ""

    def __init__(self) -> None:
        self.cards: list[Card] = []
        self.told: list[Card] = []

    async def ack(self, *, private: bool = False, anew: bool = True) -> None:
        self.private = private

    async def settle(self) -> bool:
        return True

    async def show(self, card: Card) -> None:
        self.cards.append(card)

    async def tell(self, card: Card) -> None:
        self.told.append(card)


async def a_house(tmp_path: Any) -> House:
    store = MemoryStore()
    await store.open()
    settings = Settings(home=tmp_path, ranker=RankerTable(name="taste"))
    return wiring.furnish(settings, store=store, generator=ScriptedGenerator(), now=Hands())


async def asked_why(house: House, idea: Idea, person: str = "ann") -> str:
    reply = Shown()
    await house.desk.call(a_call("why", person=person, idea=str(idea.number)), reply)
    await house.services.tasting.close()
    assert not reply.told
    return reply.cards[-1].text


async def test_an_idea_without_votes_says_that_its_place_is_a_guess(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    idea = await house.store.add(an_idea("The Third Steep"))

    text = await asked_why(house, idea)

    assert "Nobody has voted" in text
    assert "too few votes" in text


async def test_votes_are_counted_with_their_score_and_its_uncertainty(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    idea = await house.store.add(an_idea("The Third Steep"))
    for person in ("ann", "bob", "cem"):
        await house.store.hear(RED.team, an_opinion(idea, person))

    text = await asked_why(house, idea)

    assert "3 people voted" in text
    assert "+0.43" in text  # Beta(2 + 3, 2): 2 * 5/7 - 1
    assert "between −0.21 and +1.00" in text  # 2 * 2 * sqrt(5 * 2 / (7 * 7 * 8)) = 0.64 either way


@pytest.mark.parametrize(("origin", "said"), [("human", "2 people voted"), ("unsigned", "3 people voted")])
async def test_an_author_s_own_vote_counts_for_nothing_and_is_named_only_where_the_author_is(
    tmp_path: Any, origin: Any, said: str
) -> None:
    house = await a_house(tmp_path)
    idea = await house.store.add(an_idea("The Third Steep", author=a_person("ann"), origin=origin))
    for person in ("ann", "bob", "cem"):
        await house.store.hear(RED.team, an_opinion(idea, person))

    text = await asked_why(house, idea)

    assert said in text
    assert ("Nobody's word counts for their own idea." in text) is (origin == "human")


async def test_hidden_votes_stay_hidden_from_whoever_has_not_voted(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await house.store.settle(RED, ChannelSettings(hide_tally=True))
    idea = await house.store.add(an_idea("The Third Steep"))
    await house.store.hear(RED.team, an_opinion(idea, "bob"))

    assert "hidden" in await asked_why(house, idea, person="ann")
    assert "1 person voted" in await asked_why(house, idea, person="bob")


def test_a_reason_names_what_the_idea_is_like() -> None:
    relatives = Relatives(liked=an_idea("Leaf & Lantern", number=4))

    up = reason_said(Reason(what="meaning", amount=0.2), relatives)
    down = reason_said(Reason(what="meaning", amount=-0.03), relatives)

    assert up == "↑ a lot: what it says (like #4 “Leaf & Lantern”, which was liked)"
    assert down == "↓ a little: what it says"


def test_every_reason_can_be_said_both_ways() -> None:
    for what in ("votes", "meaning", "originality", "length", "wording", "topic"):
        for amount in (0.3, 0.1, 0.03, -0.03, -0.1, -0.3):
            assert reason_said(Reason(what=what, amount=amount), Relatives())[0] == ("↑" if amount > 0 else "↓")


def test_a_guess_no_better_than_chance_is_said_to_be_none() -> None:
    said = trust_said(Trust(kind="text/en/name", accuracy=0.53, error=0.04, topics=12, trusted=False))

    assert "53 of 100" in said
    assert "give or take 8" in said
    assert "votes on the idea itself are all that counts" in said


def test_being_passed_over_is_said_in_words() -> None:
    line = reason_said(Reason(what="passed", amount=-0.12), Relatives())

    assert line == "↓ somewhat: that people judged ideas beside it and left it"
