"""Vectors of many texts by the embedder that the generation service ships, kept in a scratch file between runs."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BATCH = 64
SAVE_EVERY = 100  # batches; an interrupted run loses half a minute

CACHE = Path(os.environ.get("MUSELAB_BENCH_CACHE", Path(tempfile.gettempdir()) / "muselab-bench"))


def embedded(texts: Sequence[str]) -> NDArray[np.float32]:
    """One unit-length row per text, shape (len(texts), 384); what was embedded before is read from `CACHE`."""
    CACHE.mkdir(parents=True, exist_ok=True)
    file = CACHE / "all-MiniLM-L6-v2.npz"
    known: dict[str, NDArray[np.float32]] = {}
    if file.exists():
        with np.load(file) as stored:
            known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    keys = [hashlib.blake2b(text.encode(), digest_size=12).hexdigest() for text in texts]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        _embed(missing, known, file)
    return np.stack([known[key] for key in keys])


def _embed(missing: dict[str, str], known: dict[str, NDArray[np.float32]], file: Path) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    from generators.engines.text.embedding import VectorModel
    from generators.service import weights

    torch.set_num_threads(1)
    where, name = weights.vector_weights(weights.EMBEDDED)
    model = VectorModel(AutoModel.from_pretrained(where, dtype=torch.float32), AutoTokenizer.from_pretrained(where), name=name)
    rows = sorted(missing.items(), key=lambda row: len(row[1]))  # alike lengths waste no padding
    for number, start in enumerate(range(0, len(rows), BATCH), start=1):
        batch = rows[start : start + BATCH]
        vectors = model.embed([text for _key, text in batch])[0].numpy()
        known.update(zip((key for key, _text in batch), vectors, strict=True))
        if number % SAVE_EVERY == 0 or start + BATCH >= len(rows):
            print(f"embedding {min(start + BATCH, len(rows))}/{len(rows)}", file=sys.stderr, flush=True)
            _save(known, file)


def _save(known: dict[str, NDArray[np.float32]], file: Path) -> None:
    part = file.with_suffix(".part.npz")
    np.savez(part, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    part.replace(file)
