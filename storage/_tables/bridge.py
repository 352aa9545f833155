"""Which channels of two teams are joined, and where rounds of another team are held."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Table

from storage._tables.columns import Json, Moment, Words, metadata

#: Two rows a bridge, one a side; a bridge that has one row only has ended.
bridges = Table(
    "bridges",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("channel", Words, primary_key=True),  # a channel has one bridge at most
    Column("id", Words, nullable=False),
    Column("first", Boolean, nullable=False),  # its side gave the code
    Column("made_at", Moment, nullable=False),
    Index("bridges_by_id", "id", "first", unique=True),
)

#: The platform, team and channel are the guest's; the round is the host's.
guests = Table(
    "guests",
    metadata,
    Column("host_platform", Words, primary_key=True),
    Column("host_team", Words, primary_key=True),
    Column("round", Words, primary_key=True),
    Column("host_channel", Words, nullable=False),
    Column("brainstorm", Words, nullable=False),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("bridge", Words, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("shown", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("ideas", Json, nullable=False),
    Index("guests_of_brainstorm", "host_platform", "host_team", "brainstorm"),
    Index("guests_of_channel", "platform", "team", "channel", "round"),
    Index("guests_of_bridge", "bridge"),
)
