"""Whether numbers, money, dates and names are said as words: `python -m tests.bench.spoken`, over tests/data/spoken.tsv.

Every third row is marked unseen: the rules were written without looking at how those came out.
"""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generators.engines.speech import reading

TABLE = Path(__file__).parents[1] / "data" / "spoken.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A text and how people say it."""

    written: str
    said: str  #: several ways are parted by |
    kept: str  #: "unseen" or empty


@cache
def rows() -> tuple[Row, ...]:
    """The table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(Row(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def words(text: str) -> str:
    """What is heard of a text: its words, without their marks."""
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.casefold().replace("’", "'").replace("-", " ")))


def wrong(row: Row) -> str:
    """What is said instead; empty where it is right."""
    said = reading.spoken(row.written)
    return "" if words(said) in {words(each) for each in row.said.split("|")} else said


def main() -> None:
    """Every row that is said wrongly, and a RESULT line."""
    counts = {"": [0, 0], "unseen": [0, 0]}
    for row in rows():
        if row.kept and "--seen" in sys.argv:
            continue
        said = wrong(row)
        counts[row.kept][0] += not said
        counts[row.kept][1] += 1
        if said:
            print(f"  {row.written}: {said}; right: {row.said}")
    (seen, of_seen), (unseen, of_unseen) = counts[""], counts["unseen"]
    print(f"{seen} of {of_seen} said rightly, {unseen} of {of_unseen} unseen ones")
    print(f"RESULT spoken_right {(seen + unseen) / (of_seen + of_unseen):.4f}")


if __name__ == "__main__":
    main()
