"""The log leaves whole: what was generated, what became of it, and what people said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot import wiring
from bot.config import GeneratorTable, Settings
from bot.domain.ideas import Idea, Prompt
from bot.messages import Progress
from bot.services.ideas.logbook import FIELDS, Logbook
from generators.client.scripted import ScriptedGenerator
from storage.memory import MemoryStore
from tests.builders import BLUE, RED, Hands, a_person, an_idea, an_opinion


async def unseen(news: Progress | Idea) -> None:
    """Nobody looks."""


async def test_the_log_holds_every_draft_with_its_fate_and_everybodys_opinions(tmp_path: Any) -> None:
    store = MemoryStore()
    await store.open()
    texts = ["The Third Steep", "Third Steep", "", "Leaf & Lantern", "The Slow Pour", "Cup of Clouds", "Steam"]
    settings = Settings(home=tmp_path, generator=GeneratorTable(oversample=2))
    house = wiring.furnish(
        settings, store=store, generator=ScriptedGenerator(texts=texts, broken_every=8), now=Hands(), learns=False
    )
    prompt = Prompt(text="names for a tea bar", count=4)
    begun = await house.services.brainstorming.begin(channel=RED, asker=a_person(), prompt=prompt)
    ideas = await house.services.brainstorming.work(begun, unseen)
    await store.hear(RED.team, an_opinion(ideas[0], "bob"))
    mine = await store.add(an_idea("Mine", brainstorm=begun.id, author=a_person("bob"), origin="human"))

    rows = [json.loads(line) async for line in Logbook(store).lines(RED)]

    assert all(list(row) == list(FIELDS) for row in rows)
    fate = {row["text"]: row["verdict"] for row in rows}
    assert (fate["Third Steep"], fate[""], fate["Mine"]) == ("repeat", "broken", "own")
    assert [row["broken"] for row in rows if row["broken"]] == ["empty"]
    shown = {row["idea"]: row for row in rows if row["idea"]}
    assert set(shown) == {*(idea.id for idea in ideas), mine.id}
    assert [opinion["person"] for opinion in shown[ideas[0].id]["opinions"]] == ["test:bob"]
    assert sorted(row["slot_kind"] for row in rows if row["verdict"] == "shown") == ["exploit"] * 3 + ["explore"]
    assert {row["topic"] for row in rows} == {"names for a tea bar"}
    assert [line async for line in Logbook(store).lines(BLUE)] == []


def test_every_field_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "log.md").read_text(encoding="utf-8")

    assert all(f"| `{name}` | {meaning} |" in page for name, meaning in FIELDS.items())
