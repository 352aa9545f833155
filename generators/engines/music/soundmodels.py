"""Models that make sound from words: what is asked of them, and where each is loaded from. It knows no library of theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

INDEX = "model_index.json"  #: what a pipeline of diffusers has in its folder, and a model of transformers has not

Done = Callable[[float], None]  #: told the share that is done, 0..1
Raw = tuple[Any, int]  #: what a model gives, an array of samples by channels or the reverse, and samples a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One version that is wanted."""

    prompt: str
    seconds: float
    seed: int
    lyrics: str = ""  #: to be sung
    tempo: float = 0.0  #: beats a minute; 0: as the model likes
    key: str = ""  #: "D minor"; likewise


class SoundModel(Protocol):
    """A loaded model."""

    @property
    def sings(self) -> bool:
        """Whether it takes words to be sung."""

    @property
    def most_s(self) -> float:
        """Seconds that it makes at most."""

    def sound(self, order: Order, done: Done) -> Raw:
        """What it plays.

        Raises:
            Unmakeable: it cannot do this.
        """


def loaded(name: str, device: str, dtype: str) -> SoundModel:
    """A model by its name or folder.

    Raises:
        OSError, ValueError, KeyError, AttributeError: there is no such model, or it is none.
        Unmakeable: it makes no sound.
    """
    if is_pipeline(name):
        from generators.engines.music.diffused import Diffused

        return Diffused(name, device, dtype)
    from generators.engines.music.transformed import Transformed

    return Transformed(name, device, dtype)


def is_pipeline(name: str) -> bool:
    """Whether a model is a pipeline of diffusers: by its folder, or by its files on the hub."""
    if Path(name).is_dir():
        return (Path(name) / INDEX).is_file()
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError

    try:
        hf_hub_download(name, INDEX)
    except (EntryNotFoundError, OSError, ValueError):  # there is none, or no such model, or no network: it is told when loading
        return False
    return True
