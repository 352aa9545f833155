"""How people shape a board: what became of ideas, which are one, which belong together."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table

from storage._tables.columns import Moment, Words, metadata

#: What people said became of ideas; the latest of an idea counts, and taking it back deletes it.
marks = Table(
    "marks",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("idea", Words, ForeignKey("ideas.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("person_platform", Words),
    Column("person", Words),
    Column("at", Moment, nullable=False),
    Index("marks_of_channel", "platform", "team", "channel", "id"),
)

#: Ideas that are part of others. `into` is what each was merged into, `kept` what stands for it on the board.
merges = Table(
    "merges",
    metadata,
    Column("idea", Words, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("into", Words, nullable=False),
    Column("kept", Words, nullable=False, index=True),
    Column("person_platform", Words),
    Column("person", Words),
    Column("at", Moment, nullable=False),
    Index("merges_of_channel", "platform", "team", "channel"),
)

themes = Table(
    "themes",
    metadata,
    Column("id", Words, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("place", Integer, nullable=False),
    Column("name", Words, nullable=False),
    Column("person_platform", Words),
    Column("person", Words),
    Column("at", Moment, nullable=False),
    Index("themes_of_board", "platform", "team", "channel", "topic"),
)

theme_ideas = Table(
    "theme_ideas",
    metadata,
    Column("theme", Words, ForeignKey("themes.id", ondelete="CASCADE"), primary_key=True),
    Column("idea", Words, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("place", Integer, nullable=False),
)
