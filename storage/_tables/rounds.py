"""Rounds, and what was written in them that nobody sees yet. Points are feedback."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, text

from storage._tables.columns import Json, Moment, Words, metadata

rounds = Table(
    "rounds",
    metadata,
    Column("id", Words, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("topic", Words, nullable=False),  # empty: its opener's data were deleted
    Column("opener_platform", Words),
    Column("opener", Words),
    Column("brainstorm", Words, nullable=False),
    Column("method", Words, nullable=False),
    Column("named", Boolean, nullable=False),
    Column("dots", Integer, nullable=False),
    Column("locale", Words, nullable=False),
    Column("steps", Json, nullable=False),
    Column("step", Integer, nullable=False),
    Column("closes_at", Moment, nullable=False),
    Column("state", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("decisions", Json, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Index("rounds_of_channel", "platform", "team", "channel", "opened_at", "id"),
    Index(  # a channel has one that runs at a time
        "rounds_running",
        "platform",
        "team",
        "channel",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Words, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("round", Words, nullable=False),
    Column("step", Integer, nullable=False),
    Column("author_platform", Words),
    Column("author", Words),
    Column("text", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index("notes_of_round", "platform", "team", "round", "at", "id"),
)
