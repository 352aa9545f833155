"""A tuning run's steps are logged where its host wants to look at them: TensorBoard, or what speaks W&B's calls."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import Misconfigured
from learning.tracking import EVENTS, runs, tracker
from learning.tuners._training import Step


def steps(count: int) -> list[Step]:
    return [
        Step(step=n, steps=count, loss=1 / n, accuracy=0.5, margin=float(n), chosen=0.0, rate=1e-3, seconds=float(n))
        for n in range(1, count + 1)
    ]


@dataclass
class Project:
    """What W&B and trackio have in common."""

    said: list[Any] = field(default_factory=list)

    def init(self, **given: Any) -> None:
        self.said.append(("begun", given["project"], given["name"]))

    def log(self, numbers: dict[str, float]) -> None:
        self.said.append(numbers["loss"])

    def finish(self) -> None:
        self.said.append("ended")


def test_a_run_is_begun_once_told_step_by_step_and_ended(tmp_path: Path) -> None:
    project = Project()
    track = runs(project)

    for step in steps(2):
        track(tmp_path / "run7", step)

    assert project.said == [("begun", "muselab", "run7"), 1.0, 0.5, "ended"]


def test_nothing_is_logged_unless_it_is_wanted() -> None:
    assert tracker("") is None


@pytest.mark.skipif(importlib.util.find_spec("wandb") is not None, reason="W&B is installed here")
def test_what_is_not_installed_is_named_with_the_way_out() -> None:
    with pytest.raises(Misconfigured, match="wandb.*MUSELAB_LEARN__TRACK"):
        tracker("wandb")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tensorboard_reads_back_what_was_logged(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason="pip install 'muselab[tune]'")
    track = tracker("tensorboard")
    assert track is not None

    for step in steps(3):
        track(tmp_path, step)

    read = events.EventAccumulator(str(tmp_path / EVENTS))
    read.Reload()
    assert [(one.step, one.value) for one in read.Scalars("tuning/margin")] == [(1, 1.0), (2, 2.0), (3, 3.0)]
    assert len(list((tmp_path / EVENTS).iterdir())) == 1
