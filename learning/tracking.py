"""Where a tuning run's steps are logged beside its own files: TensorBoard, Weights & Biases, or trackio."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.domain.errors import Misconfigured
from bot.words import _

Track = Callable[[Path, Any], None]
PROJECT = "muselab"
EVENTS = "events"  # folder in the run's


def tracker(name: str) -> Track | None:
    """What logs steps; None for an empty name.

    Raises:
        Misconfigured: its package is not installed.
    """
    if not name:
        return None
    try:
        return _tensorboard() if name == "tensorboard" else runs(importlib.import_module(name))
    except ModuleNotFoundError as error:
        raise Misconfigured(
            _(
                "Logging to {name} needs the package {package}. Install it with pip install {package}, "
                "or clear MUSELAB_LEARN__TRACK."
            ).format(name=name, package=error.name)
        ) from error


def _numbers(step: Any) -> dict[str, float]:
    return {key: float(value) for key, value in asdict(step).items() if key not in ("step", "steps")}


def _tensorboard() -> Track:
    from torch.utils.tensorboard import SummaryWriter

    writers: dict[Path, Any] = {}

    def track(folder: Path, step: Any) -> None:
        if folder not in writers:
            writers[folder] = SummaryWriter(str(folder / EVENTS))
        writer = writers[folder]
        for name, value in _numbers(step).items():
            writer.add_scalar(f"tuning/{name}", value, step.step)
        if step.step == step.steps:
            writer.close()

    return track


def runs(module: Any) -> Track:
    """What logs by W&B's own calls, which trackio has too; `module` is either."""
    begun: set[Path] = set()

    def track(folder: Path, step: Any) -> None:
        if folder not in begun:
            begun.add(folder)
            module.init(project=PROJECT, name=folder.name)
        module.log(_numbers(step))
        if step.step == step.steps:
            module.finish()

    return track
