"""A board leaves as a file that other programs read as it was."""

from __future__ import annotations

import csv
import io
import json

import pytest

from bot.domain.errors import Refusal
from bot.services.board import Boards
from bot.services.exporting import FORMATS, Exporting
from learning.rankers.bayes import Bayes
from storage.memory import MemoryStore
from tests.builders import BLUE, RED, a_person, an_idea, an_opinion


@pytest.fixture
async def exporting() -> Exporting:
    store = MemoryStore()
    await store.open()
    texts = ["plain", '=HYPERLINK("http://evil")', 'a, "quoted" one', "*bold* [link](http://x) <b>", "茶吧"]
    ideas = [await store.add(an_idea(text)) for text in texts]
    await store.add(an_idea("mine", author=a_person("bob"), origin="human"))
    await store.add(an_idea("theirs", channel=BLUE))
    await store.hear(RED.team, an_opinion(ideas[4], "ann"))
    return Exporting(Boards(store=store, ranker_of=lambda team: Bayes()))


async def test_json_lines_hold_every_idea_of_this_channel_best_first(exporting: Exporting) -> None:
    file = await exporting.board(RED, "jsonl")

    rows = [json.loads(line) for line in file.content.decode().splitlines()]
    assert rows[0]["text"] == "茶吧"
    assert rows[0]["up"] == 1
    assert len(rows) == 6
    assert "theirs" not in {row["text"] for row in rows}
    assert next(row for row in rows if row["text"] == "mine")["written_by"] == "test:bob"


async def test_csv_survives_quotes_and_disarms_formulas(exporting: Exporting) -> None:
    file = await exporting.board(RED, "csv")

    texts = {row["text"] for row in csv.DictReader(io.StringIO(file.content.decode()))}
    assert 'a, "quoted" one' in texts
    assert '\'=HYPERLINK("http://evil")' in texts


async def test_markdown_shows_text_and_never_markup(exporting: Exporting) -> None:
    text = (await exporting.board(RED, "markdown")).content.decode()

    assert "1. 茶吧 — 👍 1 👎 0" in text
    assert r"\*bold\* \[link\]\(http://x\) \<b\>" in text


async def test_an_unknown_format_is_refused_with_the_known_ones(exporting: Exporting) -> None:
    with pytest.raises(Refusal, match=", ".join(FORMATS)):
        await exporting.board(RED, "pdf")
