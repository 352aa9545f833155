"""What newcomers type first, session by session, is taken for what they mean: no line ends nowhere."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from adapters.terminal._shorthand import expand
from bot import typed
from bot.domain.errors import Refusal
from bot.messages import Call
from bot.services.talk.deeds import deed
from tests.builders import NOON, RED, a_person

with (Path(__file__).parents[1] / "data" / "first_lines.tsv").open(encoding="utf-8", newline="") as file:
    LINES = [(row["line"], row["meant"]) for row in csv.DictReader(file, delimiter="\t") if row["meant"] not in ("quit", "error")]


@pytest.mark.parametrize(("line", "meant"), LINES, ids=[line for line, _meant in LINES])
def test_a_first_line_means_what_a_newcomer_means_by_it(line: str, meant: str) -> None:
    source = typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under="latest")

    if meant == "answer":  # a sentence that says what can be done
        with pytest.raises(Refusal):
            typed.parse(expand(line)[0], source)
        return
    event = typed.parse(expand(line)[0], source)

    verb = event.command if isinstance(event, Call) else event.key.verb
    if isinstance(event, Call) and verb == "more" and (asked := deed(str(event.args.get("said", "")))) is not None:
        verb = {"image": "imagine", "music": "compose", "speech": "say"}.get(asked.modality, verb)  # of what stands there
    small_talk = isinstance(event, Call) and event.command == "help" and event.args.get("said")
    assert (small_talk or verb) == meant
