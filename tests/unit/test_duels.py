"""Duels: which two are asked about, what an answer means, and that it is one voice among others."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest

from bot import wiring
from bot.config import Settings
from bot.domain.errors import Refusal
from bot.domain.feedback import Score, duel, rival, tallies
from bot.domain.ideas import Idea, IdeaId
from bot.services.votes.duelling import overlap
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from learning.rankers import bradley_terry
from learning.rankers.bayes import PRIOR
from storage.memory import MemoryStore
from tests.builders import BLUE, NOON, RED, Hands, a_brainstorm, a_call, a_person, an_idea, an_opinion


async def a_house(tmp_path: Any) -> House:
    store = MemoryStore()
    await store.open()
    return wiring.furnish(Settings(home=tmp_path), store=store, generator=ScriptedGenerator(), now=Hands(), learns=False)


async def a_board(house: House, *texts: str, **changes: Any) -> list[Idea]:
    begun = a_brainstorm(**changes)
    await house.store.begin(begun)
    return [await house.store.add(an_idea(text, brainstorm=begun.id, channel=begun.channel)) for text in texts]


class Reply:
    address = back = ""

    def __init__(self) -> None:
        self.cards: list[Any] = []

    async def ack(self, *, private: bool = False, anew: bool = True) -> None: ...

    async def settle(self) -> bool:
        return True

    async def show(self, card: Any) -> None:
        self.cards.append(card)

    async def tell(self, card: Any) -> None:
        self.cards.append(card)


async def ask(house: House, person: str = "ann", **args: Any) -> Any:
    from bot.commands import duel as command

    reply = Reply()
    await command.run(house.services, a_call("duel", person=person, **args), reply)
    return reply.cards[-1]


def test_overlap_is_full_for_equal_posteriors_and_falls_with_distance() -> None:
    at = [Score(mean=mean, deviation=0.3) for mean in (0.0, 0.2, 0.9)]

    assert overlap(at[0], at[0]) == pytest.approx(1.0)
    assert 1.0 > overlap(at[0], at[1]) > overlap(at[0], at[2]) > 0.0
    assert overlap(Score(mean=0, deviation=0), Score(mean=0, deviation=0)) == 1.0


async def test_the_two_closest_ideas_of_one_topic_are_asked_about(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    first = await a_board(house, "clearly liked", "clearly not", "open", "open too")
    await a_board(house, "of another topic")
    for n in range(8):
        await house.store.hear(RED.team, an_opinion(first[0], f"p{n}"))
        await house.store.hear(RED.team, an_opinion(first[1], f"p{n}", -1.0))

    found = await house.services.duelling.next(RED, a_person())

    assert found is not None
    assert {found.left.text, found.right.text} == {"open", "open too"}


async def test_sides_are_drawn_by_lot(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    await a_board(house, "one", "another")
    house.services.duelling.chance = random.Random(5)

    left = Counter([(await house.services.duelling.next(RED, a_person())).left.text for _time in range(100)])  # type: ignore[union-attr]

    assert 30 < left["one"] < 70


async def test_an_answer_is_heard_once_said_again_replaces_it_and_the_next_duel_is_another(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    ideas = await a_board(house, "one", "two", "three")
    card = await ask(house)
    pair = card.controls[0].key.target.split("-")
    assert all(idea.text not in " ".join(c.label for c in card.controls) for idea in ideas)

    second = await ask(house, left=pair[0], right=pair[1], answer="a")
    await ask(house, left=pair[0], right=pair[1], answer="b")

    said = await house.store.feedback(RED.team, [idea.id for idea in ideas])
    assert {(one.idea, rival(one), one.token, one.value) for one in said} == {
        (pair[1], pair[0], "won", 0.5),
        (pair[0], pair[1], "lost", -0.5),
    }
    assert set(second.controls[0].key.target.split("-")) != set(pair)
    assert "Heard: #" in second.text
    assert tallies(said) == {}  # blind: nobody sees from a tally what was said in duels


async def test_skipping_says_nothing_and_passes_on_and_at_the_end_it_is_said_so(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    ideas = await a_board(house, "one", "two")
    card = await ask(house)
    left, right = card.controls[0].key.target.split("-")

    after = await ask(house, left=left, right=right, answer="skip")

    assert "no two ideas left" in after.text
    assert await house.store.feedback(RED.team, [idea.id for idea in ideas]) == []


async def test_a_typed_answer_means_the_duel_shown_last_to_that_person(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    ideas = await a_board(house, "one", "two")
    with pytest.raises(Refusal, match="no open duel"):
        await ask(house, answer="a")
    card = await ask(house)

    with pytest.raises(Refusal, match="no open duel"):
        await ask(house, person="bob", answer="a")
    await ask(house, answer="neither")

    said = await house.store.feedback(RED.team, [idea.id for idea in ideas])
    assert {(one.token, one.value) for one in said} == {("neither", -0.5)}
    assert len(said) == 2
    assert card.private


async def test_another_team_s_ideas_fight_no_duels_here(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    theirs = await a_board(house, "blue one", "blue two", channel=BLUE)

    assert await house.services.duelling.next(RED, a_person()) is None
    with pytest.raises(Refusal):
        await ask(house, left=theirs[0].id, right=theirs[1].id, answer="a")


async def test_nobody_is_asked_about_their_own_idea(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    (one,) = await a_board(house, "the model's")
    await house.store.add(an_idea("ann's own", brainstorm=one.brainstorm, author=a_person("ann"), origin="human"))

    assert await house.services.duelling.next(RED, a_person("ann")) is None
    assert await house.services.duelling.next(RED, a_person("bob")) is not None


async def test_a_forgotten_person_s_duels_are_gone_on_both_sides(tmp_path: Any) -> None:
    house = await a_house(tmp_path)
    ideas = await a_board(house, "one", "two")
    for opinion in duel(ideas[0].id, ideas[1].id, a_person("ann"), NOON):
        await house.store.hear(RED.team, opinion)

    await house.services.forgetting.forget(a_person("ann"), RED.team)

    assert await house.store.feedback(RED.team, [idea.id for idea in ideas]) == []


def test_bradley_terry_agrees_with_choix_on_duels() -> None:
    import choix

    ideas = [IdeaId(f"i{n}") for n in range(6)]
    chance = random.Random(3)
    worth = dict(zip(ideas, (1.5, 1.0, 0.4, 0.0, -0.6, -1.2), strict=True))
    said, pairs = [], []
    for n in range(120):
        one, other = chance.sample(ideas, 2)
        won, lost = (one, other) if chance.random() < 1 / (1 + np.exp(worth[other] - worth[one])) else (other, one)
        said += duel(won, lost, a_person(f"p{n}"), NOON)
        pairs.append((ideas.index(won), ideas.index(lost)))
    middling = len(ideas)  # choix has no prior of our kind: even games against one more item are the same thing
    even = [pair for item in range(len(ideas)) for pair in ((item, middling), (middling, item))] * int(PRIOR)

    theirs = choix.opt_pairwise(len(ideas) + 1, pairs + even, alpha=1e-9)
    ours = bradley_terry.build().score(ideas, said)

    expected = np.tanh((theirs[:-1] - theirs[-1]) / 2)
    assert [ours[idea].mean for idea in ideas] == pytest.approx(expected.tolist(), abs=1e-3)
