"""Our own loop and TRL agree on what they compute: losses on a tiny model, and what an adapter trained there does here."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bot.ports import Phrase
from learning.dataset import Lesson, PreferencePair, Thumb, TrainingSet
from learning.plan import Plan
from learning.tuners import _launched, dpo, kto, sft
from learning.tuners._policy import Policy
from learning.tuners._training import Cancelled, Step
from tests.fair import until_now
from tests.lessons import SMALL, a_policy
from tests.tiny import saved

pytest.importorskip("trl", reason="pip install 'muselab[tune]'")
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]  # importing TRL takes ten seconds of CPU

ASKED = Phrase(messages=({"role": "user", "content": "Name a boat"},), opening="It is ")
PAIRS = TrainingSet(
    rounds=(
        (
            Lesson(
                topic="t",
                phrase=ASKED,
                answers=("aab", "bbb", "abb"),
                preference_pairs=(
                    PreferencePair(chosen=0, rejected=1, weight=1.0),
                    PreferencePair(chosen=2, rejected=1, weight=1.0),
                ),
                thumbs=(Thumb(answer=0, liked=True, weight=1.0), Thumb(answer=1, liked=False, weight=1.0)),
                models=(Thumb(answer=0, liked=True, weight=1.0), Thumb(answer=2, liked=True, weight=1.0)),
            ),
        ),
    )
)
BUILDS = {"dpo": dpo.build, "kto": kto.build, "sft": sft.build}
#: One batch again and again; its first loss is the untouched model's. Answers are as long as one another, as TRL averages
#: likelihoods over all tokens of a batch and we over each answer's.
PLAN = replace(SMALL, epochs=6, batch=2, diversity=0.0, warmup=0.0, learning_rate=1e-3)


def steps(plan: Plan, work: Path) -> tuple[list[Step], Policy]:
    policy, seen = a_policy(), list[Step]()
    BUILDS[plan.method](plan).tune(policy, PAIRS, work, base="tiny", news=seen.append, stop=lambda: False)
    return seen, policy


@pytest.mark.parametrize("method", ["dpo", "sft", "kto"])
def test_ours_and_trls_first_losses_are_the_same(method: str, tmp_path: Path) -> None:
    ours, _policy = steps(replace(PLAN, method=method, path="own"), tmp_path / "own")
    theirs, _other = steps(replace(PLAN, method=method, path="trl"), tmp_path / "trl")

    assert ours[0].loss == pytest.approx(theirs[0].loss, abs=1e-4)
    assert ours[-1].loss < ours[0].loss
    assert theirs[-1].loss < theirs[0].loss
    if method == "dpo":
        assert ours[0].loss > 0.7  # log 2 and a fifth of the chosen answers' nats a token: not only the even odds of any model


def test_two_processes_share_a_step_and_write_once(tmp_path: Path) -> None:
    plan = replace(PLAN, path="trl")
    alone, _policy = steps(plan, tmp_path / "alone")
    base, out, told = saved(tmp_path / "base"), tmp_path / "out", list[Step]()
    a_policy().tokenizer.save_pretrained(base)  # with the chat's template
    out.mkdir()

    _launched.tune(str(base), PAIRS, replace(plan, processes=2), out, device="cpu", news=told.append, stop=lambda: False)

    assert [step.step for step in told] == [step.step for step in alone]
    assert [step.loss for step in told] == pytest.approx([step.loss for step in alone], abs=2e-3)
    left = {found.name for found in out.iterdir()}
    assert "adapter" in left
    assert not left & {"rows", "launch-training-set.json", "launch-plan.json"}  # people's words


def test_processes_that_break_say_why_and_a_cancelled_run_leaves_none_behind(tmp_path: Path) -> None:
    plan, out = replace(PLAN, path="trl", processes=2), tmp_path / "out"
    out.mkdir()

    with pytest.raises(_launched.Broke, match="nowhere"):
        _launched.tune(str(tmp_path / "nowhere"), PAIRS, plan, out, device="cpu", news=lambda _step: None, stop=lambda: False)
    with pytest.raises(Cancelled):
        _launched.tune(str(saved(tmp_path / "base")), PAIRS, plan, out, device="cpu", news=lambda _step: None, stop=lambda: True)

    mine = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, check=False)
    assert mine.stdout == b""
    assert not (out / "launch-training-set.json").exists()


def test_the_processes_of_a_killed_learner_end_too(tmp_path: Path) -> None:
    base, out = saved(tmp_path / "base"), tmp_path / "out"
    out.mkdir()
    learner = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", LEARNER, str(base), str(out)], env={**os.environ, "PYTHONPATH": "."}
    )
    try:
        until_now(lambda: b"_trl" in working(tmp_path))
    finally:
        learner.kill()
        learner.wait()

    until_now(lambda: working(tmp_path) == b"")


LEARNER = """
import sys
from dataclasses import replace
from pathlib import Path
from learning.tuners import _launched
from tests.unit.test_trl_agrees import PAIRS, PLAN

plan = replace(PLAN, path="trl", processes=2, epochs=100_000)
_launched.tune(sys.argv[1], PAIRS, plan, Path(sys.argv[2]), device="cpu", news=lambda _step: None, stop=lambda: False)
"""


def working(folder: Path) -> bytes:
    """The command lines of processes that work in a folder, but for the learner's own."""
    found = subprocess.run(["pgrep", "-af", rf"learning\.tuners\._trl.*{folder}"], capture_output=True, check=False)
    return found.stdout


def test_an_adapter_trained_by_trl_does_here_what_it_did_there(tmp_path: Path) -> None:
    from peft import PeftModel

    from tests.tiny import random_model

    _seen, policy = steps(replace(PLAN, method="sft", path="trl", epochs=4), tmp_path)
    tree = policy.tree(PAIRS.rounds[0][0])
    other = Policy(PeftModel.from_pretrained(random_model("llama"), tmp_path / "adapter"), policy.tokenizer)

    with torch.no_grad():
        torch.testing.assert_close(policy.logprobs(tree), other.plain_logprobs(tree), atol=1e-4, rtol=0)
        with policy.as_base():
            assert not torch.allclose(policy.logprobs(tree), other.plain_logprobs(tree), atol=1e-3)
