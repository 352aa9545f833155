"""The numbers behind taste: ridge inside topics, opinions as arrays, features."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ideas import IdeaId, Prompt
from learning import ridge
from learning.features import AROUND, SURFACE, Vocabulary, around, surface, words
from learning.kinds import kind_of, other
from learning.opinions import FREE, LEAD, Voices, arranged, gathered, voter_offsets, weights
from tests.builders import a_person, an_opinion

A, B, C = (IdeaId(name) for name in "abc")


def some_rows(count: int = 40, columns: int = 5, topics: int = 8) -> tuple[np.ndarray, ...]:
    chance = np.random.default_rng(3)
    topic = np.arange(count) % topics
    weight = chance.uniform(0.2, 1.0, count)
    rows = ridge.centred(chance.normal(size=(count, columns)).astype(np.float32), topic, weight)
    target = ridge.centred(rows @ np.arange(1.0, columns + 1) + chance.normal(size=count), topic, weight)
    return rows, target, weight, topic


def test_the_ridge_is_where_its_loss_is_flat() -> None:
    rows, target, weight, _topic = some_rows()

    worth = ridge.solved(ridge.gram(rows, weight), ridge.moment(rows, weight, target), 2.0)

    slope = -2 * rows.T @ (weight * (target - rows @ worth)) + 2 * 2.0 * worth  # of Σ w (y - xb)² + 2 |b|²
    assert np.abs(slope).max() < 1e-4


def test_few_rows_and_many_are_fitted_alike() -> None:
    rows, target, weight, _topic = some_rows(count=12, columns=12)

    by_kernel, hat = ridge.residual(rows, weight, target, 3.0)

    matrix = ridge.gram(rows, weight)
    assert by_kernel == pytest.approx(ridge.solved(matrix, ridge.moment(rows, weight, target), 3.0), abs=1e-4)
    assert hat == pytest.approx(ridge.leverage(rows, weight, matrix, 3.0), abs=1e-4)


def test_leverage_is_how_far_a_fitted_value_follows_its_own_target() -> None:
    rows, target, weight, _topic = some_rows()
    matrix = ridge.gram(rows, weight)
    nudged = target.copy()
    nudged[7] += 1.0

    before = rows[7] @ ridge.solved(matrix, ridge.moment(rows, weight, target), 2.0)
    after = rows[7] @ ridge.solved(matrix, ridge.moment(rows, weight, nudged), 2.0)

    assert after - before == pytest.approx(ridge.leverage(rows, weight, matrix, 2.0)[7], abs=1e-4)


def test_a_topic_is_foretold_without_its_own_votes() -> None:
    rows, target, weight, topic = some_rows()
    fold = ridge.folds_of(topic, seed=0)
    changed = target.copy()
    changed[fold == 1] *= -100.0

    before, after = (ridge.leave_topics_out(rows, weight, values, fold) for values in (target, changed))

    # Fold 1's targets say nothing of fold 1's own forecast but through the penalty, which both share when it is the same.
    if before.penalty == after.penalty:
        assert after.value[fold == 1] == pytest.approx(before.value[fold == 1], abs=1e-6)
    assert not np.allclose(after.value[fold != 1], before.value[fold != 1])
    assert all(len(set(fold[topic == number])) == 1 for number in range(8))


def test_values_are_centred_in_their_topic_by_weight() -> None:
    values = np.array([1.0, 3.0, 10.0])

    found = ridge.centred(values, np.array([0, 0, 1]), np.array([3.0, 1.0, 2.0]))

    assert found == pytest.approx([-0.5, 1.5, 0.0])  # (3·1 + 1·3) / 4 = 1.5 is the first topic's mean


def test_agreement_counts_decided_pairs_only() -> None:
    target, error = np.array([0.0, 0.1, 1.0]), np.full(3, 0.2)

    right = ridge.agreement(np.array([5.0, 0.0, 9.0]), target, error)
    wrong = ridge.agreement(np.array([5.0, 0.0, -9.0]), target, error)

    assert right == (1.0, 3)  # 0 against 0.1 is within the error: not decided
    assert wrong == (0.0, 3)
    assert ridge.agreement(np.zeros(3), target, error) == (0.5, 3)
    assert ridge.agreement(np.zeros(2), target[:2], error[:2]) is None


def test_a_few_lucky_topics_are_no_proof() -> None:
    mean, error = ridge.mean_and_error([ridge.Agreement(1.0, 2, people=5.0)] * 3)

    assert mean == 1.0
    assert error == pytest.approx(0.5 / np.sqrt(3))  # three coins
    assert mean - 2 * error < 0.5


def test_what_was_taken_back_and_what_people_say_of_their_own_ideas_is_not_learned_from() -> None:
    feedback = [
        an_opinion(A, "ann"),
        an_opinion(A, "bob", 0.5),
        an_opinion(A, "bob", -0.5, signal="stars"),
        an_opinion(B, "ann", 1.0),
        an_opinion(B, "ann", 1.0, signal="pick"),
    ]

    said = arranged(Voices.of(feedback), {A: 0, B: 1}, {A: a_person("ann")})

    assert gathered(feedback)[A] == {a_person("ann"): 1.0}
    assert (said.idea.tolist(), said.value.tolist()) == ([1], [1.0])  # ann's own vote on A fell out, her two on B are one


def test_one_person_voting_on_everything_weighs_like_a_few() -> None:
    ideas = [IdeaId(f"i{number}") for number in range(500)]
    busy = [an_opinion(idea, "busy", -1.0) for idea in ideas]
    usual = [an_opinion(idea, f"p{person}") for person in range(9) for idea in ideas[:30]]

    said = arranged(Voices.of([*busy, *usual]), {idea: row for row, idea in enumerate(ideas)}, {})

    mine = said.value < 0
    assert weights(said)[mine].sum() == pytest.approx(max(FREE, LEAD * 30))
    assert weights(said)[~mine] == pytest.approx(np.ones(270))


def test_somebody_who_likes_everything_is_known_for_it() -> None:
    ideas = [IdeaId(f"i{number}") for number in range(40)]
    fan = [an_opinion(idea, "fan", 1.0) for idea in ideas]
    rest = [
        an_opinion(idea, person, 1.0 if number % 2 else -1.0) for person in ("x", "y", "z") for number, idea in enumerate(ideas)
    ]

    said = arranged(Voices.of([*fan, *rest]), {idea: row for row, idea in enumerate(ideas)}, {})

    found = voter_offsets(said)
    of_fan = found[said.person == said.person[0]]
    # The fan lies 1 above the others on average, half believed after 10 of 40: 40/50.
    assert of_fan == pytest.approx(np.full(40, 0.8))
    assert np.all(found[said.person != said.person[0]] < 0)


@given(st.text(max_size=80))
@settings(deadline=None)
def test_every_text_has_finite_features(text: str) -> None:
    found = surface([text], Vocabulary.of(["names for a tea bar", text]))

    assert found.shape == (1, len(SURFACE))
    assert np.all(np.isfinite(found))


def test_an_idea_is_not_its_own_neighbour() -> None:
    vectors = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]], dtype=np.float32)

    found = around(vectors, np.array([1.0, 0.0], dtype=np.float32), vectors)

    assert found[:, AROUND.index("nearest")] == pytest.approx([0.6, 0.8, 0.8])
    assert found[:, AROUND.index("on topic")] == pytest.approx([1.0, 0.6, 0.0])


def test_words_are_found_in_either_script() -> None:
    assert words("It’s 2 A.M.") == ["it's", "2", "a", "m"]
    assert words("一杯 tea") == ["一", "杯", "tea"]


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("names for a tea bar", "text/en/name"),
        ("Name for our cat", "text/en/name"),
        ("What is a surprising use for a brick?", "text/en/use"),
        ("a slogan that sells umbrellas", "text/en/slogan"),
        ("winter evenings", "text/en/other"),
    ],
)
def test_topics_are_sorted_by_what_they_ask_for(topic: str, kind: str) -> None:
    assert kind_of(Prompt(text=topic)) == kind


def test_chinese_topics_are_sorted_by_their_ending() -> None:
    assert kind_of(Prompt(text="给茶馆起个名字", language="zh")) == "text/zh/名字"
    assert other("text/zh/名字") == "text/zh/other"
