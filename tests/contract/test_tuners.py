"""Every tuner learns what its lessons say, leaves the base as it was, can be killed at any step, and writes what PEFT reads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import learning.tuners
from bot import plugins
from learning.dataset import Lesson, PreferencePair, TrainingSet
from learning.plan import Plan
from learning.tuners import dpo
from learning.tuners._length import shift, sooner
from learning.tuners._lora import CONFIG, WEIGHTS, Unsuited, read
from learning.tuners._policy import Policy
from learning.tuners._training import CHECKPOINT, Cancelled, Step, batches
from learning.workshop import judged
from tests.lessons import SMALL, a_lesson, a_policy, a_syllabus
from tests.tiny import random_model

TUNERS = plugins.names(learning.tuners)


def tuned(
    name: str, policy: Policy, work: Path, *, training_set: TrainingSet | None = None, stop_at: int = 1000, **changes: object
):
    seen: list[Step] = []
    plan = replace(SMALL, method=name, **changes)
    tuner = plugins.load(learning.tuners, name).build(plan)
    made = tuner.tune(
        policy, training_set or a_syllabus(), work, base="tiny", news=seen.append, stop=lambda: len(seen) >= stop_at
    )
    return made, seen


@pytest.mark.parametrize("name", TUNERS)
def test_a_tuner_learns_what_its_lessons_say(name: str, tmp_path: Path) -> None:
    policy = a_policy()
    trees = [policy.tree(a_lesson(number)) for number in range(6)]
    with torch.no_grad():
        before = torch.stack([policy.logprobs(tree) for tree in trees])

    made, seen = tuned(name, policy, tmp_path, epochs=6)

    with torch.no_grad():
        after = torch.stack([policy.logprobs(tree) for tree in trees])
    gain = after - before
    assert (gain[:, 0] > gain[:, 1]).all()  # answer 0 is the chosen, liked and imitated one; answer 1 is not
    assert seen[-1].step == seen[-1].steps == len(seen)
    assert seen[-1].loss < seen[0].loss
    assert seen[-1].accuracy == 1.0
    assert made.history == tuple(seen)
    assert made.cpu_s > 0


@pytest.mark.parametrize("name", TUNERS)
def test_the_base_stays_as_it_was(name: str, tmp_path: Path) -> None:
    policy, fresh = a_policy(), a_policy()
    tree = policy.tree(a_lesson())
    with torch.no_grad():
        base = fresh.logprobs(tree)

    tuned(name, policy, tmp_path)

    with torch.no_grad():
        with policy.as_base():
            assert torch.equal(policy.logprobs(tree), base)
        assert not torch.allclose(policy.logprobs(tree), base)


@pytest.mark.parametrize("name", TUNERS)
def test_a_run_that_was_stopped_goes_on_and_ends_where_it_would_have(name: str, tmp_path: Path) -> None:
    whole, _seen = tuned(name, a_policy(), tmp_path / "whole")
    with pytest.raises(Cancelled):
        tuned(name, a_policy(), tmp_path / "broken", stop_at=2)

    resumed, seen = tuned(name, a_policy(), tmp_path / "broken")

    assert seen[0].step == 3
    assert (resumed.folder / WEIGHTS).read_bytes() == (whole.folder / WEIGHTS).read_bytes()


@pytest.mark.parametrize("name", TUNERS)
def test_a_checkpoint_of_another_run_or_a_broken_one_is_no_obstacle(name: str, tmp_path: Path) -> None:
    whole, _seen = tuned(name, a_policy(), tmp_path / "whole")
    with pytest.raises(Cancelled):
        tuned(name, a_policy(), tmp_path / "work", stop_at=2, learning_rate=0.5)

    _made, seen = tuned(name, a_policy(), tmp_path / "work")
    assert seen[0].step == 1
    (tmp_path / "work" / CHECKPOINT).write_bytes(b"half a check")
    made, seen = tuned(name, a_policy(), tmp_path / "work")

    assert seen[0].step == 1
    assert (made.folder / WEIGHTS).read_bytes() == (whole.folder / WEIGHTS).read_bytes()


@pytest.mark.parametrize("name", TUNERS)
def test_an_adapter_does_in_a_fresh_model_what_it_did_in_the_tuned_one(name: str, tmp_path: Path) -> None:
    policy, fresh = a_policy(), a_policy()
    made, _seen = tuned(name, policy, tmp_path)
    tree = policy.tree(a_lesson())

    fresh.wear(made.folder)

    with torch.no_grad():
        assert torch.equal(fresh.logprobs(tree), policy.logprobs(tree))


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")  # PEFT's use of transformers
@pytest.mark.parametrize("name", TUNERS)
def test_peft_reads_the_adapter(name: str, tmp_path: Path) -> None:
    peft = pytest.importorskip("peft", reason="pip install 'muselab[tune]'")
    policy = a_policy()
    made, _seen = tuned(name, policy, tmp_path)
    tree = policy.tree(a_lesson())

    other = Policy(peft.PeftModel.from_pretrained(random_model("llama"), made.folder), policy.tokenizer)

    with torch.no_grad():
        torch.testing.assert_close(other.plain_logprobs(tree), policy.plain_logprobs(tree), atol=1e-4, rtol=0)


def test_an_adapter_of_another_base_is_refused(tmp_path: Path) -> None:
    made, _seen = tuned("dpo", a_policy(), tmp_path)

    with pytest.raises(Unsuited):
        read(random_model("gpt2"), made.folder)
    with pytest.raises(Unsuited):
        read(random_model("qwen3"), made.folder)
    config = json.loads((made.folder / CONFIG).read_text())
    (made.folder / CONFIG).write_text(json.dumps({**config, "use_dora": True}))
    with pytest.raises(Unsuited):
        read(random_model("llama"), made.folder)


@pytest.mark.parametrize("family", ["llama", "mistral", "qwen2", "qwen3"])
def test_answers_in_one_tree_are_as_likely_as_alone(family: str) -> None:
    policy = a_policy(family)
    policy.check()
    policy.adapt(rank=4, alpha=8.0, seed=1)
    tree = policy.tree(a_lesson())

    torch.testing.assert_close(policy.logprobs(tree), policy.plain_logprobs(tree), atol=1e-4, rtol=0)


@pytest.mark.parametrize("family", ["windowed", "gpt2"])
def test_a_model_that_does_not_keep_answers_apart_is_refused(family: str, tmp_path: Path) -> None:
    with pytest.raises(Unsuited):
        tuned("dpo", a_policy(family), tmp_path)


def test_samples_are_the_same_for_the_same_seed_and_end_at_the_phrases_stop() -> None:
    policy = a_policy()
    phrase = replace(a_lesson().phrase, max_tokens=12, stop=("a", "\n"))

    once, again, other = (policy.write(phrase, 5, seed=seed) for seed in (1, 1, 2))

    assert once == again != other
    assert len(once) == 5
    assert not any(mark in text for text, _ended in once for mark in phrase.stop)
    assert len({text for text, _ended in once}) > 1


def test_what_is_kept_is_the_mean_over_the_last_half_of_the_steps(tmp_path: Path) -> None:
    policy, seen = a_policy(), list[dict[str, torch.Tensor]]()

    def news(_step: object) -> None:
        assert policy.adapter is not None
        seen.append({name: values.clone() for name, values in policy.adapter.state().items()})

    tuner = plugins.load(learning.tuners, "dpo").build(replace(SMALL, epochs=5))
    made = tuner.tune(policy, a_syllabus(), tmp_path, base="tiny", news=news, stop=lambda: False)

    kept = load_file(made.folder / WEIGHTS)
    half = [one for number, one in enumerate(seen, 1) if number > len(seen) / 2]
    assert 1 < len(half) < len(seen)
    for name, values in kept.items():
        assert torch.allclose(values, torch.stack([one[name] for one in half]).mean(0), atol=1e-6)
        assert "lora_B" not in name or not torch.equal(values, seen[-1][name])


def test_a_step_is_smaller_where_few_pairs_would_make_too_few_of_them() -> None:
    objective = dpo.Preferring(Plan())

    def sizes(topics: int) -> list[int]:
        steps = batches(a_syllabus(topics), objective, replace(Plan(), epochs=1))
        return [sum(map(objective.items, step)) for step in steps[:-1]]

    assert set(sizes(75)) == {8}  # 150 pairs
    assert set(sizes(200)) == {20}
    assert set(sizes(500)) == {32}


def ending(policy: Policy, lessons: Sequence[Lesson]) -> torch.Tensor:
    """Log-odds of ending an answer, wherever one could, nats."""
    with torch.no_grad():
        trees = [policy.tree(lesson) for lesson in lessons]
        chances = [policy.chances(tree).exp()[:, list(tree.stopping)].sum(dim=-1) for tree in trees]
    return torch.logit(torch.cat(chances))


def test_odds_of_ending_are_shifted_and_all_else_keeps_its_share() -> None:
    chances = torch.log_softmax(torch.tensor([[1.0, 2.0, 3.0, 0.5], [0.0, 0.0, 4.0, 1.0]]), dim=-1)

    found = sooner(chances, [1, 3], 0.7)

    def odds(rows: torch.Tensor) -> torch.Tensor:
        return torch.logit(rows.exp()[:, [1, 3]].sum(dim=-1))

    torch.testing.assert_close(odds(found) - odds(chances), torch.full((2,), 0.7))
    torch.testing.assert_close(found[:, 0] - found[:, 2], chances[:, 0] - chances[:, 2])
    torch.testing.assert_close(found[:, 1] - found[:, 3], chances[:, 1] - chances[:, 3])


@pytest.mark.parametrize("by", [1.0, -1.0])
def test_a_tuned_model_learns_to_end_sooner_or_later_also_after_answers_it_was_not_shown(by: float, tmp_path: Path) -> None:
    policy = a_policy()
    tuned("dpo", policy, tmp_path)
    shown, others = [a_lesson(number) for number in range(8)] * 2, [a_lesson(number) for number in (8, 9)]
    before = ending(policy, shown), ending(policy, others)

    shift(policy, shown, by, stop=lambda: False, rate=SMALL.learning_rate / 10)

    for lessons, was in zip((shown, others), before, strict=True):
        moved = (ending(policy, lessons) - was) / by
        assert 0.1 < moved.mean() < 1.5


def test_an_answer_cannot_end_before_its_first_token_and_ends_once() -> None:
    policy = a_policy()
    tree = policy.tree(a_lesson(answers=("\nab\n", "abc\n.\n")))  # the first begins on a line of its own

    # after "\n", "\na", "\nab"; after "a", "ab", "abc"
    assert len(policy.chances(tree)) == 6
    assert policy.tokenizer("\n")["input_ids"][0] in tree.stopping
    assert policy.ends[0] in tree.stopping
    assert len(tree.stopping) == 2


def test_a_shift_can_be_cancelled() -> None:
    policy = a_policy()
    policy.adapt(rank=4, alpha=8.0, seed=1)

    with pytest.raises(Cancelled):
        shift(policy, [a_lesson()], 1.0, stop=lambda: True)


def test_what_a_model_thinks_of_held_out_answers_is_averaged_over_the_ways_of_asking(tmp_path: Path) -> None:
    policy = a_policy()
    tuned("dpo", policy, tmp_path)
    ways = [a_lesson(7), a_lesson(7, phrase=replace(a_lesson().phrase, prompt="Name 7: "))]

    ((one, alone),) = judged(policy, ways[:1])
    ((_lesson, other),) = judged(policy, ways[1:])
    ((lesson, both),) = judged(policy, ways)

    assert lesson == one == ways[0]
    assert alone != pytest.approx(other)
    assert both == pytest.approx([(a + b) / 2 for a, b in zip(alone, other, strict=True)], abs=1e-5)


@pytest.mark.parametrize("first", [1.8, 0.2])
def test_a_pair_moves_the_model_as_much_as_its_balance_says(first: float, tmp_path: Path) -> None:
    pairs = ((0, 1, first), (1, 0, 2 - first))
    opposed = tuple(PreferencePair(chosen=good, rejected=bad, weight=1.0, balance=balance) for good, bad, balance in pairs)
    training_set = TrainingSet(rounds=((a_lesson(preference_pairs=opposed),),))
    policy = a_policy()
    tree = policy.tree(a_lesson())

    tuned("dpo", policy, tmp_path, training_set=training_set, imitation=0.0)

    with torch.no_grad():
        gain = policy.logprobs(tree)
        with policy.as_base():
            gain -= policy.logprobs(tree)
    assert (gain[0] > gain[1]) == (first > 1)


TUNING = """
import sys
from pathlib import Path
from dataclasses import replace
import learning.tuners._training as training
from bot import plugins
import learning.tuners
from tests.lessons import SMALL, a_policy, a_syllabus
training.SAVE_EVERY_S = 0.0
tuner = plugins.load(learning.tuners, "dpo").build(replace(SMALL, epochs=12))
told = lambda step: print(step.step, flush=True)
tuner.tune(a_policy(), a_syllabus(), Path(sys.argv[1]), base="tiny", news=told, stop=lambda: False)
"""


def test_a_killed_tuner_resumes_and_ends_where_it_would_have(tmp_path: Path) -> None:
    moment = 5
    whole, _seen = tuned("dpo", a_policy(), tmp_path / "whole", epochs=12)
    work = tmp_path / "killed"
    killed = subprocess.Popen(
        [sys.executable, "-c", TUNING, work],
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": "."},
    )
    assert killed.stdout is not None
    for _step in range(moment):
        killed.stdout.readline()
    time.sleep(0.003 * moment)  # now and then in the middle of writing the checkpoint

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    resumed, seen = tuned("dpo", a_policy(), work, epochs=12)

    assert seen[0].step >= moment
    assert (resumed.folder / WEIGHTS).read_bytes() == (whole.folder / WEIGHTS).read_bytes()
