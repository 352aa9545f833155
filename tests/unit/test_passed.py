"""What people pass over counts as a faint no, where that foretells what they say outright."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.feedback import Feedback, duel
from bot.domain.ideas import BrainstormId, IdeaId, Person, Prompt
from bot.ports import Entry, Log
from learning.evidence import weighed
from learning.passed import FAINT, Passing
from learning.rankers.taste import Learned, build
from tests.builders import NOON, a_person, an_idea, an_opinion

SETS, SHOWN, PEOPLE = 24, 5, 10
A, B, C = (IdeaId(name) for name in "abc")
ONE_SET = {A: "set", B: "set", C: "set"}


def a_team(*, leaves_bad: bool, seed: int = 0) -> tuple[list[Feedback], dict[IdeaId, str]]:
    """Each set holds ideas from bad to good; people say yes to the good, and pass over the bad, or whatever they did not read."""
    chance = random.Random(seed)
    sets = {IdeaId(f"s{number:02}-{place}"): f"s{number}" for number in range(SETS) for place in range(SHOWN)}
    said = []
    for idea in sets:
        good = int(idea[-1]) / (SHOWN - 1)
        for person in range(PEOPLE):
            likes = chance.random() < good
            if leaves_bad:
                value = 1.0 if likes else -1.0 if chance.random() < 0.3 else 0.0
            else:
                value = (1.0 if likes else -1.0) if chance.random() < (0.9 - 0.7 * (hash_of(idea) % 2)) else 0.0
            if value:
                said.append(an_opinion(idea, f"p{person:02}", value))
    return said, sets


def hash_of(idea: IdeaId) -> int:
    """A number that says nothing of how good an idea is."""
    return sum(map(ord, idea)) * 7 // 3


def passing(said: Sequence[Feedback], sets: dict[IdeaId, str], authors: dict[IdeaId, Person] | None = None) -> Passing:
    return Passing.of(weighed(said), said, sets, authors or {})


def followed(share: float = 1.0, people: int = 6) -> Passing:
    """As a team has it whose passing over proved to say something."""
    return Passing(ONE_SET, 1.0, 0.1, {a_person(f"p{n}"): share for n in range(people)})


def test_who_leaves_what_is_bad_is_followed_and_the_order_gets_better() -> None:
    said, sets = a_team(leaves_bad=True)
    found = passing(said, sets)

    scores = [Learned({}, {}, said, how).score(list(sets), said) for how in (Passing(), found)]

    assert found.weight > 0.5

    def inversions(some: object) -> int:
        assert isinstance(some, dict)
        return sum(
            some[IdeaId(f"s{n:02}-{low}")].mean >= some[IdeaId(f"s{n:02}-{high}")].mean
            for n in range(SETS)
            for low in range(SHOWN)
            for high in range(low + 1, SHOWN)
        )

    assert inversions(scores[1]) < inversions(scores[0])


def test_who_leaves_what_they_did_not_read_is_hardly_followed() -> None:
    weights = [passing(*a_team(leaves_bad=False, seed=seed)).weight for seed in range(4)]

    assert sum(weights) / len(weights) < 0.35


@pytest.mark.parametrize("people", [0, 1, 3])
def test_few_people_prove_nothing(people: int) -> None:
    said, sets = a_team(leaves_bad=True)
    few = [one for one in said if int(one.person.id[1:]) < people]

    assert passing(few, sets).weight == 0.0


def test_until_it_is_followed_scores_are_those_of_votes() -> None:
    said = [an_opinion(A, "p0"), an_opinion(B, "p1", -1.0)]

    assert Learned({}, {}, said, Passing(ONE_SET)).score([A, B, C], said) == build().score([A, B, C], said)


def test_an_idea_that_was_left_stands_below_one_that_nobody_was_shown() -> None:
    said = [an_opinion(A, "p0"), an_opinion(A, "p1")]

    scores = Learned({}, {}, said, followed()).score([A, B, IdeaId("elsewhere")], said)

    assert scores[B].mean < scores[IdeaId("elsewhere")].mean == 0.0
    assert scores[B].votes == 0


def test_a_faint_no_is_a_quarter_of_a_no_for_each_who_passed_it_over() -> None:
    said = [an_opinion(A, "p0"), an_opinion(A, "p1"), an_opinion(B, "p1")]

    against = followed().against(weighed(said), said, {})

    assert against == pytest.approx({A: 0.0, B: FAINT, C: 2 * FAINT})


def test_nobody_passes_over_their_own_idea() -> None:
    said = [an_opinion(A, "p0"), an_opinion(A, "p1")]

    against = followed().against(weighed(said), said, {B: a_person("p0")})

    assert against[B] == pytest.approx(FAINT)


def test_a_duel_shows_two_ideas_and_is_no_sign_of_having_seen_the_others() -> None:
    said = list(duel(A, B, a_person("p0"), NOON))

    assert followed().against(weighed(said), said, {}) == {}


def test_people_who_are_an_echo_say_as_little_by_passing_over() -> None:
    said = [an_opinion(A, "p0")]

    against = followed(share=0.1).against(weighed(said), said, {})

    assert against[C] == pytest.approx(0.1 * FAINT)


@pytest.mark.parametrize("before", [[], [an_opinion(B, "p0")], [an_opinion(A, "p0", -1.0)]])
@pytest.mark.parametrize("others", [0, 4])
def test_who_passed_an_idea_over_and_then_says_something_moves_it_their_way(before: list[Feedback], others: int) -> None:
    crowd = [an_opinion(idea, f"p{n + 1}", -1.0) for n in range(others) for idea in (A, B)]
    other = [one for one in before if one.idea != A]

    def mean(*said: Feedback) -> float:
        everything = [*crowd, *said]
        return Learned({}, {}, everything, followed()).score([A], everything)[A].mean

    assert mean(*other, an_opinion(A, "p0", 0.05)) >= mean(*before)
    assert mean(*other, an_opinion(A, "p0", -0.05)) <= mean(*other)


def test_a_learned_taste_knows_which_ideas_stood_together() -> None:
    said, sets = a_team(leaves_bad=True)
    entries = tuple(
        Entry(idea=an_idea(f"idea {idea}", id=idea, brainstorm=BrainstormId(name)), prompt=Prompt(text=f"names for {name}"))
        for idea, name in sets.items()
    )

    learned = build().learn(Log(entries=entries, vectors=None, topics={}), said)

    assert learned.passing.weight > 0.5
    assert learned.refit(said[:-1]).passing is learned.passing


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([A, B, C]), st.sampled_from([f"p{n}" for n in range(5)])),
        st.sampled_from([-1.0, -0.5, -0.1, 0.1, 1.0]),
        max_size=12,
    ),
    st.sampled_from([f"p{n}" for n in range(6)]),
    st.floats(0.01, 1),
)
@settings(max_examples=60, deadline=None)
def test_one_more_opinion_never_moves_an_idea_the_other_way(
    held: dict[tuple[IdeaId, str], float], person: str, value: float
) -> None:
    held.pop((A, person), None)
    said = [an_opinion(idea, who, what) for (idea, who), what in held.items()]

    def mean(*more: Feedback) -> float:
        everything = [*said, *more]
        return Learned({}, {}, everything, followed(share=0.7)).score([A], everything)[A].mean

    assert mean(an_opinion(A, person, value)) >= mean() - 1e-12
    assert mean(an_opinion(A, person, -value)) <= mean() + 1e-12
