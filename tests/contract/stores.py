"""Builders of what stores keep, and a look behind each store's back."""

import itertools
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.feedback import Feedback
from bot.domain.ideas import Brainstorm, BrainstormId, Channel, Idea, IdeaId, Person, Prompt, Team
from bot.domain.models import ModelVersion
from storage.memory import MemoryStore

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
TEAM = Team(platform="discord", id="guild-1")
OTHERS = Team(platform="discord", id="guild-2")
CHANNEL = Channel(team=TEAM, id="general")
ANN = Person(platform="discord", id="person-ann-4711")
BOB = Person(platform="discord", id="person-bob-4712")

_ids = itertools.count(1)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def new_id() -> str:
    return f"{next(_ids):024x}"


def a_brainstorm(**given: Any) -> Brainstorm:
    fields = {
        "id": BrainstormId(new_id()),
        "channel": CHANNEL,
        "asker": ANN,
        "prompt": Prompt(text="names for a tea bar"),
        "model": "SmolLM2-135M-Instruct",
        "seed": 7,
        "created_at": NOW,
    }
    return Brainstorm(**fields | given)


def an_idea(**given: Any) -> Idea:
    fields = {
        "id": IdeaId(new_id()),
        "brainstorm": None,
        "channel": CHANNEL,
        "number": 0,
        "text": "Leaf & Let Leaf",
        "origin": "fresh",
        "created_at": NOW,
    }
    return Idea(**fields | given)


def a_vote(idea: Idea | IdeaId, **given: Any) -> Feedback:
    fields = {
        "idea": idea.id if isinstance(idea, Idea) else idea,
        "person": ANN,
        "signal": "vote",
        "token": "up",
        "value": 1.0,
        "at": NOW,
    }
    return Feedback(**fields | given)


def a_version(**given: Any) -> ModelVersion:
    fields = {"id": "team-1-v1", "team": TEAM, "base": "SmolLM2-135M-Instruct", "created_at": NOW}
    return ModelVersion(**fields | given)


def people(count: int) -> list[Person]:
    return [Person(platform="discord", id=f"person-{n}") for n in range(count)]


async def everything_in(store: object, url: str) -> str:
    """Every value in every table, and for SQLite every byte of its files, as one text."""
    if isinstance(store, MemoryStore):
        return repr(vars(store))
    if url.startswith("sqlite:"):
        file = Path(url.removeprefix("sqlite:///"))
        with closing(sqlite3.connect(file)) as database:
            texts = list(database.iterdump())
        # Numbers of rows are read as text, the rest of the file as bytes that happen to spell something.
        return "\n".join(texts) + "".join(
            part.read_bytes().decode("latin-1") for part in (file, file.with_name(f"{file.name}-wal")) if part.exists()
        )
    import asyncpg

    connection = await asyncpg.connect(url, statement_cache_size=0)  # a pooler knows no names of statements
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [await connection.fetch(f'SELECT t::text FROM "{name[0]}" AS t') for name in names]
        return "\n".join(row[0] for table in rows for row in table)
    finally:
        await connection.close()
