"""Who agrees with whom tells what one person will say, where it proves itself, and nothing elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from bot import wiring
from bot.config import RankerTable, Settings
from bot.domain.feedback import Feedback
from bot.domain.ideas import Idea, IdeaId
from bot.wiring import House
from generators.client.scripted import ScriptedGenerator
from learning.opinions import Voices
from learning.people import People
from learning.rankers.taste import Learned
from storage.memory import MemoryStore
from tests.builders import RED, Hands, a_brainstorm, a_call, a_person, an_idea, an_opinion

IDEAS = [IdeaId(f"i{number:02}") for number in range(40)]


def a_team(camps: float, seed: int, people: int = 20) -> list[Feedback]:
    """Two camps that like opposite ideas, as strongly as `camps`; everybody votes on half of the ideas."""
    chance = np.random.default_rng(seed)
    side = chance.choice([-1.0, 1.0], len(IDEAS))
    return [
        an_opinion(idea, f"p{person:02}", 1.0 if camps * side[place] * (-1) ** person + chance.normal() > 0 else -1.0)
        for place, idea in enumerate(IDEAS)
        for person in range(people)
        if chance.random() < 0.5
    ]


def test_ideas_of_ones_own_camp_are_expected_to_please() -> None:
    said = a_team(1.5, seed=1)
    side = np.random.default_rng(1).choice([-1.0, 1.0], len(IDEAS))

    people = People.of(Voices.of(said))

    assert people.weight > 0.5
    for person, sign in (("p00", 1.0), ("p01", -1.0)):
        added = np.array([people.adds(a_person(person), idea) for idea in IDEAS])
        assert np.corrcoef(added, sign * side)[0, 1] > 0.8


def test_where_everybody_tosses_coins_nobody_is_told_apart() -> None:
    found = [People.of(Voices.of(a_team(0.0, seed))) for seed in range(10)]

    assert sum(people.weight > 0 for people in found) <= 1
    assert all(people.adds(a_person("p00"), IDEAS[0]) == 0.0 for people in found if not people.weight)


def test_few_people_are_not_told_apart_and_strangers_add_nothing() -> None:
    few = People.of(Voices.of(a_team(3.0, seed=2, people=4)))
    many = People.of(Voices.of(a_team(3.0, seed=2)))

    assert few.weight == 0.0
    assert many.adds(a_person("newcomer"), IDEAS[0]) == 0.0
    assert many.adds(a_person("p00"), IdeaId("unseen")) == 0.0
    assert People.of(Voices.of([])).weight == 0.0


def test_a_taste_tells_what_a_person_will_say_beyond_the_score() -> None:
    said = a_team(1.5, seed=1)

    one, other = (Learned({}, {}, said).beyond(a_person(person), IDEAS) for person in ("p00", "p01"))

    assert np.corrcoef([one[idea] for idea in IDEAS], [other[idea] for idea in IDEAS])[0, 1] < -0.8


async def a_divided_house(tmp_path: Any, camps: float) -> tuple[House, list[Idea], np.ndarray[Any, Any]]:
    """A channel whose people were heard and learned from; its ideas; and which of two camps likes each."""
    store = MemoryStore()
    await store.open()
    house = wiring.furnish(
        Settings(home=tmp_path, ranker=RankerTable(name="taste")), store=store, generator=ScriptedGenerator(), now=Hands()
    )
    ideas = []
    for number in range(0, len(IDEAS), 5):
        begun = a_brainstorm()
        await store.begin(begun)
        ideas += [await store.add(an_idea(f"idea {number + n}", id=IDEAS[number + n], brainstorm=begun.id)) for n in range(5)]
    for said in a_team(camps, seed=1):
        await store.hear(RED.team, said)
    await house.services.tasting.settled(RED.team)
    return house, ideas, np.random.default_rng(1).choice([-1.0, 1.0], len(IDEAS))


def upper_half(ideas: list[Idea], side: np.ndarray[Any, Any]) -> float:
    """Mean side of the ideas that stand in the upper half."""
    places = {idea: number for number, idea in enumerate(IDEAS)}
    return float(np.mean([side[places[idea.id]] for idea in ideas[: len(ideas) // 2]]))


async def test_ones_own_board_stands_in_ones_own_order_and_everybodys_does_not(tmp_path: Any) -> None:
    house, _ideas, side = await a_divided_house(tmp_path, camps=1.5)

    boards = [await house.services.boards.all(RED, who) for who in (None, a_person("p00"), a_person("p01"))]

    team, one, other = ([standing.idea for standing in board] for board in boards)
    assert upper_half(one, side) > 0.6 > abs(upper_half(team, side))
    assert upper_half(other, side) < -0.6
    assert [s.score for s in sorted(boards[1], key=lambda s: s.idea.id)] == [
        s.score for s in sorted(boards[0], key=lambda s: s.idea.id)
    ]


async def test_where_who_votes_alike_tells_nothing_ones_own_order_is_the_teams(tmp_path: Any) -> None:
    house, _ideas, _side = await a_divided_house(tmp_path, camps=0.0)

    team, own = [await house.services.boards.all(RED, who) for who in (None, a_person("p00"))]

    assert [standing.idea.id for standing in own] == [standing.idea.id for standing in team]


async def test_a_duel_is_between_ideas_that_are_open_for_the_person(tmp_path: Any) -> None:
    house, _ideas, side = await a_divided_house(tmp_path, camps=1.5)
    places = {idea: number for number, idea in enumerate(IDEAS)}

    sides = []
    for person in ("p00", "p01", "p02", "p03"):
        duel = await house.services.duelling.next(RED, a_person(person))
        assert duel is not None
        sides.append(side[places[duel.left.id]] == side[places[duel.right.id]])

    assert all(sides)  # between one that their camp likes and one that it does not, everybody knows the answer


async def test_recommend_without_a_topic_is_ones_own_board_for_ones_own_eyes(tmp_path: Any) -> None:
    from bot.commands import recommend

    house, _ideas, side = await a_divided_house(tmp_path, camps=1.5)
    shown: list[Any] = []

    class Reply:
        async def show(self, card: Any) -> None:
            shown.append(card)

    await recommend.run(house.services, a_call("recommend", person="p01", count=8), Reply())  # type: ignore[arg-type]

    (card,) = shown
    places = {idea: number for number, idea in enumerate(IDEAS)}
    assert card.private
    assert len(card.lines) == 8
    assert np.mean([side[places[line.idea]] for line in card.lines]) < -0.6
