"""Models worth naming, and what each would cost on this machine: memory, and seconds a brainstorm by a short probe."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("catalogue.toml")
EMBEDDED, PACKAGES = "embedded", "packages"  #: sources that are no name on the hub
BESIDE = 0.35e9  # bytes that the service takes beside the weights: Python, the embedder, the work; measured 0.32 and 0.49 GB
#: Twenty drafts of a sentence, as the product asks for them: their tokens and the prompt's and the scores', in passes of 20 rows.
PASSES = 48
ROWS = 20
PROBED = (896, 4864)  # width and inner width of the layer that is timed: a model of 0.5 billion parameters


@dataclass(frozen=True, slots=True)
class Entry:
    """One model that is listed."""

    name: str
    source: str  #: EMBEDDED, PACKAGES, or a name on the hub
    parameters: int
    size: int  #: bytes to fetch
    licence: str
    languages: tuple[str, ...]

    def memory(self, *, gpu: bool) -> float:
        """Bytes that the service holds with it: eight bits a parameter on a CPU, sixteen on a GPU."""
        return BESIDE + self.parameters * (2 if gpu else 1)


@cache
def entries() -> Mapping[str, Entry]:
    """All of them by name in small letters, the smallest first."""
    tables: Mapping[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name.lower(): Entry(name=name, **{**table, "languages": tuple(table["languages"])}) for name, table in tables.items()}


def seconds_a_parameter(threads: int) -> float | None:
    """Seconds of a brainstorm for each parameter of a model on this CPU, by timing a layer of made-up numbers; None: not here."""
    if importlib.util.find_spec("openvino") is None:
        return None
    from generators.engines.text import layer
    from generators.engines.text.rounded_weights import RoundedWeights

    weights: RoundedWeights = _made_up(*PROBED)
    parameters = sum(one.whole.size for one in weights.matrices.values())
    return layer.seconds(weights, threads) / parameters * PASSES


def _made_up(hidden: int, inner: int) -> Any:
    """One layer of the Llama family with numbers that mean nothing."""
    from generators.engines.text.network import HEAD, JOINED, NORM, SPEEDS, TABLE, Sizes
    from generators.engines.text.rounded_weights import Rounded, RoundedWeights

    sizes = Sizes(hidden=hidden, inner=inner, layers=1, heads=14, groups=2, width=64, vocabulary=64, eps=1e-6, scaling=64**-0.5)
    chance = np.random.default_rng(0)

    def rounded(out: int, into: int) -> Rounded:
        whole = chance.integers(-127, 128, (out, into), np.int8)
        return Rounded(whole, np.full((out, 1), 1e-3, np.float16))

    of = sizes.changeable
    matrices = {f"0.{key}": rounded(sum(of[name][0] for name in names), of[names[0]][1]) for key, names in JOINED.items()}
    matrices[TABLE] = matrices[HEAD] = rounded(sizes.vocabulary, hidden)
    ones = np.ones(hidden, np.float32)
    vectors = {NORM: ones, SPEEDS: np.ones(32, np.float32), "0.before": ones, "0.between": ones}
    return RoundedWeights(sizes=sizes, matrices=matrices, vectors=vectors, memory=None)
