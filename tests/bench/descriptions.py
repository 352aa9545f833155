"""Whether tunes are what their words ask for: `python -m tests.bench.descriptions`, over the table in tests/data/tunes.tsv.

A description is kept when in each of four draws what a musician expects holds: felt beats a minute, key or mode, metre, players.
Every third row is marked unseen: the words were chosen without looking at how those came out.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generators.engines.music import arrange, keys, options, writing
from generators.engines.music.choosing import Choice, choose
from generators.engines.music.notation import Note

TABLE = Path(__file__).parents[1] / "data" / "tunes.tsv"
DRAWS = 4
LOOSE = {"major": {"major", "mixolydian"}, "minor": {"minor", "dorian"}}
METRES = {"3": {"3/4"}, "4": {"2/4", "4/4"}, "6": {"6/8"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A description and what a musician expects; empty where anything is right."""

    description: str
    tempo: str
    key: str
    metre: str
    players: str
    kept: str  #: "unseen" or empty


@cache
def rows() -> tuple[Row, ...]:
    """The table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(Row(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def wrong(row: Row) -> str:
    """What is not as expected; empty where all is."""
    for seed in range(DRAWS):
        choice = choose(row.description, options.read({}), None, seed=seed, number=seed % 2)
        names = players(choice)
        found = [*_paced(row, choice), *_keyed(row, choice), *_lined(row, names)]
        if row.metre and str(choice.metre) not in METRES[row.metre]:
            found.append(f"in {choice.metre}")
        if found:
            return f"{choice.style.name}: " + "; ".join(found)
    return ""


def players(choice: Choice) -> list[str]:
    """Who plays, the tune first."""
    if choice.style.four_parts:
        return [choice.lead or choice.band.lead[0], *choice.band.chords, *choice.band.bass]
    notes = tuple(Note(60, choice.metre.pulse) for _beat in range(choice.bars * choice.metre.bar // choice.metre.pulse))
    under = arrange.harmony.under(notes, choice.key, choice.metre, 0)
    return [voice.name for voice in arrange.score(writing._plan(choice, notes), under).voices]


def _paced(row: Row, choice: Choice) -> list[str]:
    if not row.tempo:
        return []
    low, high = map(float, row.tempo.split("-"))
    pace = choice.tempo * 24 / choice.metre.pulse
    return [] if low <= pace <= high else [f"at {pace:.0f}"]


def _keyed(row: Row, choice: Choice) -> list[str]:
    right = choice.key.mode in LOOSE[row.key] if row.key in LOOSE else not row.key or choice.key == keys.named(row.key)
    return [] if right else [f"in {choice.key.name}"]


def _lined(row: Row, names: list[str]) -> list[str]:
    found = []
    for asked in filter(None, row.players.split(",")):
        how, _space, name = asked.strip().partition(" ")
        right = {
            "only": set(names) == set(name.split("+")),
            "lead": names[0] == name,
            "has": name in names,
            "-" + name: name not in names,
        }.get(how)
        if how[0] in "+-":
            right = (how[1:] in names) == (how[0] == "+")
        elif right is None:
            right = how in names
        if not right:
            found.append(f"{asked} is not so: {', '.join(names)}")
    return found


def main() -> None:
    """Every row that is not kept, and a RESULT line."""
    seen_only = "--seen" in sys.argv
    kept = {"": [0, 0], "unseen": [0, 0]}
    for row in rows():
        if seen_only and row.kept:
            continue
        said = wrong(row)
        kept[row.kept][0] += not said
        kept[row.kept][1] += 1
        if said:
            print(f"  {row.description}: {said}")
    (seen, of_seen), (unseen, of_unseen) = kept[""], kept["unseen"]
    print(f"{seen} of {of_seen} descriptions kept, {unseen} of {of_unseen} unseen ones")
    print(f"RESULT tunes_kept {(seen + unseen) / (of_seen + of_unseen):.4f}")


if __name__ == "__main__":
    main()
