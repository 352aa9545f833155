"""Loads a model that makes sound, by its name or folder, with the library that it is of."""

from __future__ import annotations

from pathlib import Path

from generators.engines.music.soundmodels import SoundModel

INDEX = "model_index.json"  #: what a pipeline of diffusers has in its folder, and a model of transformers has not


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
