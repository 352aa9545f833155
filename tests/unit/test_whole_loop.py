"""The bench of the whole loop goes on where it was cut off."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bench.whole import ENOUGH_S, Step, plan, run, state_of_sources, told


def test_a_finished_step_is_told_again_and_only_with_its_own_arguments(tmp_path: Path) -> None:
    step, file = Step("zen", "this", ()), tmp_path / "zen.json"
    assert told(file, step) is None

    run(step, file, os.environ)

    kept = told(file, step)
    assert kept is not None
    assert "Zen of Python" in str(kept["printed"])
    assert told(file, Step("zen", "this", ("--more",))) is None


def test_a_step_that_failed_is_not_kept(tmp_path: Path) -> None:
    step, file = Step("wrong", "tests.bench.longest", ("no such word",)), tmp_path / "wrong.json"

    with pytest.raises(SystemExit, match="Run this again"):
        run(step, file, {**os.environ, "PYTHONHASHSEED": "none"})  # Python itself refuses to start

    assert told(file, step) is None
    assert not list(tmp_path.iterdir())


def test_results_are_of_the_sources_that_they_were_made_with(tmp_path: Path) -> None:
    (tmp_path / "learning").mkdir()
    (tmp_path / "learning" / "a.py").write_text("A = 1\n")
    before = state_of_sources(tmp_path, ["learning"])

    (tmp_path / "learning" / "a.py").write_text("A = 2\n")

    assert state_of_sources(tmp_path, ["learning"]) != before


@pytest.mark.parametrize("quick", [False, True])
def test_both_runs_hold_seasons_trials_and_noise(tmp_path: Path, quick: bool) -> None:
    steps = plan(tmp_path, quick=quick)

    assert len({step.name for step in steps}) == len(steps)
    assert {step.name.partition("-")[0] for step in steps} == {"season", "trials", "noise"}
    assert ENOUGH_S[quick] > 0
