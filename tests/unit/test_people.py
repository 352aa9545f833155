"""Who agrees with whom tells what one person will say, where it proves itself, and nothing elsewhere."""

from __future__ import annotations

import numpy as np

from bot.domain.feedback import Feedback
from bot.domain.ideas import IdeaId
from learning.opinions import Voices
from learning.people import People
from learning.rankers.taste import Learned
from tests.builders import a_person, an_opinion

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
