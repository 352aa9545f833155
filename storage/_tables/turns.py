"""Turns that processes take one after another, such as messages in a channel that a platform wants a second apart."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table

from storage._tables.columns import Words, metadata

turns = Table(
    "turns",
    metadata,
    Column("id", Words, primary_key=True),  # a digest; see `storage._rules.event_key`
    Column("at", BigInteger, nullable=False, index=True),  # of the latest turn, microseconds since 1970
)
