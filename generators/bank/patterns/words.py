"""Words by which English topics are read; the words themselves are in the table of the same name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

WORDS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def any_of(words: Sequence[str]) -> str:
    """An expression that any of some words fits."""
    return f"(?:{'|'.join(words)})"
