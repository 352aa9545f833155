"""What trainings share: the schedule, the optimiser, check points and the weights that are kept."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn


class Run:
    """One training, which goes on where it was stopped. Its cost is counted in CPU seconds, which other work does not change."""

    def __init__(
        self,
        net: nn.Module,
        folder: Path,
        name: str,
        *,
        budget_s: float,
        rate: float = 1.5e-3,
        warm: int = 60,
        until_s: float = math.inf,
    ) -> None:
        """Takes a fresh network.

        Args:
            net: what is trained, in place.
            folder: for the check point and the log.
            name: of the files.
            budget_s: CPU seconds; the learning rate falls with the share of it that is used.
            rate: the highest learning rate.
            warm: steps until it is reached.
            until_s: CPU seconds at which to stop for now; the next run goes on from there.
        """
        self.net, self.folder, self.name, self.budget_s, self.rate, self.warm = net, folder, name, budget_s, rate, warm
        self.until_s = min(budget_s, until_s)
        decay = [p for p in net.parameters() if p.dim() == 2]
        rest = [p for p in net.parameters() if p.dim() != 2]
        groups = [{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))
        self.step, self.spent_s, self.best = 0, 0.0, math.inf
        folder.mkdir(parents=True, exist_ok=True)
        if self._point.exists():
            saved = torch.load(self._point, weights_only=True)
            net.load_state_dict(saved["net"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.step, self.spent_s, self.best = saved["step"], saved["spent_s"], saved["best"]

    @property
    def _point(self) -> Path:
        return self.folder / f"{self.name}.pt"

    def go(self, loss: Callable[[], Tensor], judge: Callable[[], dict[str, float]], *, every: int) -> None:
        """Trains until the budget is used; judges and keeps the best after every so many steps."""
        started = time.process_time() - self.spent_s
        mean = 0.0
        while self.spent_s < self.until_s:
            share = self.spent_s / self.budget_s
            rate = self.rate * min(1.0, (self.step + 1) / self.warm) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            value = loss()
            value.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
            mean = value.item() if mean == 0 else 0.98 * mean + 0.02 * value.item()
            self.step += 1
            self.spent_s = time.process_time() - started
            if self.step % every == 0:
                self._note(judge(), mean)
        self._note(judge(), mean)

    def _note(self, judged: dict[str, float], mean: float) -> None:
        row = {
            "step": self.step,
            "cpu_s": round(self.spent_s),
            "train": round(mean, 4),
            **{k: round(v, 4) for k, v in judged.items()},
        }
        print(json.dumps(row), flush=True)  # noqa: T201 — progress of a training run at a terminal
        with (self.folder / f"{self.name}.jsonl").open("a") as log:
            log.write(json.dumps(row) + "\n")
        if judged["nll"] < self.best:
            self.best = judged["nll"]
            save(self.net, self.folder / f"{self.name}.safetensors", {"step": self.step, **row})
        state = {"net": self.net.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save({**state, "step": self.step, "spent_s": self.spent_s, "best": self.best}, self._point)


def save(net: nn.Module, path: Path, about: dict[str, float]) -> None:
    """Weights in half precision, with what is worth knowing about them."""
    weights = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in net.state_dict().items()}
    save_file(weights, path, metadata={"about": json.dumps(about)})
