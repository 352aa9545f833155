"""Team material."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table

from storage._tables.columns import Moment, Words, metadata

#: Documents that admins have added, a row for each piece.
material = Table(
    "material",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("document", Words, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("encoder", Words, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("person_platform", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("at", Moment, nullable=False),
)
