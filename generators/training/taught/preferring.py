"""Second lessons, from what readers found good: python -m generators.training.taught.preferring --start FOLDER --out FOLDER.

The model learns three things at once, of each topic and all its drafts in one pass: to write the good ones rather than the others
(DPO over all pairs of a topic, and a little of the plain loss on the good ones, so that they do not become less likely together),
and to say behind a draft whether it is good (cross-entropy, and again all pairs). Topics of the first lessons go along: there the
ideas of the lessons are the good ones, and its own drafts the others (Chen et al. 2024, arXiv 2401.01335).
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from torch import Tensor
from torch.nn import functional
from transformers import AutoModelForCausalLM, AutoTokenizer

from bot.config import Settings
from generators.client.lessons import GOOD, LINE, OTHER, VERDICT
from generators.service import weights
from generators.training.taught import readings
from generators.training.taught.forest import Tree, judged
from generators.training.taught.readings import Reading
from generators.training.taught.stepping import stepped


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How it is taught."""

    epochs: int = 2  #: times that every topic is seen
    rate: float = 1.5e-4  #: the highest learning rate
    least: float = 0.05  #: of it, where it ends
    warm: float = 0.05  #: share of the steps until it is reached
    accumulate: int = 2  #: topics a step
    beta: float = 0.1  #: DPO's pull towards the model that was begun with
    plain: float = 0.2  #: weight of the plain loss on good drafts
    verdict: float = 0.3  #: weight of a verdict's cross-entropy beside that of the pairs
    lessons: float = 0.3  #: weight of verdicts on lessons' ideas, which a reader's eye is not in
    seed: int = 0
    every: int = 20  #: steps between two lines of the log


class Preferring:
    """One training of one model that has an adapter. It owns the model."""

    def __init__(self, model: Any, tokenizer: Any, every: Sequence[Reading], plan: Plan) -> None:
        """Takes a model with its adapter and what was read; trains nothing yet, but asks it how likely all drafts are.

        Raises:
            ValueError: the tokenizer has no token of its own for each verdict.
        """
        torch.manual_seed(plan.seed)
        self.model, self.plan, self._tokenizer = model, plan, tokenizer
        self._tail = self._ids(VERDICT.lstrip("\n"))
        self._verdicts = [*self._ids(GOOD), *self._ids(OTHER)]
        if len(self._verdicts) != len((GOOD, OTHER)):
            raise ValueError("The two verdicts have to be one token each.")
        self.learned, self.apart = readings.split(every)
        self._parameters = [one for one in model.parameters() if one.requires_grad]
        self._optimizer = torch.optim.AdamW(self._parameters, lr=plan.rate, weight_decay=0.0, betas=(0.9, 0.99))
        with torch.inference_mode():
            self._reference = {id(one): self._judged(one)[0] for one in self.learned}

    def told(self) -> float:
        """Of a good and another draft of one topic that is kept apart, how often the verdicts tell which is which, 0..1."""
        right: list[float] = []
        with torch.inference_mode():
            for one in self.apart:
                verdicts, good = self._judged(one)[1], torch.tensor(one.good)
                odds = verdicts[:, 0] - verdicts[:, 1]
                right += (odds[good][:, None] > odds[~good][None]).float().flatten().tolist()
        return sum(right) / max(1, len(right))

    def go(self, report: Callable[[dict[str, float]], None]) -> None:
        """Trains to the plan's end; `report` is told the losses now and then."""
        chance = random.Random(self.plan.seed)
        order = [one for _epoch in range(self.plan.epochs) for one in chance.sample(self.learned, len(self.learned))]
        steps = math.ceil(len(order) / self.plan.accumulate)
        for step in range(steps):
            batch = order[step * self.plan.accumulate : (step + 1) * self.plan.accumulate]
            losses = [self._loss(one) for one in batch]
            (torch.stack(losses).sum() / self.plan.accumulate).backward()  # type: ignore[no-untyped-call]
            stepped(self._optimizer, self._parameters, self.plan, step, steps)
            if (step + 1) % self.plan.every == 0:
                report({"step": step + 1, "of": steps, "loss": sum(one.item() for one in losses) / len(losses)})
        report({"step": steps, "of": steps, "told": self.told()})

    def _loss(self, one: Reading) -> Tensor:
        good = torch.tensor(one.good, device=self.model.device)
        logps, verdicts = self._judged(one)
        lengths = torch.tensor([len(branch) for branch in self._tree(one).branches], device=logps.device)
        odds = verdicts[:, 0] - verdicts[:, 1]
        share = self.plan.lessons if one.lesson else 1.0
        loss = -share * self.plan.verdict * torch.where(good, verdicts[:, 0], verdicts[:, 1]).mean()
        if good.any():
            loss = loss - self.plan.plain * logps[good].sum() / lengths[good].sum()
        if good.any() and not good.all():
            gained = self.plan.beta * (logps - self._reference[id(one)])
            loss = loss - functional.logsigmoid(gained[good][:, None] - gained[~good][None]).mean()
            loss = loss - share * functional.logsigmoid(odds[good][:, None] - odds[~good][None]).mean()
        return loss

    def _judged(self, one: Reading) -> tuple[Tensor, Tensor]:
        return judged(self.model, self._tree(one), self._tail, self._verdicts)

    def _tree(self, one: Reading) -> Tree:
        trunk = self._ids(LINE.format(asked=one.topic, idea="").rstrip(" "))
        return Tree(tuple(trunk), tuple(tuple(self._ids(f" {draft}\n")) for draft in one.drafts))

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def main() -> None:
    """Trains, and says how far it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, required=True, help="the adapter of the first lessons")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=Plan.epochs)
    parser.add_argument("--device", default="cpu")
    chosen = parser.parse_args()
    where, _name = weights.text_weights(weights.EMBEDDED, Settings().cache, lambda _doing, _done: None, taught=False)
    base = AutoModelForCausalLM.from_pretrained(where, dtype=torch.float32).to(chosen.device)
    model = PeftModel.from_pretrained(base, chosen.start, is_trainable=True)
    preferring = Preferring(model, AutoTokenizer.from_pretrained(where), readings.every(), Plan(epochs=chosen.epochs))
    print(json.dumps({"topics": len(preferring.learned), "apart": len(preferring.apart)}), flush=True)  # noqa: T201
    preferring.go(lambda row: print(json.dumps({name: round(value, 3) for name, value in row.items()}), flush=True))  # noqa: T201
    model.save_pretrained(chosen.out)


if __name__ == "__main__":
    main()
