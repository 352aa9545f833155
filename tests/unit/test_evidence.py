"""What each opinion counts for: nobody's habit, flood or clique decides, and one more 👍 never lowers an idea."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from bot.domain.feedback import Feedback
from bot.domain.ideas import IdeaId
from learning.evidence import evidence
from learning.pairs import decided, scored
from learning.rankers.bayes import Bayes
from tests.builders import an_idea, an_opinion

SLATES, EACH = 30, 5
IDEAS = [IdeaId(f"{slate:02}-{place}") for slate in range(SLATES) for place in range(EACH)]


def a_fair_team(people: Sequence[str], chance: random.Random) -> list[Feedback]:
    """Everybody likes later places of a slate better, and passes over half of what is shown."""
    return [
        an_opinion(idea, person, 1.0 if chance.random() < 0.15 + 0.17 * int(idea[-1]) else -1.0)
        for idea in IDEAS
        for person in people
        if chance.random() < 0.5
    ]


def a_clique(people: Sequence[str]) -> list[Feedback]:
    """Some who push the first place of every slate, and say nothing else."""
    return [an_opinion(idea, person) for idea in IDEAS if idea.endswith("-0") for person in people]


def likes_of(person: str, said: Sequence[Feedback]) -> float:
    """What a like of the person counts for, on average; nobody's name sorts behind theirs."""
    liked = {one.idea for one in said if one.person.id == person}
    return sum(values[-1] for idea, values in evidence(said).items() if idea in liked) / len(liked)


def first_in(slate: int, said: Sequence[Feedback]) -> str:
    ours = IDEAS[slate * EACH : (slate + 1) * EACH]
    scores = Bayes().score(ours, said)
    return max(ours, key=lambda idea: scores[idea].mean)[-1]


def test_a_vote_of_somebody_who_said_nothing_else_counts_in_full() -> None:
    said = [an_opinion(IDEAS[0], "ann"), an_opinion(IDEAS[0], "bob", -0.5)]

    assert evidence(said) == {IDEAS[0]: [1.0, -0.5]}


def test_a_like_of_somebody_who_likes_everything_says_little() -> None:
    fair = a_fair_team(["ann", "bob", "cem", "dee"], random.Random(1))
    fan = [an_opinion(idea, "zoe") for idea in IDEAS]

    counted = evidence([*fair, *fan])

    assert all(0.0 <= values[-1] < 0.5 for values in counted.values())  # zoe sorts last


def test_who_votes_on_everything_is_one_voice_among_others() -> None:
    few = [an_opinion(idea, f"p{number}") for number in range(5) for idea in IDEAS[:: 5 - number]]
    flood = [an_opinion(idea, "zoe", -1.0 if number % 2 else 1.0) for number, idea in enumerate(IDEAS)]

    counted = evidence([*few, *flood])

    # The others gave 30, 38, 50, 75 and 150 opinions and zoe 150, so the median of six is 62.5; of other ideas zoe gave 149.
    assert sum(abs(values[-1]) for values in counted.values()) < 75


def test_some_who_push_one_place_of_every_slate_do_not_put_it_first() -> None:
    fair = a_fair_team([f"p{number}" for number in range(6)], random.Random(2))
    pushed = [*fair, *a_clique(["x", "y", "z"])]

    said_first = [first_in(slate, pushed) for slate in range(SLATES)]

    assert said_first.count("0") <= SLATES // 10
    assert [first_in(slate, fair) for slate in range(SLATES)].count("0") <= SLATES // 10


def test_people_who_only_ever_like_count_as_long_as_they_like_different_things() -> None:
    chance = random.Random(3)
    fair = a_fair_team(["ann", "bob", "cem", "dee"], chance)
    kind = [an_opinion(idea, person) for person in ("x", "y", "z") for idea in IDEAS if chance.random() < 0.2]

    apart = likes_of("z", [*fair, *kind])
    together = likes_of("z", [*fair, *a_clique(["x", "y", "z"])])

    assert apart > 0.4
    assert together < 0.1


@pytest.mark.parametrize("seed", range(6))
def test_one_more_like_never_lowers_an_idea_whoever_gives_it(seed: int) -> None:
    chance = random.Random(seed)
    fair = a_fair_team(["ann", "bob", "cem", "dee"], chance)
    said = [*fair, *a_clique(["x", "y", "z"]), *(an_opinion(idea, "zoe") for idea in IDEAS)]
    spoken = {(one.idea, one.person.id) for one in said}
    for idea in chance.sample(IDEAS, 12):
        before = Bayes().score([idea], said)[idea].mean
        for person in ("ann", "x", "newcomer"):
            if (idea, person) in spoken:
                continue
            for value in (0.05, 1.0):
                liked = Bayes().score([idea], [*said, an_opinion(idea, person, value)])[idea].mean
                disliked = Bayes().score([idea], [*said, an_opinion(idea, person, -value)])[idea].mean
                assert disliked - 1e-12 <= before <= liked + 1e-12


def test_pairs_to_learn_from_know_the_habits_that_show_on_other_topics() -> None:
    good, bad = (an_idea(text, id=IdeaId(text)) for text in ("good", "bad"))
    fair = a_fair_team(["p0", "p1", "p2", "p3"], random.Random(4))
    said = [an_opinion(good, "p0"), an_opinion(good, "p1"), *(an_opinion(bad, person) for person in ("x", "y", "z"))]
    others = [an_idea(str(idea), id=idea) for idea in IDEAS]
    everything = [*fair, *a_clique(["x", "y", "z"]), *said]

    alone = decided([good, bad], said)
    known = scored([good, bad, *others], everything)

    assert not any(pair.chosen is good for pair in alone)
    assert known[good.id].mean > known[bad.id].mean
