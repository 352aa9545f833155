"""Ordinary lines are understood as people mean them: as topics, as small talk, or as said of the ideas in front of them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bot import typed
from bot.messages import Call
from bot.services.talk.followups import LONGEST, follow_up
from bot.services.talk.small_talk import small_talk
from tests.builders import NOON, RED, a_person

DATA = Path(__file__).parents[1] / "data"
LINES = [
    row
    for name in ("conversation.tsv", "conversation_more.tsv")
    for row in csv.DictReader((DATA / name).read_text("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
]


def understood(line: str, under: str) -> str:
    """What a line means, in the words of the table."""
    event = typed.parse(line, typed.Source(id="1", person=a_person(), channel=RED, at=NOON, under=under))
    if not isinstance(event, Call):
        return f"command {event.key.verb}"
    if event.command == "more" and "said" in event.args:
        wanted = follow_up(str(event.args["said"]))
        assert wanted is not None
        if wanted.like:
            return "like " + " ".join(map(str, wanted.like))
        for what, said in (("language", wanted.language), ("audience", wanted.audience), ("constraint", wanted.constraint)):
            if said:
                return f"{what} {said}"
        return "more"
    if event.command == "help" and event.args.get("said"):
        return str(event.args["said"])
    if event.command == "brainstorm" and event.args.get("topic") == line:
        return "topic"
    return f"command {event.command}"


@pytest.mark.parametrize("row", LINES, ids=lambda row: row["line"])
def test_an_ordinary_line_means_what_people_mean_by_it(row: dict[str, str]) -> None:
    places = {"anywhere": ("", "1700000000.000100"), "elsewhere": ("",), "thread": ("1700000000.000100",)}[row["where"]]

    assert {understood(row["line"], under) for under in places} == {row["right"]}


@pytest.mark.parametrize(
    "line",
    [
        "line " * 24,
        "i would " * 15,
        "the same " * 13,
        "再" * 119,
        "like 1 and " * 10,
        "and but " * 14,
        "a bit and but darker and " * 4 + "x",
        "shorter " * 14 + "?!x",
        "more names like these " * 5,
        "for a " * 19,
        "please thanks " * 8,
        "idea " * 20 + "1",
        "ha" * 55,
        "x" * 100_000,
        "了" * 5000,
    ],
    ids=lambda line: line[:12],
)
@pytest.mark.timeout(20)  # some rules are long alternations: one that tried every way through a line would not come back
def test_no_line_takes_long_to_understand(line: str) -> None:
    assert small_talk(line) in ("", "hello", "thanks", "okay", "help")
    assert follow_up(line) is None or len(line) <= LONGEST
