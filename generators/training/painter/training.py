"""Teaches the painter on the lessons that `generators.training.painter.pictures` made.

OMP_NUM_THREADS=1 python -m generators.training.painter.training lessons.npz painter.safetensors --plan 64:32:20,128:16:40
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generators.training.painter.nets import STYLES, Critic, Painter, condition

CLOSE = 24.0  #: weight of the mean absolute error beside the critic's verdict
LIKE = 2.0  #: weight of looking alike to the critic's layers
WARM = 200  #: steps before the critic has a say: it would judge noise
KEEP = 0.998  #: of the running average of weights, per step
EVERY = 50  #: steps between two lines of the log


class Lessons:
    """Batches of (lines, paintings, condition), endlessly, each seen differently every time."""

    def __init__(self, path: Path, *, seed: int) -> None:
        with np.load(path) as kept:
            self.held = kept["held"]
            self.pictures, self.lines = kept["pictures"], kept["lines"]
            self.palettes, self.styles = kept["palettes"], kept["styles"]
            self.meanings = kept["meanings"].astype(np.float32)
        self.rng = np.random.default_rng(seed)

    def batch(self, which: np.ndarray[Any, Any], side: int, *, varied: bool) -> tuple[Tensor, Tensor, Tensor]:
        """The lessons numbered `which`, at `side` pixels; as they are, or flipped, recoloured, shaken and half told."""
        picture = torch.from_numpy(self.pictures[which].transpose(0, 3, 1, 2).astype(np.float32) / 255)
        fineness = self.rng.integers(0, 2, len(which)) if varied else np.zeros(len(which), int)
        lines = torch.from_numpy(self.lines[which, fineness][:, None].astype(np.float32) / 255)
        palette, words = torch.from_numpy(self.palettes[which]), torch.from_numpy(self.meanings[which])
        style = torch.from_numpy(self.styles[which])
        if varied:
            picture, palette = self._recoloured(picture, palette)
            words = words * self._chance(0.8, len(which))
            style = torch.where(self._chance(0.9, len(which))[:, 0] > 0, style, STYLES)
            lines = self._shaken(lines)
            flip = self._chance(0.5, len(which))[..., None, None] > 0
            picture, lines = torch.where(flip, picture.flip(3), picture), torch.where(flip, lines.flip(3), lines)
        if side != picture.shape[-1]:
            picture, lines = functional.interpolate(picture, side, mode="area"), functional.interpolate(lines, side, mode="area")
            lines = (lines * 1.6).clamp(0, 1)
        return lines, picture, condition(words, style, palette)

    def train(self, size: int, side: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Batches of what is not held out."""
        places = np.flatnonzero(~self.held)
        while True:
            yield self.batch(self.rng.choice(places, size, replace=False), side, varied=True)

    def _chance(self, share: float, count: int) -> Tensor:
        return torch.from_numpy((self.rng.random((count, 1)) < share).astype(np.float32))

    def _recoloured(self, picture: Tensor, palette: Tensor) -> tuple[Tensor, Tensor]:
        """Half in other hues, with the palette told, so that the palette is obeyed; of the others one in three is told."""
        count = len(picture)
        turn = np.where(self.rng.random(count) < 0.5, self.rng.uniform(0, 2 * np.pi, count), 0.0)
        told = torch.from_numpy(((turn != 0) | (self.rng.random(count) < 0.33)).astype(np.float32))
        turned = torch.from_numpy(hue_turns(turn))
        alpha = picture[:, 3:]
        colour = torch.minimum(torch.einsum("nij,njhw->nihw", turned, picture[:, :3]).clamp(min=0), alpha)
        hues = torch.einsum("nij,ncj->nci", turned, palette[..., :3]).clamp(0, 1)
        palette = torch.cat([hues, palette[..., 3:]], -1) * (palette[..., 3:] > 0) * told[:, None, None]
        return torch.cat([colour, alpha], 1), palette

    def _shaken(self, lines: Tensor) -> Tensor:
        """An unsteady hand: wobbly, thicker or thinner, with gaps."""
        count, _one, side, _same = lines.shape
        wobble = torch.from_numpy(self.rng.normal(0, 1.0, (count, 2, 9, 9)).astype(np.float32))
        wobble = functional.interpolate(wobble, side, mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
        strength = torch.from_numpy(self.rng.uniform(0, 2.5 / side, (count, 1, 1, 1)).astype(np.float32))
        straight = functional.affine_grid(torch.eye(2, 3).repeat(count, 1, 1), list(lines.shape), align_corners=False)
        lines = functional.grid_sample(lines, straight + wobble * strength, align_corners=False)
        thick = functional.max_pool2d(lines, 3, 1, 1)
        lines = torch.where(self._chance(0.35, count)[..., None, None] > 0, thick, lines)
        gaps = torch.from_numpy(self.rng.normal(0, 1, (count, 1, 24, 24)).astype(np.float32))
        gaps = functional.interpolate(gaps, side, mode="bilinear", align_corners=False) < torch.from_numpy(
            self.rng.uniform(0.7, 3.0, (count, 1, 1, 1)).astype(np.float32)
        )
        return lines * gaps


def hue_turns(angle: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rotations of colour about the grey axis by `angle` radians, shape (n,) -> (n, 3, 3)."""
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / 3**0.5
    turned = cos * np.eye(3) + sin * cross + (1 - cos) * np.full((3, 3), 1 / 3)
    return np.asarray(turned, np.float32)


def train(lessons: Lessons, plan: list[tuple[int, int, float]], target: Path) -> None:
    """Follows a plan of (side, batch, minutes), writing the averaged painter now and then."""
    torch.manual_seed(0)
    painter, critic = Painter(), Critic()
    average = Painter()
    average.load_state_dict(painter.state_dict())
    first = torch.optim.Adam(painter.parameters(), 4e-4, betas=(0.5, 0.99))
    second = torch.optim.Adam(critic.parameters(), 4e-4, betas=(0.5, 0.99))
    step, began = 0, time.process_time()
    for side, size, minutes in plan:
        until, start = time.process_time() + 60 * minutes, time.process_time()
        for batch in lessons.train(size, side):
            spent = time.process_time()
            if spent > until:
                break
            rate = 4e-4 if side == plan[0][0] else 2e-4
            first.param_groups[0]["lr"] = rate * max(0.1, 1 - max(0.0, (spent - start) / (until - start) - 0.6) / 0.45)
            losses = one_step(painter, critic, first, second, batch, judged=step >= WARM)
            step += 1
            blend(average, painter, min(KEEP, step / (step + 20)))
            if step % EVERY == 0:
                log(step=step, side=side, cpu_min=round((spent - began) / 60, 1), **losses)
            if step % (8 * EVERY) == 0:
                log(step=step, held_l1=round(held_out(average, lessons, side), 4))
                save(average, target)
        log(step=step, side=side, held_l1=round(held_out(average, lessons, side), 4))
        save(average, target)


def one_step(
    painter: Painter,
    critic: Critic,
    first: torch.optim.Optimizer,
    second: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor, Tensor],
    *,
    judged: bool,
) -> dict[str, float]:
    """One step of both; L = CLOSE |x - x'| - D(x') + LIKE |D_i(x) - D_i(x')| and the hinge loss for the critic."""
    lines, truth, c = batch
    with torch.autocast("cpu", torch.bfloat16):
        made = painter(lines, c)
    made = made.float()
    close = (made - truth).abs().mean()
    loss, said = CLOSE * close, {"l1": round(close.item(), 4)}
    if judged:
        with torch.autocast("cpu", torch.bfloat16):
            real, features = critic(truth, lines, c)
            false, _ = critic(made.detach(), lines, c)
        doubt = functional.relu(1 - real.float()).mean() + functional.relu(1 + false.float()).mean()
        second.zero_grad(set_to_none=True)
        doubt.backward()  # type: ignore[no-untyped-call]
        second.step()
        with torch.autocast("cpu", torch.bfloat16):
            verdict, mine = critic(made, lines, c)
        like = sum((a.detach().float() - b.float()).abs().mean() for a, b in zip(features, mine, strict=True))
        loss = loss - verdict.float().mean() + LIKE * like
        said |= {"critic": round(doubt.item(), 3), "verdict": round(verdict.float().mean().item(), 3)}
    first.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(painter.parameters(), 5.0)
    first.step()
    return said


@torch.no_grad()
def blend(average: Painter, painter: Painter, keep: float) -> None:
    """Moves the running average of weights."""
    for mine, other in zip(average.parameters(), painter.parameters(), strict=True):
        mine.lerp_(other, 1 - keep)


@torch.no_grad()
def held_out(painter: Painter, lessons: Lessons, side: int) -> float:
    """Mean absolute error on the concepts never trained on, palette told."""
    places = np.flatnonzero(lessons.held)
    errors = []
    for some in np.array_split(places, max(1, len(places) // 32)):
        lines, truth, c = lessons.batch(some, side, varied=False)
        errors.append((painter(lines, c) - truth).abs().mean((1, 2, 3)))
    return float(torch.cat(errors).mean())


def save(painter: Painter, target: Path) -> None:
    """Half precision, whole or not at all."""
    from safetensors.torch import save_file

    work = target.with_suffix(".part")
    save_file({name: value.half().contiguous() for name, value in painter.state_dict().items()}, work)
    work.replace(target)


def log(**said: float) -> None:
    """One line of the log."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lessons", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--plan", default="64:32:20,128:16:40", help="side:batch:CPU minutes, comma between")
    given = parser.parse_args()
    plan = [(int(side), int(size), float(minutes)) for side, size, minutes in (p.split(":") for p in given.plan.split(","))]
    torch.set_num_threads(1)
    train(Lessons(given.lessons, seed=0), plan, given.target)


if __name__ == "__main__":
    main()
