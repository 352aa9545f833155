"""Teaches the embedded model: python -m generators.training.taught.train --out FOLDER [--epochs 2] [--device cuda].

What comes out is an adapter in PEFT's form; `generators.training.taught.export` puts it where it is read.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from bot.config import Settings
from generators.service import weights
from generators.training.taught import corpus
from generators.training.taught.corpus import Lesson
from generators.training.taught.forest import Tree, batches, loss
from generators.training.taught.stepping import stepped

LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How it is taught."""

    epochs: float = 2.0  #: times that every lesson is seen
    rank: int = 32  #: of the changes: ten million numbers in the asset
    alpha: float = 32.0
    rate: float = 5e-4  #: the highest learning rate
    warm: float = 0.05  #: share of the steps until it is reached
    tokens: int = 420  #: of one pass, as much as two cores' caches like
    accumulate: int = 2  #: passes a step
    seed: int = 0
    every: int = 40  #: steps between two lines of the log
    least: float = 0.05  #: of the highest rate, where it ends


class Teaching:
    """One training of one model. It owns the model, into which it puts the adapter."""

    def __init__(self, model: Any, tokenizer: Any, lessons: Sequence[Lesson], plan: Plan) -> None:
        """Takes a model and what it is to learn; trains nothing yet."""
        torch.manual_seed(plan.seed)
        form = LoraConfig(r=plan.rank, lora_alpha=plan.alpha, lora_dropout=0.0, target_modules=LINEAR, task_type="CAUSAL_LM")
        self.model = get_peft_model(model, form)
        self.plan, self._tokenizer, self._chance = plan, tokenizer, random.Random(plan.seed)
        self.learned, self.apart = corpus.split(lessons, plan.seed)
        self._pools: dict[str, list[Lesson]] = {}
        for lesson in self.learned:
            self._pools.setdefault(lesson.kind, []).append(lesson)
        self._parameters = [one for one in self.model.parameters() if one.requires_grad]
        self._optimizer = torch.optim.AdamW(self._parameters, lr=plan.rate, weight_decay=0.0, betas=(0.9, 0.99))

    def judged(self) -> float:
        """Loss on the topics that are kept apart, nats a token."""
        total, count = 0.0, 0
        with torch.inference_mode():
            for forest in batches([self._tree(lesson, shown=False) for lesson in self.apart], self.plan.tokens):
                value, tokens = loss(self.model, forest)
                total, count = total + float(value), count + tokens
        return total / count

    def go(self, report: Callable[[dict[str, float]], None]) -> None:
        """Trains to the plan's end; `report` is told the loss, and that on topics kept apart, now and then and at the end."""
        passes = max(1, round(self.plan.epochs * len(self._epoch())))
        steps = math.ceil(passes / self.plan.accumulate)
        began, forests = time.process_time(), self._forests()
        for step in range(steps):
            total, count = 0.0, 0
            for _pass in range(min(self.plan.accumulate, passes - step * self.plan.accumulate)):
                value, tokens = loss(self.model, next(forests))
                (value / tokens / self.plan.accumulate).backward()  # type: ignore[no-untyped-call]
                total, count = total + value.item(), count + tokens
            stepped(self._optimizer, self._parameters, self.plan, step, steps)
            row = {"step": step + 1, "of": steps, "loss": total / count, "cpu_s": time.process_time() - began}
            if step + 1 == steps or (step + 1) % (4 * self.plan.every) == 0:
                report(row | {"apart": self.judged()})
            elif (step + 1) % self.plan.every == 0:
                report(row)

    def save(self, folder: Path) -> None:
        """Writes the adapter in PEFT's form.

        Raises:
            OSError: it cannot be written.
        """
        self.model.save_pretrained(folder)

    def _forests(self) -> Iterator[list[Tree]]:
        while True:
            yield from self._epoch()

    def _epoch(self) -> list[list[Tree]]:
        """Every lesson once, in another order and with other examples each time."""
        order = self._chance.sample(self.learned, len(self.learned))
        return batches([self._tree(lesson, shown=True) for lesson in order], self.plan.tokens)

    def _tree(self, lesson: Lesson, *, shown: bool) -> Tree:
        """A lesson in tokens; `shown`: with examples before it now and then."""
        text = corpus.question(lesson, self._pools if shown else {}, self._chance)
        return Tree(tuple(self._ids(text)), tuple(tuple(self._ids(answer)) for answer in corpus.answers(lesson)))

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def main() -> None:
    """Trains, and says how far it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=corpus.DATA)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=Plan.epochs)
    parser.add_argument("--rate", type=float, default=Plan.rate)
    parser.add_argument("--rank", type=int, default=Plan.rank)
    parser.add_argument("--tokens", type=int, default=Plan.tokens)
    parser.add_argument("--device", default="cpu")
    chosen = parser.parse_args()
    where, _name = weights.text_weights(weights.EMBEDDED, Settings().cache, lambda _doing, _done: None, taught=False)
    model = AutoModelForCausalLM.from_pretrained(where, dtype=torch.float32).to(chosen.device)
    plan = Plan(epochs=chosen.epochs, rate=chosen.rate, rank=chosen.rank, alpha=float(chosen.rank), tokens=chosen.tokens)
    teaching = Teaching(model, AutoTokenizer.from_pretrained(where), corpus.lessons(chosen.data), plan)
    print(json.dumps({"topics": len(teaching.learned), "apart": len(teaching.apart), "before": teaching.judged()}))  # noqa: T201
    teaching.go(lambda row: print(json.dumps({name: round(value, 3) for name, value in row.items()}), flush=True))  # noqa: T201
    teaching.save(chosen.out)


if __name__ == "__main__":
    main()
