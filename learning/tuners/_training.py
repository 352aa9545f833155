"""The loop that every method shares: steps over lessons, a checkpoint that outlives a kill, progress.

The order of lessons comes from the plan's seed, and a step's result from the order, so a resumed run ends where an
uninterrupted one would, to the bit on the same machine.
"""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from learning.dataset import Lesson, TrainingSet
from learning.plan import Plan
from learning.tuners._policy import Policy, Tree

CHECKPOINT = "checkpoint.pt"
SAVE_EVERY_S = 15.0  # an adapter of 135M parameters with Adam's state is 60 MB: written in a quarter of a second
FORM = 2  # of the checkpoint; another one starts over
STEPS, SMALLEST = 20, 8  # steps an epoch, at least, and what a step is not made smaller than for that: few pairs are many steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step found."""

    step: int
    steps: int
    loss: float
    accuracy: float  #: share of the pairs (or thumbs) whose implicit rewards have the right order (or sign)
    margin: float  #: mean difference of implicit rewards, in units of reward (beta times nats)
    chosen: float  #: mean implicit reward of chosen or liked answers: falling, it tells of forgetting
    rate: float  #: learning rate
    seconds: float  #: since this process began to train


News = Callable[[Step], None]
Stop = Callable[[], bool]


class Cancelled(Exception):
    """Somebody asked the tuning to stop. The checkpoint stays."""


class Objective(Protocol):
    """What is minimised over one lesson."""

    def weight(self, lesson: Lesson) -> float:
        """How much the lesson counts; 0: nothing to learn here."""
        ...

    def items(self, lesson: Lesson) -> int:
        """Judged pairs, thumbs or texts in it, for the size of a step."""
        ...

    def loss(self, logps: Tensor, reference: Tensor, lengths: Tensor, lesson: Lesson) -> tuple[Tensor, dict[str, float]]:
        """The weighted sum of the lesson's losses, and sums of what a `Step` tells, with their count as "n".

        Args:
            logps: of the lesson's answers under the policy, nats, shape (answers,).
            reference: the same under the base.
            lengths: tokens of the answers, shape (answers,).
            lesson: which.
        """
        ...

    def before(self, policy: Policy, batch: Sequence[tuple[Lesson, Tree]]) -> None:
        """Looks at a step's lessons before they are learned, without gradients."""
        ...


@dataclass(slots=True)
class State:
    """Where a run is."""

    step: int = 0
    history: list[Step] = field(default_factory=list)
    mean: dict[str, Tensor] = field(default_factory=dict)  #: of the adapter after the steps that are averaged
    averaged: int = 0  #: how many these are so far

    def average(self, weights: Mapping[str, Tensor]) -> None:
        """Takes one more step's weights into the mean."""
        self.averaged += 1
        for name, values in weights.items():
            mean = self.mean.get(name, torch.zeros_like(values))
            self.mean[name] = mean + (values - mean) / self.averaged


def batches(training_set: TrainingSet, objective: Objective, plan: Plan) -> list[list[Lesson]]:
    """The lessons of each step, all epochs one after another."""
    batches: list[list[Lesson]] = []
    for epoch in range(plan.epochs):
        lessons = [lesson for lesson in training_set.rounds[epoch % len(training_set.rounds)] if objective.weight(lesson) > 0]
        random.Random(f"{plan.seed}/{epoch}").shuffle(lessons)
        size = min(plan.batch, max(SMALLEST, sum(map(objective.items, lessons)) // STEPS))
        batch: list[Lesson] = []
        for lesson in lessons:
            batch.append(lesson)
            if sum(map(objective.items, batch)) >= size:
                batches.append(batch)
                batch = []
        if batch:
            batches.append(batch)
    return batches


def rate(step: int, steps: int, plan: Plan) -> float:
    """The learning rate of a step, 0-based: up in a line, then down in one."""
    rising = max(1, math.ceil(plan.warmup * steps))
    if step < rising:
        return plan.learning_rate * (step + 1) / rising
    return plan.learning_rate * (steps - step) / max(1, steps - rising)


def train(
    policy: Policy, training_set: TrainingSet, objective: Objective, plan: Plan, work: Path, *, news: News, stop: Stop
) -> list[Step]:
    """Tunes the policy's adapter, going on from the checkpoint in `work` when it is of this very run.

    What the policy wears afterwards is the mean of its weights after each of the last steps, `plan.averaged` of all: a step knows
    few topics, and each pulls its own way. Source: Izmailov et al. 2018 (arXiv 1803.05407).

    Raises:
        Cancelled: `stop` said so; what was done is in the checkpoint.
    """
    assert policy.adapter is not None
    steps = batches(training_set, objective, plan)
    weights = policy.adapter.parameters()
    optimizer = torch.optim.AdamW(weights, lr=plan.learning_rate, weight_decay=0.0)
    run = f"{FORM}/{training_set.digest}/{plan.digest}"
    state = _resumed(work / CHECKPOINT, run, policy, optimizer)
    began = saved = time.monotonic()
    known: dict[int, tuple[Tree, Tensor]] = {}
    while state.step < len(steps):
        if stop():
            _save(work / CHECKPOINT, run, policy, optimizer, state)
            raise Cancelled
        at = rate(state.step, len(steps), plan)
        _go_at(optimizer, at)
        with numbers(plan, policy.device.type):
            metrics = _step(policy, steps[state.step], objective, known)
        _descend(optimizer, weights, plan.clip)
        state.step += 1
        if state.step > (1 - plan.averaged) * len(steps):
            state.average(policy.adapter.state())
        state.history.append(_told(metrics, state.step, len(steps), at, time.monotonic() - began))
        news(state.history[-1])
        if time.monotonic() - saved > SAVE_EVERY_S:
            _save(work / CHECKPOINT, run, policy, optimizer, state)
            saved = time.monotonic()
    _save(work / CHECKPOINT, run, policy, optimizer, state)
    if state.mean:
        policy.adapter.take(state.mean)
    return state.history


def numbers(plan: Plan, device: str) -> AbstractContextManager[object]:
    """In which numbers a step's passes are computed: bfloat16 where the plan allows it and the processor multiplies in it.

    Log-probabilities, losses and the adapter itself stay float32.
    """
    if plan.rounded and device == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported():  # noqa: SLF001 - torch has no other door
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()


def _step(
    policy: Policy, lessons: Sequence[Lesson], objective: Objective, known: dict[int, tuple[Tree, Tensor]]
) -> dict[str, float]:
    """Adds up the gradients of one step; what it found, summed."""
    total = sum(map(objective.weight, lessons))
    batch = []
    for lesson in lessons:
        if id(lesson) not in known:
            tree = policy.tree(lesson)
            with torch.no_grad(), policy.as_base():
                known[id(lesson)] = (tree, policy.logprobs(tree))
        batch.append((lesson, known[id(lesson)][0]))
    with torch.no_grad():
        objective.before(policy, batch)
    sums: dict[str, float] = {"loss": 0.0}
    for lesson in lessons:
        tree, reference = known[id(lesson)]
        lengths = torch.tensor([len(branch) for branch in tree.branches], device=policy.device)
        loss, metrics = objective.loss(policy.logprobs(tree), reference, lengths, lesson)
        (loss / total).backward()  # type: ignore[no-untyped-call]
        sums["loss"] += float(loss.detach()) / total
        for name, value in metrics.items():
            sums[name] = sums.get(name, 0.0) + value
    return sums


def _go_at(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Sets the learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def _descend(optimizer: torch.optim.Optimizer, weights: Sequence[Tensor], clip: float) -> None:
    """Takes one step against the gradients, whose norm is `clip` at most, and forgets them."""
    torch.nn.utils.clip_grad_norm_(weights, clip)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def _told(sums: dict[str, float], step: int, steps: int, rate: float, seconds: float) -> Step:
    n = max(1.0, sums.get("n", 1.0))
    return Step(
        step=step,
        steps=steps,
        loss=sums["loss"],
        accuracy=sums.get("right", 0.0) / n,
        margin=sums.get("margin", 0.0) / n,
        chosen=sums.get("chosen", 0.0) / n,
        rate=rate,
        seconds=seconds,
    )


def _save(file: Path, run: str, policy: Policy, optimizer: torch.optim.Optimizer, state: State) -> None:
    """Writes the checkpoint beside the old one and puts it in its place: a kill leaves the one or the other."""
    assert policy.adapter is not None
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    content: dict[str, Any] = {
        "run": run,
        "step": state.step,
        "history": [asdict(step) for step in state.history],
        "adapter": policy.adapter.state(),
        "optimizer": optimizer.state_dict(),
        "mean": state.mean,
        "averaged": state.averaged,
    }
    with part.open("wb") as opened:
        torch.save(content, opened)
        opened.flush()
        os.fsync(opened.fileno())
    part.replace(file)


def _resumed(file: Path, run: str, policy: Policy, optimizer: torch.optim.Optimizer) -> State:
    """Takes over a checkpoint of the same run; one of another run, or one that cannot be read, is no reason to stop."""
    assert policy.adapter is not None
    if not file.exists():
        return State()
    try:
        content = torch.load(file, map_location=policy.device, weights_only=True)
        if content["run"] != run:
            return State()
        policy.adapter.take(content["adapter"])
        optimizer.load_state_dict(content["optimizer"])
        history = [Step(**step) for step in content["history"]]
        return State(step=content["step"], history=history, mean=content["mean"], averaged=content["averaged"])
    except Exception:  # noqa: BLE001 - torch raises what its unpickler raises; the run then starts over
        file.unlink(missing_ok=True)
        policy.adapter.take({**policy.adapter.state()})
        return State()


def held_out(policy: Policy, lessons: Sequence[Lesson]) -> Iterator[tuple[Lesson, Tensor, Tensor]]:
    """Each lesson with its answers' log-probabilities under policy and base, nats, shape (answers,)."""
    with torch.inference_mode():
        for lesson in lessons:
            tree = policy.tree(lesson)
            tuned = policy.logprobs(tree)
            with policy.as_base():
                yield lesson, tuned, policy.logprobs(tree)
