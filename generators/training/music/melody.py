"""Trains the melody model: python -m generators.training.music.melody --out FOLDER."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generators.engines.music import steps
from generators.engines.music.known import Known
from generators.engines.music.notation import Tune
from generators.training.loop import Run
from generators.training.music import corpus
from generators.training.music.nets import Melody

TOKENS = 4_000  # notes in a batch
UNNAMED = 0.15  # share of tunes whose kind is hidden, so that the model also writes without one
Sample = tuple[np.ndarray, tuple[int, int, int]]


def encoded(tunes: list[Tune]) -> list[Sample]:
    """Tunes as numbers; uncommon ones are left out."""
    samples: list[Sample] = []
    for tune in tunes:
        try:
            samples.append((steps.encode(tune)[: steps.MAX_STEPS], steps.conditions(tune.kind, tune.metre, tune.key.mode)))
        except steps.Uncommon:
            continue
    return samples


def batch_of(samples: list[Sample]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Rows, notes before, conditions, and which rows are no padding."""
    longest = max(len(rows) for rows, _ in samples)
    rows = np.zeros((len(samples), longest, 5), dtype=np.int64)
    past = np.zeros((len(samples), longest, 3), dtype=np.int64)
    real = np.zeros((len(samples), longest), dtype=bool)
    for number, (sample, _) in enumerate(samples):
        rows[number, : len(sample)] = sample
        past[number, : len(sample)] = steps.before(sample)
        real[number, : len(sample)] = True
    conditions = torch.tensor([whole for _, whole in samples])
    return torch.from_numpy(rows), torch.from_numpy(past), conditions, torch.from_numpy(real)


def losses(net: Melody, samples: list[Sample], *, unnamed: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Mean negative log-likelihood per note, nats: of pitches, and of lengths."""
    rows, past, conditions, real = batch_of(samples)
    if unnamed is not None:
        conditions[:, 0] = torch.where(unnamed[: len(samples)] < UNNAMED, 0, conditions[:, 0])
    pitch, length = net(rows, past, conditions)
    return (
        functional.cross_entropy(pitch[real], rows[..., steps.PITCH][real]),
        functional.cross_entropy(length[real], rows[..., steps.LENGTH][real]),
    )


class Batches:
    """Batches of tunes of a like length, in an order that chance gives."""

    def __init__(self, samples: list[Sample], seed: int) -> None:
        self.samples = samples
        self.random = np.random.default_rng(seed)
        self.waiting: list[list[Sample]] = []

    def take(self) -> list[Sample]:
        """The next batch."""
        if not self.waiting:
            lengths = np.array([len(rows) for rows, _ in self.samples]) + self.random.normal(0, 8, len(self.samples))
            batch: list[Sample] = []
            for number in np.argsort(lengths):
                if (len(batch) + 1) * len(self.samples[number][0]) > TOKENS and batch:
                    self.waiting.append(batch)
                    batch = []
                batch.append(self.samples[number])
            self.waiting.append(batch)
            self.random.shuffle(self.waiting)
        return self.waiting.pop()


def judged(net: Melody, samples: list[Sample]) -> dict[str, float]:
    """How well held-out tunes are foretold."""
    net.eval()
    ordered = sorted(samples, key=lambda sample: len(sample[0]))
    pitch = length = notes = 0.0
    with torch.no_grad():
        for at in range(0, len(ordered), 24):
            piece = ordered[at : at + 24]
            count = sum(len(rows) for rows, _ in piece)
            one, other = losses(net, piece)
            pitch, length, notes = pitch + one.item() * count, length + other.item() * count, notes + count
    net.train()
    return {"nll": (pitch + length) / notes, "pitch": pitch / notes, "length": length / notes}


def main() -> None:
    """Trains, and writes melody.safetensors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cpu-minutes", type=float, default=25)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    torch.manual_seed(chosen.seed)
    train, held_out = corpus.split(corpus.families(corpus.tunes()))
    chosen.out.mkdir(parents=True, exist_ok=True)
    Known.of(set().union(*map(corpus.windows, train))).write(chosen.out / "known.bits")
    samples, judges = encoded(train), encoded(held_out)
    print(len(samples), "tunes to train on,", len(judges), "held out")  # noqa: T201
    net = Melody()
    run = Run(net, chosen.out, "melody", budget_s=chosen.cpu_minutes * 60)
    batches = Batches(samples, chosen.seed + run.step)

    def loss() -> Tensor:
        batch = batches.take()
        pitch, length = losses(net, batch, unnamed=torch.rand(len(batch)))
        return pitch + length

    run.go(loss, lambda: judged(net, judges), every=100)


if __name__ == "__main__":
    main()
