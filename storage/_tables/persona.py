"""Personas."""

from __future__ import annotations

from sqlalchemy import Column, Table

from storage._tables.columns import Moment, Words, metadata

#: Voices that channels keep by name.
personas = Table(
    "personas",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("channel", Words, primary_key=True),
    Column("folded", Words, primary_key=True),  # the name as it is found
    Column("name", Words, nullable=False),
    Column("voice", Words, nullable=False),
    Column("person_platform", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("at", Moment, nullable=False),
)
