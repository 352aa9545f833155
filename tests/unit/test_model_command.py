"""What /model says of a version: in words, with how sure that is, and without anybody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands import model
from bot.commands.model import taught_by
from bot.config import GeneratorTable, Settings
from bot.domain.ideas import Prompt
from bot.domain.models import Tuning
from bot.ports import Health
from bot.services.models.reporting import measured, trial, under_way
from bot.services.models.serving import serving
from generators.client.scripted import ScriptedGenerator
from learning.canary import balance
from tests.builders import NOON, RED, a_brainstorm, a_call, a_version, an_idea, an_opinion
from tests.unit.test_announcing import a_house


def test_metrics_are_sentences_and_what_has_none_is_listed() -> None:
    found = {"accuracy": 0.637, "accuracy_low": 0.55, "length_before": 21.4, "length": 22.6, "loss": 0.6123, "mute": 2.0}

    assert measured(a_version(metrics=found)) == [
        "Orders 64 of 100 pairs of ideas on unseen topics as the team did.",
        "That is at least 55 of 100, nearly surely; luck is 50.",
        "Length: 21 characters before, 23 now.",
        "loss 0.612",
    ]


def test_a_run_s_cost_and_what_was_kept_of_it_are_sentences_too() -> None:
    found = {"strength": 0.55, "people": 11.0, "people_median": 0.583, "cpu_s": 84.2, "peak_mb": 1650.0}

    assert measured(a_version(metrics={**found, "utility_before": 0.8, "utility": 0.79})) == [
        "Half of the people who voted find 58 of 100 of their own preferences in it, or more.",
        "55 of 100 of the tuned change was kept, as much as leaves its ideas varied.",
        "Tuning took 84 CPU seconds.",
        "New and usable ideas, read from the top: 80 of 100 before, 79 now.",
    ]


def test_a_run_that_made_a_version_leaves_the_rest_to_the_version() -> None:
    run = Tuning(id="1" * 24, team=RED.team, state="done", version="red-v1", began_at=NOON, changed_at=NOON)

    assert under_way(run) == ""
    assert "was cancelled" not in under_way(replace(run, state="running", doing="judging", done=0.5))
    assert "judging, 50 %" in under_way(replace(run, state="running", doing="judging", done=0.5))


def test_a_trial_is_told_with_an_interval_and_what_would_decide_it() -> None:
    won = [True, False] * 8 + [True] * 4
    running = a_version(stage="canary")

    said = trial(running, balance(won))

    assert "liked better in 12 of 20 brainstorms" in said
    assert "20 decides, or 400 brainstorms" in said
    assert "decides" not in trial(replace(running, stage="live"), balance(won))
    assert trial(running, balance([])) == "No brainstorm has compared it yet."
    assert trial(a_version(), balance([])) == ""


def test_votes_and_topics_that_taught_a_version_are_counted_apart() -> None:
    ideas = [an_idea(), an_idea()]
    keys = (
        *(f"{idea.id}:{person}:vote" for idea in ideas for person in ("ann", "bob")),
        f"{ideas[0].id}:ann:stars",
        "b1:ann:topic",
    )
    given = [an_opinion(idea, person) for idea in ideas for person in ("ann", "bob")]

    said = taught_by(a_version(trained_on=keys), feedback=given)

    assert "Learned from 5 votes by 2 people on 2 ideas." in said
    assert "Given between 2026-05-04 and 2026-05-04." in said
    assert "It also learned the words of 1 topic." in said
    assert "(stars 1, vote 4)" in said
    assert "ann" not in said


async def test_the_list_tells_what_there_is_to_tune_with_and_what_is_missing(tmp_path: Path) -> None:
    house, chat = await a_house(tmp_path)
    for number in range(4):
        brainstorm = a_brainstorm(prompt=Prompt(text=f"names for thing {number}"), created_at=NOON + timedelta(hours=number))
        await house.store.begin(brainstorm)
        for text, value in ((f"Good {number}", 1.0), (f"Bad {number}", -1.0)):
            idea = await house.store.add(an_idea(text, brainstorm=brainstorm.id))
            for person in ("ann", "bob", "cem", "dee"):
                await house.store.hear(RED.team, an_opinion(idea, person, value))

    await model.run(house.services, a_call("model"), chat.to(RED))

    (card,) = chat.messages.values()
    assert "3 decided pairs over 3 topics to learn from, and 1 later topics to judge by" in card.text
    assert "pays from 150 pairs over 30 topics" in card.text


async def test_a_version_is_shown_with_the_curve_of_the_run_that_made_it(tmp_path: Path) -> None:
    house, chat = await a_house(tmp_path)
    version = a_version(stage="live")
    await house.store.keep_version(version)
    curve = ((1, 0.7, 0.5, 0.0, 0.0), (20, 0.41, 0.75, 1.0, -0.1))
    run = Tuning(id="1" * 24, team=RED.team, state="running", began_at=NOON, changed_at=NOON)
    await house.store.take_tuning(run, NOON)
    await house.store.keep_tuning(replace(run, state="done", version=version.id, curve=curve))

    await model.run(house.services, a_call("model", action="show"), chat.to(RED))

    (picture,) = next(iter(chat.messages.values())).files
    assert picture.name == "v1-learning.png"
    assert picture.content.startswith(b"\x89PNG")
    assert picture.alt == "Learning curve: loss from 0.70 to 0.41, pairs in order from 50% to 75%."
    assert picture.content == house.services.curve(curve)


async def test_who_asks_in_words_reads_one_sentence_that_names_the_model(tmp_path: Path) -> None:
    house, chat = await a_house(tmp_path)

    await model.run(house.services, a_call("model", spoken="are you an AI?"), chat.to(RED))

    (card,) = (card for cards in chat.whispers.values() for card in cards)
    assert card.text.startswith("I am Muselab, a bot for ideas, and no person. Ideas are made by no model here")
    assert "decided pairs" not in card.text


@pytest.mark.parametrize(
    ("health", "settings", "words"),
    [
        (
            Health(ready=True, doing="ready", model="Qwen3-4B"),
            {"url": "http://gpu:8000/v1"},
            "Qwen3-4B, in a service",
        ),
        (Health(ready=False, doing="loading"), {"url": "http://gpu:8000/v1", "model": "Qwen3-8B"}, "Ideas are made by Qwen3-8B"),
        (Health(ready=False, doing="loading"), {}, "made by SmolLM2-135M-Instruct, a small open model"),
        (Health(ready=True, doing="ready", model="scripted"), {}, "made by no model here"),
    ],
)
async def test_the_model_is_named_with_where_it_runs(
    tmp_path: Path, health: Health, settings: dict[str, str], words: str
) -> None:
    class Told(ScriptedGenerator):
        async def health(self) -> Health:
            return health

    assert words in await serving(Told(), Settings(home=tmp_path, generator=GeneratorTable(**settings)))
