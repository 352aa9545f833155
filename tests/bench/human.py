"""Where people's judgements lie that some benchmarks measure on: a folder that MUSELAB_BENCH_DATA names. No test needs it.

The folder holds parts of these published sets, by their names there:

- `captions/contests.csv`, `captions/captions_300_per_contest.csv.gz`: nextml/caption-contest-data-api, CC BY 4.0; of each contest
  the top 20 and 280 random captions with their counts of funny, somewhat_funny and unfunny.
- `aut/aut_originality.csv.gz`: massivetexts/llm_aut_study, MIT; uses of things with their rated originality.
- `polis/statements.csv`, `polis/votes.csv.gz`: compdemocracy/openData, CC BY 4.0; statements and every vote on them.
- `novelty/prompts.jsonl`: NoveltyBench, MIT; prompts that have many good answers.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "MUSELAB_BENCH_DATA"


def found(name: str) -> Path | None:
    """The file of this name, such as `aut/aut_originality.csv.gz`, or None where it is not on this machine."""
    folder = os.environ.get(VARIABLE)
    file = Path(folder).expanduser() / name if folder else None
    return file if file is not None and file.exists() else None


def wanted(name: str) -> Path:
    """The file of this name.

    Raises:
        SystemExit: it is not on this machine; the sentence says how to have it.
    """
    file = found(name)
    if file is None:
        folder = os.environ.get(VARIABLE)
        where = f"{VARIABLE} names {folder}, which has no {name}" if folder else f"{VARIABLE} names no folder"
        raise SystemExit(f"This benchmark reads {name}, and {where}. What belongs there: the docstring of {__name__}.")
    return file
