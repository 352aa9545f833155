"""One tuning run on the path that suits the machine: our own loop, or TRL's."""

from __future__ import annotations

import copy
import importlib.util
import json
import resource
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from bot.domain.errors import Misconfigured
from bot.words import _
from learning.dataset import TrainingSet
from learning.plan import Plan
from learning.tuners._policy import Policy
from learning.tuners._training import News, Objective, Step, Stop, train

HISTORY = "history.jsonl"
NEEDED = ("trl", "peft", "datasets", "accelerate")  # for TRL's way


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What a run made."""

    folder: Path  #: the adapter in PEFT's form
    history: tuple[Step, ...]
    cpu_s: float  #: CPU seconds in it, of this process and those it launched
    peak_mb: float  #: most memory this process ever held


class Tuning:
    """A tuner: an objective, and the loop around it."""

    def __init__(self, plan: Plan, objective: Objective) -> None:
        self.plan = plan
        self.objective = objective

    def tune(self, policy: Policy, training_set: TrainingSet, work: Path, *, base: str, news: News, stop: Stop) -> Tuned:
        """Tunes a base model on lessons, from the base, whatever was tuned before.

        Args:
            policy: the base; it wears the adapter afterwards.
            training_set: what is learned.
            work: folder of this run: checkpoint, history, and at the end the adapter. A killed run goes on from here.
            base: the base model's name, noted in the adapter.
            news: told of every step.
            stop: asked before every step.

        Raises:
            Cancelled: `stop` said so.
            Unsuited: the model cannot be tuned so.
        """
        began = cpu_s()
        torch.manual_seed(self.plan.seed)
        if self.plan.processes > 1 and not by_trl(self.plan, policy.device.type):
            raise Misconfigured(
                _("Several processes tune by TRL only: set MUSELAB_LEARN__PATH=trl and pip install 'muselab[tune]'.")
            )
        if by_trl(self.plan, policy.device.type):
            history = self._by_trl(policy, training_set, work, news, stop)
        else:
            history = self._by_us(policy, training_set, work, base, news, stop)
        (work / HISTORY).write_text("".join(json.dumps(asdict(step)) + "\n" for step in history), encoding="utf-8")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Tuned(folder=work / "adapter", history=tuple(history), cpu_s=cpu_s() - began, peak_mb=peak)

    def _by_us(self, policy: Policy, training_set: TrainingSet, work: Path, base: str, news: News, stop: Stop) -> list[Step]:
        plan = self.plan
        policy.adapt(rank=plan.rank, alpha=plan.alpha, seed=plan.seed)
        policy.check()
        history = train(policy, training_set, self.objective, plan, work, news=news, stop=stop)
        assert policy.adapter is not None
        policy.adapter.save(work / "adapter", base=base)
        return history

    def _by_trl(self, policy: Policy, training_set: TrainingSet, work: Path, news: News, stop: Stop) -> list[Step]:
        from learning.tuners import _launched
        from learning.tuners._trl import tune

        if missing := next((name for name in NEEDED if importlib.util.find_spec(name) is None), None):
            raise Misconfigured(
                _("TRL's way of tuning needs the package {package}. Install it with pip install 'muselab[tune]'.").format(
                    package=missing
                )
            )
        if self.plan.processes > 1:
            base, device = str(policy.model.name_or_path), policy.device.type
            history = _launched.tune(base, training_set, self.plan, work, device=device, news=news, stop=stop)
            policy.wear(work / "adapter")
            return history
        other = Policy(copy.deepcopy(policy.model), policy.tokenizer)  # TRL changes the model it is given
        history = tune(other, training_set, self.plan, work, news=news, stop=stop)
        policy.wear(work / "adapter")
        return history


def cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in usages)


def by_trl(plan: Plan, device: str) -> bool:
    """Whether a plan runs by TRL on a kind of device."""
    return plan.path == "trl" or (plan.path == "auto" and device == "cuda" and importlib.util.find_spec("trl") is not None)
