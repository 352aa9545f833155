"""Puts a trained poet where it is read: python -m generators.training.poet.export --poems FOLDER --out FOLDER.

`--out` is the folder of the training. Beside the weights go what is known of characters, which runs of seven the poems hold, and
a vector for each keyword.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
from pathlib import Path

import numpy as np

from generators.engines.text.multilingual import Multilingual
from generators.training.poet import corpus
from generators.verse.keywords import content
from generators.verse.runs import Runs
from generators.verse.writing import ASSETS

KEYWORDS = 4000  # the commonest; rarer ones are hardly nearer to anything
BATCH = 256


def main() -> None:
    """Writes the four files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--poems", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    ASSETS.mkdir(parents=True, exist_ok=True)
    train, _judges = corpus.split(corpus.poems(chosen.poems))
    knows = json.loads(gzip.decompress((chosen.out / "poet.json.gz").read_bytes()))
    knows["keywords"] = [word for word in knows["keywords"] if content(word)][:KEYWORDS]
    Runs.of("".join(poem.lines) for poem in train).write(ASSETS / "known.bits")
    embed = Multilingual()
    words = knows["keywords"]
    rows = np.concatenate([embed(words[start : start + BATCH]) for start in range(0, len(words), BATCH)])
    np.save(ASSETS / "keywords.npy", np.round(rows / np.abs(rows).max(axis=1, keepdims=True) * 127).astype(np.int8))
    (ASSETS / "poet.json.gz").write_bytes(gzip.compress(json.dumps(knows, ensure_ascii=False).encode(), mtime=0))
    shutil.copyfile(chosen.out / "poet.safetensors", ASSETS / "poet.safetensors")
    print(len(words), "keywords;", *(f"{file.name} {file.stat().st_size}" for file in sorted(ASSETS.iterdir())))  # noqa: T201


if __name__ == "__main__":
    main()
