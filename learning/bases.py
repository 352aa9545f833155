"""The base model as a tuner takes it: its folder, its name, a digest of its weights; and the device to tune it on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from learning.job import Base

SAMPLE = 1 << 20  # bytes at either end of a file that are looked at: weights of 100 GB would take minutes to read


def base_of(folder: str, name: str) -> Base:
    """A model in a folder, or one of the hub that is on this machine."""
    where = Path(folder)
    if not where.is_dir():
        from huggingface_hub import snapshot_download

        where = Path(snapshot_download(folder))
    return Base(folder=str(where), name=name, digest=digest_of(where))


def digest_of(folder: Path) -> str:
    """Names a model's configuration and weights: sizes, beginnings and ends of the files."""
    total = hashlib.sha256()
    files = [file for file in sorted(folder.iterdir()) if file.name == "config.json" or file.suffix in (".safetensors", ".bin")]
    for file in files:
        size = file.stat().st_size
        total.update(f"{file.name}:{size}:".encode())
        with file.open("rb") as opened:
            total.update(opened.read(SAMPLE))
            opened.seek(max(0, size - SAMPLE))
            total.update(opened.read(SAMPLE))
    return total.hexdigest()[:32]


def device_of(wanted: str) -> str:
    """The device that "auto" means here."""
    if wanted != "auto":
        return wanted
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
