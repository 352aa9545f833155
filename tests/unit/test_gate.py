"""A forecast is believed once it is better than luck at every look, and for what several people say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from learning import gate, ridge
from learning.forecast import UNTRUSTED
from learning.opinions import Opinions
from learning.sheets import Sheet, sheet
from learning.trust import learned

EACH, WIDTH = 5, 24


def a_page(topics: int, chance: np.random.Generator) -> tuple[Sheet, np.ndarray]:
    """Ideas, and one thing about them that a team may like."""
    rows = chance.normal(size=(topics * EACH, WIDTH)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return sheet([""] * len(rows), rows, np.repeat(np.arange(topics), EACH), None), rows[:, 0] / rows[:, 0].std()


def a_vote_of(likings: list[float], worth: np.ndarray, chance: np.random.Generator) -> Opinions:
    """Everybody votes on three of five ideas, whoever has a strong liking on all; 0 is a coin."""
    said = [
        (idea, person, 1.0 if liking * worth[idea] + chance.normal() > 0 else -1.0)
        for idea in range(len(worth))
        for person, liking in enumerate(likings)
        if liking > 2 or chance.random() < 0.6
    ]
    ideas, people, values = zip(*said, strict=True)
    return Opinions(np.array(ideas, dtype=np.intp), np.array(people, dtype=np.intp), np.array(values), np.ones(len(said)))


def looks(likings: list[float], seed: int, at: range) -> list[bool]:
    """Whether the forecast is trusted at each of some looks at a growing log."""
    chance = np.random.default_rng(seed)
    page, worth = a_page(at[-1], chance)
    said = a_vote_of(likings, worth, chance)
    found = []
    for topics in at:
        count = topics * EACH
        few = said.idea < count
        young = sheet([""] * count, page.vectors[:count], page.topics[:count], None)
        known = Opinions(said.idea[few], said.person[few], said.value[few], said.count[few])
        found.append(learned(young, known).hyperparameters.trusted)
    return found


def test_a_taste_that_a_team_shares_is_believed() -> None:
    assert sum(looks([1.0] * 6, seed, range(30, 31))[-1] for seed in range(4)) == 4


def test_coins_are_believed_at_hardly_any_of_twenty_looks() -> None:
    believed = [any(looks([0.0] * 6, seed, range(6, 46, 2))) for seed in range(6)]

    assert sum(believed) <= 1  # less than 5 % are, so two of six come once in sixty


def test_one_person_who_votes_on_everything_is_no_taste_of_a_team_that_tosses_coins() -> None:
    believed = [any(looks([3.0, 0.0, 0.0, 0.0, 0.0, 0.0], seed, range(20, 51, 10))) for seed in range(5)]

    assert sum(believed) == 0


def test_one_person_alone_is_the_team() -> None:
    assert looks([3.0], 1, range(30, 31)) == [True]


def test_what_luck_may_do_is_spent_mostly_where_tastes_show_and_never_used_up() -> None:
    levels = [gate.allowed(ideas) for ideas in (30, 60, 120, 225, 450, 900, 10_000)]

    assert levels[3] == max(levels) == gate.MOST
    assert levels[:4] == sorted(levels[:4])
    assert levels[3:] == sorted(levels[3:], reverse=True)
    assert min(levels) >= gate.LEAST > 0.0


def test_a_strong_taste_is_believed_early_whatever_early_looks_may_spend() -> None:
    assert sum(looks([2.0] * 6, seed, range(12, 13))[-1] for seed in range(4)) >= 3


def test_before_proof_a_forecast_weighs_as_much_as_it_is_likely_and_coins_nothing() -> None:
    weights = [gate.likely(luck) for luck in (0.011, 0.03, 0.06, 0.099, 0.1, 0.5, 1.0)]

    assert weights == sorted(weights, reverse=True)
    assert 0.0 < weights[3] < weights[0] < 1.0
    assert weights[4:] == [0.0, 0.0, 0.0]
    # Odds of 1 to 3 before, and at most -1 / (e p ln p) = 2.45 times that at p = .05.
    assert gate.likely(0.05) == pytest.approx(1 / 3 * 2.456 / (1 + 1 / 3 * 2.456), abs=1e-3)


def test_a_forecast_on_the_way_to_proof_counts_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(3)
    page, worth = a_page(30, chance)
    said = a_vote_of([1.0] * 6, worth, chance)
    proved = learned(page, said)
    monkeypatch.setattr(gate, "allowed", lambda _ideas: 1e-9)  # luck does as well once in 400: likely a taste, and no proof

    likely = learned(page, said)

    assert proved.hyperparameters.trusted
    assert not likely.hyperparameters.trusted
    assert 0.0 < likely.hyperparameters.slope < proved.hyperparameters.slope
    assert 0.0 < np.abs(likely.prior).sum() < np.abs(proved.prior).sum()


def test_few_ideas_are_foretold_alike_by_rows_and_by_columns() -> None:
    chance = np.random.default_rng(4)
    topics, weight = np.arange(60) % 12, chance.uniform(0.1, 0.9, 60)
    rows = ridge.centred(chance.normal(size=(60, 80)).astype(np.float32), topics, weight)
    target = ridge.centred(rows[:, 0] + chance.normal(size=60), topics, weight)
    fold = ridge.folds_of(topics, seed=0)

    found = ridge.leave_topics_out(rows, weight, target, fold)

    by_hand = np.zeros(60)
    for number in range(ridge.FOLDS):
        known, part = fold != number, fold == number
        matrix = ridge.gram(rows[known], weight[known])
        by_hand[part] = rows[part] @ ridge.solved(matrix, ridge.moment(rows[known], weight[known], target[known]), found.penalty)
    assert found.value == pytest.approx(by_hand, abs=1e-4)


def test_a_topic_with_few_judged_ideas_is_held_with_a_firmer_hand() -> None:
    hyper = replace(UNTRUSTED, topic_penalties=((5, 300.0), (100, 100.0), (400, 30.0)))

    assert [hyper.topic_penalty(ideas) for ideas in (4, 5, 99, 100, 399, 5000)] == [None, 300.0, 300.0, 100.0, 100.0, 30.0]
