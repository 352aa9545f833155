"""The gate refuses what was planted, each with its own reason, and lets a better model through."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.domain.ideas import Draft, Prompt
from learning.judge import BEST_OF, Evidence, Question, Verdict, best_of, classes, distinct, judge, utility
from tests.builders import a_person

WORDS = (
    "amber birch cedar dune ember fern grove hazel iris jade kelp lark maple north olive pine quill reed sage thorn umber vale"
)
TOPICS = 16


def drafts(seed: int, count: int = 16, *, words: int = 2) -> tuple[Draft, ...]:
    chance = random.Random(seed)
    return tuple(Draft(text=" ".join(chance.sample(WORDS.split(), words)).capitalize()) for _ in range(count))


def questions(**changes: Any) -> list[Question]:
    made = [Question(prompt=Prompt(text=f"names for thing {n}"), before=drafts(n), after=drafts(1000 + n)) for n in range(12)]
    return [replace(question, **{name: change(question) for name, change in changes.items()}) for question in made]


def margins(accuracy: float, topics: int = TOPICS, pairs: int = 10) -> dict[str, list[tuple[float, float]]]:
    """So many pairs a topic, of which this share is ordered rightly, a little differently in each."""
    chance = random.Random(5)
    right = [min(pairs, max(0, round(pairs * accuracy + chance.uniform(-1.5, 1.5)))) for _ in range(topics)]
    return {f"t{n}": [(1.0, 0.9)] * r + [(-1.0, 0.9)] * (pairs - r) for n, r in enumerate(right)}


def likes(word: str) -> Any:
    def score(prompt: Prompt, texts: Sequence[str]) -> NDArray[np.float64]:
        return np.array([float(word in text.casefold()) for text in texts])

    return score


def evidence(**changes: Any) -> Evidence:
    """A better model's: it orders seven pairs in ten as the team did, and writes as well as before."""
    given: dict[str, Any] = {
        "margins": margins(0.7),
        "questions": questions(),
        "taught": ["Oak house"],
        "base": "b",
        "tuned_on": "b",
    }
    return Evidence(**{**given, **changes})


def refused(verdict: Verdict) -> set[str]:
    return {finding.name for finding in verdict.findings if not finding.passed}


def test_a_better_model_may_be_tried() -> None:
    verdict = judge(evidence())

    assert verdict.passed, verdict.reasons
    assert verdict.metrics["accuracy"] == pytest.approx(0.7, abs=0.05)


def test_a_model_no_better_than_luck_is_refused_and_so_is_a_worse_one() -> None:
    for accuracy in (0.5, 0.3):
        verdict = judge(evidence(margins=margins(accuracy)))

        assert refused(verdict) == {"accuracy"}
        assert "luck" in verdict.reasons[0]


def test_a_model_tuned_on_noise_is_nearly_always_refused() -> None:
    passed = 0
    for seed in range(300):
        chance = random.Random(seed)
        noise = {f"t{n}": [(chance.choice((-1.0, 1.0)), 0.9) for _ in range(8)] for n in range(10)}
        passed += judge(evidence(margins=noise, questions=[])).metrics["accuracy_low"] > 0.5

    # one in a hundred is the bar where no second opinion is trusted; twice that is four standard errors away
    assert passed <= 9


def noise(chance: random.Random, topics: int) -> dict[str, list[tuple[float, float]]]:
    """What a model that knows nothing thinks of pairs as votes make them: a handful of ideas, few pairs here and many there."""
    found = {}
    for number in range(topics):
        ideas = [chance.gauss(0, 1) for _idea in range(chance.randint(3, 9))]
        pairs = [(one, other) for place, one in enumerate(ideas) for other in ideas[place + 1 :]]
        found[f"t{number}"] = [(one - other, 0.9) for one, other in chance.sample(pairs, chance.randint(1, len(pairs)))]
    return found


def test_neither_many_pairs_of_a_few_ideas_nor_few_topics_make_luck_pass() -> None:
    passed = dict.fromkeys((8, 16), 0)
    for topics in passed:
        for seed in range(300):
            made = noise(random.Random(f"{topics}/{seed}"), topics)
            passed[topics] += judge(evidence(margins=made, questions=[])).metrics["accuracy_low"] > 0.5

    assert max(passed.values()) <= 9  # as above


def test_a_topic_with_many_pairs_says_more_than_one_with_a_single_pair_but_not_in_proportion() -> None:
    many, one = [(1.0, 0.9)] * 27 + [(-1.0, 0.9)] * 9, [(-1.0, 0.9)]

    found = judge(evidence(margins={f"t{n}": many if n < 8 else one for n in range(16)})).metrics["accuracy"]

    # 36 pairs weigh 36 / (1 + 35 x 0.17) = 5.18 times a single one, so 5.18 x 0.75 / 6.18
    assert found == pytest.approx(0.629, abs=0.001)


def test_too_few_unseen_topics_are_no_evidence() -> None:
    verdict = judge(evidence(margins=margins(0.9, topics=7)))

    assert refused(verdict) == {"topics"}
    assert "7" in verdict.reasons[0]


def test_an_adapter_of_another_base_is_refused_before_all_else() -> None:
    verdict = judge(evidence(tuned_on="another"))

    assert refused(verdict) == {"base"}
    assert "another base" in verdict.reasons[0]


def longer(question: Question) -> tuple[Draft, ...]:
    return tuple(Draft(text=f"{draft.text} and so on") for draft in question.after)


def repeating(question: Question) -> tuple[Draft, ...]:
    return (question.after[:4] * 4)[:16]


def copying(question: Question) -> tuple[Draft, ...]:
    return (Draft(text="Oak House!"), *question.after[1:])


def breaking(question: Question) -> tuple[Draft, ...]:
    return tuple(replace(draft, broken="cut" if place % 8 == 0 else None) for place, draft in enumerate(question.after))


def swearing(question: Question) -> tuple[Draft, ...]:
    return (Draft(text="Kill all of them"), *question.after[1:])


@pytest.mark.parametrize(
    ("planted", "reasons"),
    [
        (longer, {"length"}),
        (repeating, {"distinct", "utility"}),
        (copying, {"copied"}),
        (breaking, {"broken", "distinct", "utility"}),
        (swearing, {"unsafe"}),
    ],
)
def test_a_model_that_games_its_reward_is_refused_with_its_reason(planted: Any, reasons: set[str]) -> None:
    verdict = judge(evidence(margins=margins(0.9), questions=questions(after=planted)))

    assert refused(verdict) <= reasons
    assert refused(verdict)


def test_a_reward_hacker_that_is_long_repetitive_and_copied_hears_all_three() -> None:
    def hacking(question: Question) -> tuple[Draft, ...]:
        return tuple(Draft(text="Oak house, the oak house of all houses") for _ in question.after)

    verdict = judge(
        evidence(margins=margins(0.95), questions=questions(after=hacking), taught=["Oak house of houses, the oak of all"])
    )

    assert {"length", "distinct", "utility", "copied"} <= refused(verdict)


def test_votes_of_a_few_that_outnumber_the_rest_make_no_taste() -> None:
    brigade = {a_person(f"troll{n}"): (95, 100) for n in range(3)}
    others = {a_person(f"person{n}"): (8, 20) for n in range(5)}

    verdict = judge(evidence(margins=margins(0.85), agreement=brigade | others))

    assert refused(verdict) == {"people"}
    assert "3 of the 8" in verdict.reasons[0]


def sage(question: Question) -> tuple[Draft, ...]:
    """Five in sixteen are about sage, which half of the drafts of four then hold."""
    return tuple(
        Draft(text=f"Sage {draft.text.split()[1]}") if place % 3 == 0 else draft for place, draft in enumerate(question.after)
    )


def test_a_ranker_that_did_not_choose_the_pairs_has_its_say() -> None:
    better = judge(evidence(questions=questions(after=sage), scorers=[likes("sage")]))
    worse = judge(evidence(questions=questions(before=sage), scorers=[likes("sage")]))
    silent = judge(evidence(scorers=[lambda prompt, texts: None]))

    assert better.passed, better.reasons
    assert "best-of" in refused(worse)
    assert silent.passed
    assert "best_of_gain" not in silent.metrics


def test_the_worst_of_several_rankers_decides() -> None:
    split = judge(evidence(questions=questions(after=sage), scorers=[likes("sage"), likes("thorn")]))

    assert "best-of" in refused(split)


def test_without_a_second_opinion_the_bar_is_higher() -> None:
    borderline = margins(0.56, topics=14)

    seconded = judge(evidence(margins=borderline, questions=questions(after=sage), scorers=[likes("sage")]))
    alone = judge(evidence(margins=borderline, questions=questions(after=sage)))

    assert seconded.metrics["accuracy_low"] > alone.metrics["accuracy_low"]


def test_a_model_that_nobody_could_ask_is_refused() -> None:
    assert "questions" in refused(judge(evidence(questions=[])))


def test_the_best_of_n_is_the_mean_over_all_draws() -> None:
    # of 1, 2, 3 the best of two is 2 once and 3 twice
    assert best_of(np.array([3.0, 1.0, 2.0]), 2) == pytest.approx(8 / 3)
    assert best_of(np.array([5.0, 1.0]), BEST_OF) == 5.0


def test_what_says_the_same_is_one_class_by_words_or_by_vectors() -> None:
    vectors = {"Tea house": [1.0, 0.0], "Kettle home": [0.9, np.sqrt(1 - 0.81)], "Rye": [0.0, 1.0]}

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([vectors.get(text, [0.0, -1.0]) for text in texts], dtype=np.float32)

    assert classes(["Tea house", "The tea house!", "Rye"], None) == [0, 0, 2]
    assert classes(["Tea house", "Kettle home", "Rye"], embed) == [0, 0, 2]
    three = [Draft(text="Tea house"), Draft(text="the Tea House"), Draft(text="Rye")]
    assert distinct(three, None) == pytest.approx(2 / 3)
    # places weigh 1, 0.8, 0.64; the second is nothing new
    assert utility(three, None) == pytest.approx(1.64 / 2.44)
