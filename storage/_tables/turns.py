"""What processes agree by: turns, such as messages in a channel a second apart, and permits, such as so many calls a minute."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table

from storage._tables.columns import Words, metadata

turns = Table(
    "turns",
    metadata,
    Column("id", Words, primary_key=True),  # a digest; see `storage._rules.event_key`
    Column("at", BigInteger, nullable=False, index=True),  # of the latest turn, microseconds since 1970
)

permits = Table(
    "permits",
    metadata,
    Column("id", Words, primary_key=True),  # a digest, as above
    Column("at", BigInteger, nullable=False, index=True),  # when somebody asked last, microseconds since 1970
    Column("log", Words, nullable=False),  # what was given of late; see `storage._permits`
)
