"""Lessons without votes: new topics asked as the team asks, and drafts told apart by a forecast that is trusted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from bot.domain.ideas import Draft, Prompt
from bot.ports import Phrase, Trust
from generators.client.phrasing import RecipePhrasing
from learning.dataset import Lesson
from learning.gathering import Topic
from learning.labelling import DRAFTED, FEW, TAUGHT, Labeller, Labels
from learning.plan import Plan
from learning.topics import THINGS, new_topics, own_topics
from tests.builders import NOON

PHRASING = RecipePhrasing(instructed=False)
NAMES = tuple(f"{first}{last}" for first in ("Bo", "Ka", "Lumi", "Terra") for last in ("lo", "mi", "ra", "stone", "wind"))


class Likes:
    """A taste for names with an i."""

    def __init__(self, *, trusted: bool = True) -> None:
        self.trusted = trusted

    def trust(self, prompt: Prompt) -> Trust:
        return Trust(kind="text/en/name", accuracy=0.7, error=0.01, topics=40, trusted=self.trusted)

    def foretell(self, prompt: Prompt, texts: Sequence[str], vectors: object, person: object = None) -> np.ndarray:
        return np.array([0.2 * text.count("i") for text in texts])


def a_labeller(written: Sequence[str] = NAMES, *, trusted: bool = True) -> Labeller:
    def write(phrase: Phrase, prompt: Prompt, count: int, seed: int) -> list[Draft]:
        assert count == DRAFTED
        return [*(Draft(text=text) for text in written), Draft(text="Names for", broken="topic")]

    taste: Any = Likes(trusted=trusted)
    return Labeller(taste=taste, phrasing=PHRASING, embed=None, write=write)


def labelled(labeller: Labeller, *topics: str) -> Labels:
    return labeller.labels([Prompt(text=topic) for topic in topics], Plan(), lambda _share: None)


def goals_of(lesson: Lesson) -> dict[str, float]:
    return dict(zip((answer.strip(' ".\n') for answer in lesson.answers), lesson.goals, strict=True))


def a_topic(text: str, *, told: bool = True, **changes: Any) -> Topic:
    prompt = Prompt(text=text, **changes)
    return Topic(id=text, prompt=prompt, told=told, at=NOON, ideas=(), feedback=(), pairs=(), good=(), thumbs=(), asked_by=())


def test_what_is_foretold_to_please_is_to_become_likelier_and_what_cannot_be_shown_less_so() -> None:
    (lesson,) = labelled(a_labeller(), "names for a tea bar").lessons

    goals = goals_of(lesson)
    assert lesson.phrase.prompt
    assert goals["Kami"] > goals["Kalo"]
    assert max(goals.values()) > 0 > goals["Names for"]
    assert len(lesson.answers) == len(lesson.goals) == len(NAMES) + 1


def test_the_ideas_pushed_furthest_count_as_taught() -> None:
    labels = labelled(a_labeller(), "names for a tea bar", "names for a bakery")

    assert len(labels.taught) == 2 * TAUGHT
    assert all("i" in text for text in labels.taught)


def test_nothing_is_labelled_where_no_forecast_is_trusted_or_too_little_was_written() -> None:
    assert labelled(a_labeller(trusted=False), "names for a tea bar") == Labels((), ())
    assert labelled(a_labeller(NAMES[: FEW - 1]), "names for a tea bar") == Labels((), ())


def test_labels_are_read_as_they_were_written_down() -> None:
    labels = labelled(a_labeller(), "names for a tea bar")

    assert Labels.loaded(labels.dumped()) == labels
    with pytest.raises(json.JSONDecodeError):
        Labels.loaded("[")


def test_new_topics_are_asked_as_the_team_asks_as_often_as_it_does() -> None:
    asked = [
        *(f"Names for a {thing}" for thing in ("tea bar", "bakery", "boat", "harp")),
        *(f"a slogan for our {n}" for n in "abcd"),
    ]

    new = [prompt.text for prompt in new_topics([a_topic(text) for text in asked], seed=1)]

    names = [text for text in new if text.startswith(("names for a ", "names for an "))]
    slogans = [text for text in new if text.startswith("a slogan for our ")]
    assert len(new) == len(names) + len(slogans) == len(THINGS)
    assert 20 < len(names) < len(THINGS) - 20


def test_an_article_suits_its_thing() -> None:
    new = [prompt.text for prompt in new_topics([a_topic(f"names for an {thing}") for thing in ("oven", "inn", "ark")], seed=1)]

    assert all((text[12:].lower().startswith(tuple("aeiou"))) is False for text in new if text.startswith("names for a "))
    assert any(text.startswith("names for an ") for text in new)


@pytest.mark.parametrize(
    "topics",
    [
        [a_topic(f"names for a {thing}", told=False) for thing in ("bar", "boat", "harp", "inn")],
        [a_topic(f"names for a {thing}") for thing in ("bar", "boat")],
        [a_topic(text) for text in ("what now?", "names for Paris", "rhymes on love", "help")],
        [a_topic(f"names for a {thing}", language="zh") for thing in ("茶馆", "书店", "船")],
    ],
    ids=["untold", "seldom", "no thing", "Chinese"],
)
def test_no_topic_is_made_up_from_words_that_were_not_given_or_say_too_little(topics: list[Topic]) -> None:
    assert new_topics(topics, seed=1) == []


def test_topics_that_the_team_asked_itself_are_drafted_for_again_where_they_may_be_learned_from() -> None:
    topics = [a_topic("names for a bar"), a_topic("names for a boat", told=False), a_topic("names for a harp", operation="more")]

    assert [prompt.text for prompt in own_topics(topics)] == ["names for a bar"]
