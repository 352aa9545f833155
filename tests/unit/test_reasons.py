"""What is said of why an idea stands where it does is true of the idea and of the team."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.commands.why import reason_said
from bot.domain.feedback import Feedback
from bot.domain.ideas import IdeaId, Prompt
from bot.ports import Entry, Log, Reason
from bot.services.votes.refitting import Relatives
from learning.forecast import refitted
from learning.rankers.taste import Learned, Untaught
from learning.reasons import columns_of
from tests.builders import an_idea, an_opinion

TOPICS, EACH, WIDTH = 24, 10, 8


def a_log(chance: np.random.Generator) -> tuple[Log, np.ndarray, np.ndarray]:
    """Ideas around a middle of their topic; how near each is to it, and how long, both in deviations from the topic's others."""
    entries, vectors, near, long = [], [], [], []
    for topic in range(TOPICS):
        some = 3.0 * chance.normal(size=WIDTH) + chance.normal(size=(EACH, WIDTH)) * chance.uniform(0.2, 2.5, (EACH, 1))
        some /= np.linalg.norm(some, axis=1, keepdims=True)
        vectors.append(some.astype(np.float32))
        typical = some @ (some.mean(axis=0) / np.linalg.norm(some.mean(axis=0)))
        near.append((typical - typical.mean()) / typical.std())
        lengths = chance.integers(1, 12, EACH)
        long.append((np.log(lengths) - np.log(lengths).mean()) / np.log(lengths).std())
        for place in range(EACH):
            text = " ".join(f"word{int(number)}" for number in chance.integers(0, 60, lengths[place]))
            entries.append(Entry(idea=an_idea(text, id=IdeaId(f"{topic:02}-{place}")), prompt=Prompt(text=f"names for {topic}")))
    return Log(entries=tuple(entries), vectors=np.concatenate(vectors), topics={}), np.concatenate(near), np.concatenate(long)


def a_team(taste: str) -> tuple[Learned, list[Feedback], dict[str, np.ndarray]]:
    chance = np.random.default_rng(5)
    log, near, long = a_log(chance)
    worth = {"usual": near, "unusual": -near, "short": -long}[taste]
    said = [
        an_opinion(entry.idea, person, 1.0 if worth[place] + 0.7 * chance.normal() > 0 else -1.0)
        for place, entry in enumerate(log.entries)
        for person in ("ann", "bob", "cem", "dee")
    ]
    return Untaught().learn(log, said), said, {"originality": -near, "length": long}


@pytest.mark.parametrize("taste", ["usual", "unusual", "short"])
def test_a_line_says_on_which_side_the_idea_lies_and_which_way_the_team_leans(taste: str) -> None:
    learned, said, sides = a_team(taste)
    what, leaning = {"usual": ("originality", -1), "unusual": ("originality", 1), "short": ("length", -1)}[taste]

    lines = [
        (row, reason)
        for row, idea in enumerate(learned.places)
        for reason in learned.reasons(idea, said)
        if reason.what == what and abs(reason.amount) >= 0.04
    ]

    assert len(lines) > 40
    right = [(sides[what][row] > 0) == (reason.side == "more") for row, reason in lines]
    assert sum(right) >= 0.95 * len(right)  # the sides are means of three columns, and of two
    assert all((reason.amount > 0) == ((reason.side == "more") == (leaning > 0)) for _row, reason in lines)


@pytest.mark.parametrize("taste", ["usual", "short"])
def test_without_a_group_of_features_the_forecast_moves_as_the_line_says(taste: str) -> None:
    learned, said, _sides = a_team(taste)
    (kind,) = learned.kinds.values()
    page = kind.fit.sheet
    gone = {}
    for what, mine in columns_of(page.dimensions, page.rows.shape[1]).items():
        rows = page.rows.copy()
        rows[:, mine] = 0.0
        gone[what] = kind.fit.prior - refitted(replace(kind.fit, sheet=replace(page, rows=rows)), kind.said).prior

    signs = [
        gone[reason.what][row] * reason.amount > 0
        for row, idea in enumerate(learned.places)
        for reason in learned.reasons(idea, said)
        if reason.what in gone and abs(reason.amount) >= 0.04
    ]

    assert len(signs) > 100
    assert all(signs)


def test_what_is_said_of_a_topic_is_the_same_for_all_its_ideas() -> None:
    learned, said, _sides = a_team("usual")
    empty = [one for one in said if not one.idea.startswith("03")]
    refitted_ = learned.refit(empty)

    found = [
        next(reason.amount for reason in refitted_.reasons(IdeaId(f"03-{place}"), empty) if reason.what == "topic")
        for place in range(EACH)
    ]

    assert found == pytest.approx([found[0]] * EACH)


def test_the_words_name_the_side_and_the_arrow_the_effect() -> None:
    def words(what: str, amount: float, side: str) -> str:
        return reason_said(Reason(what=what, amount=amount, side=side), Relatives())

    assert words("originality", 0.2, "less") == "↑ a lot: it is like the other ideas, which is liked here"
    assert words("originality", -0.2, "more") == "↓ a lot: it is unlike the other ideas; usual ones are liked here"
    assert words("originality", 0.1, "more") == "↑ somewhat: it is unlike the other ideas, which is liked here"
    assert words("originality", -0.1, "less") == "↓ somewhat: it is like the other ideas; unusual ones are liked here"
    assert words("length", -0.2, "more") == "↓ a lot: it is longer than the other ideas; short ones are liked here"
    assert words("length", 0.03, "less") == "↑ a little: it is shorter than the other ideas, which is liked here"
