"""A board leaves as a file that other programs read as it was."""

from __future__ import annotations

import base64
import csv
import io
import json

import pytest

from bot.domain.errors import Refusal
from bot.domain.ideas import Channel
from bot.messages import THUMBNAIL, File
from bot.services.ideas.board import Boards
from bot.services.ideas.exporting import Exporting
from bot.services.ideas.formats import FORMATS
from bot.services.models.versions import Versions
from learning.canary import balance
from learning.rankers.bayes import Bayes
from storage.memory import MemoryStore
from tests.builders import BLUE, NOON, RED, Hands, a_person, a_version, an_idea, an_opinion


@pytest.fixture
async def exporting() -> Exporting:
    store = MemoryStore()
    await store.open()
    texts = ["plain", '=HYPERLINK("http://evil")', 'a, "quoted" one', "*bold* [link](http://x) <b>", "茶吧"]
    ideas = [await store.add(an_idea(text)) for text in texts]
    await store.add(an_idea("mine", author=a_person("bob"), origin="human"))
    await store.add(an_idea("theirs", channel=BLUE))
    await store.hear(RED.team, an_opinion(ideas[4], "ann"))
    versions = Versions(store=store, trial=balance, clock=Hands())
    return Exporting(Boards(store=store, ranker_of=lambda team: Bayes()), versions)


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


@pytest.mark.parametrize("form", ["markdown", "html"])
async def test_where_all_ideas_come_from_is_said_once_above_them(exporting: Exporting, form: str) -> None:
    mixed = (await exporting.board(RED, form)).content.decode()
    assert "All of these" not in mixed  # of six ideas one is a person's own
    assert mixed.count("written by test:bob") == 1

    here = Channel(team=RED.team, id="bobs")
    for text, asker in (("one", "ann"), ("two", "cleo")):
        await exporting.boards.store.add(
            an_idea(text, channel=here, author=a_person("bob"), asker=a_person(asker), origin="human")
        )
    alike = (await exporting.board(here, form)).content.decode()
    assert "All of these: written by test:bob" in alike
    assert [alike.count(f"test:{person}") for person in ("bob", "ann", "cleo")] == [1, 1, 1]


async def test_markdown_shows_text_and_never_markup(exporting: Exporting) -> None:
    text = (await exporting.board(RED, "markdown")).content.decode()

    assert "1. 茶吧 — 👍 1 👎 0" in text
    assert r"\*bold\* \[link\]\(http://x\) \<b\>" in text


async def test_an_unknown_format_is_refused_with_the_known_ones(exporting: Exporting) -> None:
    with pytest.raises(Refusal, match=", ".join(FORMATS)):
        await exporting.board(RED, "pdf")


async def test_while_a_version_is_tried_an_exported_board_does_not_say_whose_ideas_are_whose(exporting: Exporting) -> None:
    store = exporting.boards.store
    await store.add(an_idea("by the new version", model=a_version().id))
    seen = (await exporting.board(RED, "jsonl")).content.decode()

    await store.keep_version(a_version(stage="canary"))
    blind = (await exporting.board(RED, "jsonl")).content.decode()

    assert a_version().id in seen
    assert a_version().id not in blind


async def test_a_web_page_shows_small_pictures_escapes_words_and_asks_nobody(exporting: Exporting) -> None:
    store = exporting.boards.store
    work = await store.add(an_idea("Steam rises / <b>slowly</b>", modality="image"))
    files = [
        File(name="picture.png", media_type="image/png", content=b"large"),
        File(name=THUMBNAIL, media_type="image/jpeg", content=b"small"),
    ]
    await store.keep_media(RED.team, work.id, files, NOON)

    page = (await exporting.board(RED, "html")).content.decode()

    assert page.count("<img") == 1
    assert f"data:image/jpeg;base64,{base64.b64encode(b'small').decode()}" in page
    assert "Steam rises<br>&lt;b&gt;slowly&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "<script" not in page
    assert "http" not in page.replace("http://evil", "").replace("http://x", "")
