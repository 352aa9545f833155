"""First lines of newcomers, session by session, through the terminal: every line is answered, and no answer is a dead end."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest

from tests.acceptance.drivers.terminal import driving

LINES = Path(__file__).parents[1] / "data" / "first_lines.tsv"
with LINES.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t"))
SESSIONS = {
    name: [(row["line"], row["meant"]) for row in rows] for name, rows in itertools.groupby(ROWS, lambda row: row["session"])
}
LEAVING = "quit"  #: what is meant by the line that ends a conversation
#: What nobody may read: that we broke, that a word is no command, that the words are an option's name.
DEAD_ENDS = (
    "Something went wrong",
    "我们这边出了问题",
    "Traceback",
    "There is no option",
    "needs a value",
)


EARLY = 30  # sessions of which every second one is played at each test, as all of them take seconds; later ones are slow tests
PLAYED = [
    pytest.param(name, marks=pytest.mark.slow) if place % 2 or place >= EARLY else name for place, name in enumerate(SESSIONS)
]


@pytest.mark.parametrize("session", PLAYED)
async def test_every_line_of_a_first_session_is_answered(session: str, tmp_path: Path) -> None:
    async with driving(tmp_path) as driver:
        for line, meant in SESSIONS[session]:
            if meant == LEAVING:
                break
            answer = await driver.seat("ann", session).say(line)

            assert answer.strip(), line
            assert not any(said in answer for said in DEAD_ENDS), f"{line}: {answer}"
            assert meant == "error" or "There is no command" not in answer, f"{line}: {answer}"
