"""One tuning run on the path that suits the machine: our own loop, or TRL's."""

from __future__ import annotations

import json
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from learning.lessons import Syllabus
from learning.plan import Plan
from learning.tuners._policy import Policy
from learning.tuners._training import News, Objective, Step, Stop, train

HISTORY = "history.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What a run made."""

    folder: Path  #: the adapter in PEFT's form
    history: tuple[Step, ...]
    cpu_s: float  #: CPU seconds of this process in it
    peak_mb: float  #: most memory this process ever held


class Tuning:
    """A tuner: an objective, and the loop around it."""

    def __init__(self, plan: Plan, objective: Objective) -> None:
        self.plan = plan
        self.objective = objective

    def tune(self, policy: Policy, syllabus: Syllabus, work: Path, *, base: str, news: News, stop: Stop) -> Tuned:
        """Tunes a base model on lessons, from the base, whatever was tuned before.

        Args:
            policy: the base; it wears the adapter afterwards.
            syllabus: what is learned.
            work: folder of this run: checkpoint, history, and at the end the adapter. A killed run goes on from here.
            base: the base model's name, noted in the adapter.
            news: told of every step.
            stop: asked before every step.

        Raises:
            Cancelled: `stop` said so.
            Unsuited: the model cannot be tuned so.
        """
        began = time.process_time()
        plan = self.plan
        policy.adapt(rank=plan.rank, alpha=plan.alpha, seed=plan.seed)
        policy.check()
        torch.manual_seed(plan.seed)
        history = train(policy, syllabus, self.objective, plan, work, news=news, stop=stop)
        assert policy.adapter is not None
        policy.adapter.save(work / "adapter", base=base)
        (work / HISTORY).write_text("".join(json.dumps(asdict(step)) + "\n" for step in history), encoding="utf-8")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Tuned(folder=work / "adapter", history=tuple(history), cpu_s=time.process_time() - began, peak_mb=peak)
