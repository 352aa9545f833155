"""A workshop that trusts a forecast learns from drafts that it labels; one that does not learns from votes' pairs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ideas import Draft, Prompt
from bot.domain.models import ChannelSettings
from bot.ports import Phrase
from learning.gathering import gather
from learning.job import Base, Job, Made
from learning.judge import Bar
from learning.labelling import DRAFTED
from learning.plan import Plan
from learning.sets import Split, split, training_set
from learning.tuners._policy import Policy
from learning.workshop import LABELS, TorchWorkshop
from storage.memory import MemoryStore
from tests import tiny
from tests.builders import NOON, RED, a_brainstorm, an_idea, an_opinion
from tests.unit.test_labelling import NAMES, PHRASING, Likes

PLAN = Plan(method="distil", rank=4, alpha=8.0, epochs=1, seed=3, labelled=5, rehearsed=1, strengths=(1.0,), evened=0)


class Writing(TorchWorkshop):
    """A workshop whose base model writes names."""

    def __init__(self, *, trusted: bool = True) -> None:
        forecast: Any = lambda _topics, _embed: Likes(trusted=trusted)  # noqa: E731
        super().__init__(PHRASING, None, forecast=forecast)
        self.asked: list[str] = []

    def write(self, policy: Policy, phrase: Phrase, prompt: Prompt, count: int, *, seed: int) -> tuple[Draft, ...]:
        if count == DRAFTED:
            self.asked.append(prompt.text)
        return tuple(Draft(text=text) for text in NAMES[:count])


async def voted() -> Split:
    store = MemoryStore()
    await store.settle(RED, ChannelSettings(training=True))
    for number in range(4):
        brainstorm = a_brainstorm(prompt=Prompt(text=f"names for a boat {number}"), created_at=NOON + timedelta(hours=number))
        await store.begin(brainstorm)
        for text, value in ((f"Good {number}", 1.0), (f"Bad {number}", -1.0)):
            idea = await store.add(an_idea(text, brainstorm=brainstorm.id, created_at=brainstorm.created_at))
            for voter in range(4):
                await store.hear(RED.team, an_opinion(idea, f"v{voter}", value))
    return split(await gather(store, RED.team))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.saved(tmp_path_factory.mktemp("model"))


def made(workshop: TorchWorkshop, model: Path, work: Path) -> tuple[Made, Sequence[str]]:
    chosen, doing = asyncio.run(voted()), dict[str, None]()
    job = Job(
        base=Base(folder=str(model), name="tiny", digest="d"),
        plan=PLAN,
        bar=Bar(),
        training_set=training_set(chosen, PHRASING, PLAN),
        topics=chosen,
        work=work,
        device="cpu",
    )
    return workshop(job, lambda what, _share: doing.setdefault(what), lambda: False), list(doing)


def test_drafts_for_new_topics_are_learned_from_where_the_forecast_is_trusted(model: Path, tmp_path: Path) -> None:
    workshop = Writing()

    result, doing = made(workshop, model, tmp_path)

    assert result.metrics["labelled"] == len(workshop.asked) == PLAN.labelled
    assert all(text.startswith(("names for a ", "names for an ")) for text in workshop.asked)
    assert doing[:2] == ["labelling", "distilling"]


def test_a_killed_run_does_not_label_anew(model: Path, tmp_path: Path) -> None:
    made(Writing(), model, tmp_path)
    again = Writing()

    result, _doing = made(again, model, tmp_path)

    assert (tmp_path / LABELS).exists()
    assert again.asked == []
    assert result.metrics["labelled"] == PLAN.labelled


def test_votes_teach_themselves_where_no_forecast_is_trusted(model: Path, tmp_path: Path) -> None:
    result, doing = made(Writing(trusted=False), model, tmp_path)

    assert result.metrics["labelled"] == 0
    assert doing[:2] == ["labelling", "tuning"]
