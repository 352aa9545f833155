"""Music: tunes by the small models that the repository carries, or sound by any text-to-audio model of transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from generators.engines.making import Engine

EMBEDDED = "embedded"


class Settings(Protocol):
    """What this engine reads of the settings."""

    @property
    def music(self) -> str:
        """A Hugging Face name, a folder, or EMBEDDED."""

    @property
    def device(self) -> str:
        """Where a named model runs: "auto", "cpu", "cuda" …."""

    @property
    def dtype(self) -> str:
        """Of a named model: "auto", "float32" …."""


def build(settings: Settings, cache: Path) -> Engine:
    """The engine that the settings name. `cache` is not needed: nothing is converted or downloaded by the embedded one."""
    if settings.music == EMBEDDED:
        from generators.engines.music.embedded import Tunesmith

        return Tunesmith()
    from generators.engines.music.sampled import AudioModel

    return AudioModel(settings.music, device=settings.device, dtype=settings.dtype)
