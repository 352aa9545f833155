"""Trains the four-part model: python -m generators.training.music.fourparts --out FOLDER."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generators.engines.music.cells import MASK, OFFSETS, VOICES
from generators.training.loop import Run
from generators.training.music import chorales
from generators.training.music.chorales import Chorale
from generators.training.music.nets import FourParts

STEPS = 64  # eighths in a crop: eight bars
BATCH = 16
MOVED = 0.5  # share of crops whose key is moved by up to two semitones, so that keys that are rare in Bach are known too


Crop = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, tuple[int, int]]


def crop(piece: Chorale, random: np.random.Generator) -> Crop:
    """A stretch of a piece: cells, places, closes, which steps are real, and mode with offset."""
    start = int(random.integers(0, max(1, len(piece.cells) - STEPS + 1)))
    count = min(STEPS, len(piece.cells))
    cells = np.zeros((STEPS, VOICES), dtype=np.int64)
    places, closes, real = np.zeros(STEPS, dtype=np.int64), np.zeros(STEPS, dtype=np.int64), np.zeros(STEPS, dtype=bool)
    cells[:count] = piece.cells[start : start + count]
    places[:count] = piece.places[start : start + count]
    closes[:count] = piece.closes[start : start + count]
    real[:count] = True
    moved = int(random.integers(-2, 3)) if random.random() < MOVED else 0
    return cells, places, closes, real, (int(piece.minor), int(np.clip(piece.offset + 5 + moved, 0, OFFSETS - 1)))


def hidden(random: np.random.Generator) -> np.ndarray:
    """Which cells are to be guessed, in one of three manners, (STEPS, VOICES)."""
    manner = random.random()
    mask = np.zeros((STEPS, VOICES), dtype=bool)
    if manner < 0.4:  # any
        mask = random.random((STEPS, VOICES)) < random.uniform(0.1, 1.0)
    elif manner < 0.75:  # whole voices, to harmonise
        mask[:, random.permutation(VOICES)[: random.integers(1, VOICES)]] = True
        mask &= random.random((STEPS, VOICES)) < random.uniform(0.5, 1.2)
    else:  # a stretch of some voices, to vary and continue
        length = int(random.integers(4, STEPS // 2))
        start = int(random.integers(0, STEPS - length + 1))
        mask[start : start + length, random.permutation(VOICES)[: random.integers(1, VOICES + 1)]] = True
    return mask


def loss_of(net: FourParts, crops: list[Crop], masks: np.ndarray) -> Tensor:
    """Mean negative log-likelihood of hidden cells, nats."""
    cells, places, closes, real = (torch.from_numpy(np.stack([crop[column] for crop in crops])) for column in range(4))
    wholes = torch.tensor([crop[4] for crop in crops])
    mask = torch.from_numpy(masks) & real[..., None]
    logits = net(torch.where(mask, MASK, cells), places, closes, wholes, real)
    return functional.cross_entropy(logits[mask], cells[mask])


def judged(net: FourParts, pieces: list[Chorale]) -> dict[str, float]:
    """How well held-out pieces are foretold: with lower voices hidden, with half and a seventh of the cells hidden."""
    net.eval()
    random = np.random.default_rng(0)
    crops = [crop(piece, random) for piece in pieces]
    lower = np.zeros((len(crops), STEPS, VOICES), dtype=bool)
    lower[..., 1:] = True
    half, few = (random.random(lower.shape) < share for share in (0.5, 0.15))
    with torch.no_grad():
        found = {
            "lower": loss_of(net, crops, lower).item(),
            "half": loss_of(net, crops, half).item(),
            "few": loss_of(net, crops, few).item(),
        }
    net.train()
    return {"nll": sum(found.values()) / 3, **found}


def main() -> None:
    """Trains, and writes fourparts.safetensors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cpu-minutes", type=float, default=25)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    torch.manual_seed(chosen.seed)
    train, held_out = chorales.split(list(chorales.chorales()))
    print(len(train), "chorales to train on,", len(held_out), "held out")  # noqa: T201
    net = FourParts()
    run = Run(net, chosen.out, "fourparts", budget_s=chosen.cpu_minutes * 60, rate=1e-3)
    random = np.random.default_rng(chosen.seed + run.step)
    weights = np.array([len(piece.cells) for piece in train], dtype=float)

    def loss() -> Tensor:
        picked = random.choice(len(train), BATCH, p=weights / weights.sum())
        return loss_of(net, [crop(train[number], random) for number in picked], np.stack([hidden(random) for _ in picked]))

    run.go(loss, lambda: judged(net, held_out), every=100)


if __name__ == "__main__":
    main()
