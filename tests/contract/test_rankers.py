"""Every ranker keeps the promise of `bot.ports.Ranker`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import learning.rankers
from bot import plugins
from bot.domain.feedback import Feedback, both_bad, duel
from bot.domain.ideas import IdeaId
from bot.ports import Ranker
from tests.builders import NOON, a_person, an_opinion

IDEAS = [IdeaId(name) for name in ("a", "b", "c")]
SIGNALS = ("vote", "stars", "emoji", "pick")
values = st.floats(-1, 1).filter(lambda value: value != 0)
opinions = st.lists(
    st.builds(
        lambda idea, person, signal, value: an_opinion(idea, person, value, signal=signal),
        st.sampled_from(IDEAS),
        st.sampled_from([f"p{n}" for n in range(6)]),
        st.sampled_from(SIGNALS),
        values,
    ),
    max_size=20,
    unique_by=lambda said: (said.idea, said.person, said.signal),
)

pytestmark = pytest.mark.parametrize("name", plugins.names(learning.rankers))


def ranker(name: str) -> Ranker:
    try:
        built: Ranker = plugins.load(learning.rankers, name).build()
    except ModuleNotFoundError as error:  # an extra
        pytest.skip(f"{error.name} is not installed")
    return built


@given(opinions, st.floats(0.01, 1))
@settings(max_examples=150, deadline=None)  # one slow machine is no wrong ranker
def test_one_more_positive_opinion_never_lowers_an_idea(name: str, said: list[Feedback], value: float) -> None:
    before = ranker(name).score(IDEAS, said)["a"]

    after = ranker(name).score(IDEAS, [*said, an_opinion(IDEAS[0], "newcomer", value)])["a"]

    assert after.mean >= before.mean - 1e-12


@given(opinions, st.floats(0.01, 1))
@settings(max_examples=150, deadline=None)  # one slow machine is no wrong ranker
def test_one_more_negative_opinion_never_raises_an_idea(name: str, said: list[Feedback], value: float) -> None:
    before = ranker(name).score(IDEAS, said)["a"]

    after = ranker(name).score(IDEAS, [*said, an_opinion(IDEAS[0], "newcomer", -value)])["a"]

    assert after.mean <= before.mean + 1e-12


@given(opinions, st.randoms())
@settings(deadline=None)
def test_the_order_of_opinions_is_irrelevant(name: str, said: list[Feedback], chance: object) -> None:
    shuffled = list(said)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert ranker(name).score(IDEAS, said) == ranker(name).score(IDEAS, shuffled)


@given(opinions)
@settings(deadline=None)
def test_every_idea_gets_a_score_on_the_scale(name: str, said: list[Feedback]) -> None:
    scores = ranker(name).score(IDEAS, said)

    assert set(scores) == set(IDEAS)
    assert all(-1 <= score.mean <= 1 and score.deviation >= 0 for score in scores.values())


def test_an_idea_nobody_spoke_of_is_an_open_question(name: str) -> None:
    score = ranker(name).score(IDEAS, [])["a"]

    assert score.mean == 0
    assert score.votes == 0
    assert score.deviation > 0


def test_many_likes_beat_one_like_and_make_it_surer(name: str) -> None:
    said = [an_opinion(IDEAS[0], f"p{n}") for n in range(10)] + [an_opinion(IDEAS[1], "p0")]

    scores = ranker(name).score(IDEAS, said)

    assert scores[IDEAS[0]].mean > scores[IDEAS[1]].mean > scores[IDEAS[2]].mean
    assert scores[IDEAS[0]].deviation < scores[IDEAS[1]].deviation


def test_one_person_shouting_counts_once(name: str) -> None:
    shouting = [an_opinion(IDEAS[0], "p0", signal=signal) for signal in SIGNALS]
    quiet = [an_opinion(IDEAS[1], "p0")]

    scores = ranker(name).score(IDEAS, shouting + quiet)

    assert scores[IDEAS[0]].mean == scores[IDEAS[1]].mean


def test_who_wins_duels_stands_above_who_loses_them(name: str) -> None:
    said = [opinion for n in range(4) for opinion in duel(IDEAS[0], IDEAS[1], a_person(f"p{n}"), NOON)]

    scores = ranker(name).score(IDEAS, said)

    assert scores[IDEAS[0]].mean > scores[IDEAS[2]].mean > scores[IDEAS[1]].mean
    assert scores[IDEAS[0]].votes == 4


def test_two_bad_ideas_are_both_lowered_and_neither_beats_the_other(name: str) -> None:
    said = [opinion for n in range(4) for opinion in both_bad(IDEAS[0], IDEAS[1], a_person(f"p{n}"), NOON)]

    scores = ranker(name).score(IDEAS, said)

    assert scores[IDEAS[0]].mean == scores[IDEAS[1]].mean < 0


def test_one_person_who_decides_every_duel_weighs_less_than_ten_who_decide_three_each(name: str) -> None:
    ideas = [IdeaId(f"i{n}") for n in range(40)]
    busy = [opinion for other in ideas[2:] for opinion in duel(ideas[0], other, a_person("busy"), NOON)]
    many = [opinion for n in range(10) for other in ideas[2:5] for opinion in duel(ideas[1], other, a_person(f"p{n}"), NOON)]

    scores = ranker(name).score(ideas, busy + many)

    assert scores[ideas[1]].mean > scores[ideas[0]].mean
