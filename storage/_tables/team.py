"""What a team has beside its board: its models, its files, its installation, what was hidden and who has left."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Index, Integer, LargeBinary, Table, text

from storage._tables.columns import Json, Moment, Words, metadata

#: The base, which is everybody's, has an empty platform and team.
versions = Table(
    "versions",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("id", Words, primary_key=True),
    Column("base", Words, nullable=False),
    Column("adapter", Words),
    Column("parent", Words),
    Column("trained_on", Json, nullable=False),
    Column("metrics", Json, nullable=False),
    Column("stage", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("untold", Boolean, nullable=False),
    Column("comparisons", Json, nullable=False),
    Column("forgotten", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index(
        "versions_live",
        "platform",
        "team",
        unique=True,
        sqlite_where=text("stage = 'live'"),
        postgresql_where=text("stage = 'live'"),
    ),
)

#: Runs of tuning. At most one of a team is running.
tunings = Table(
    "tunings",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("id", Words, primary_key=True),
    Column("state", Words, nullable=False),
    Column("doing", Words, nullable=False),
    Column("done", Double, nullable=False),
    Column("said", Words, nullable=False),
    Column("missed", Json, nullable=False),
    Column("trouble", Words, nullable=False),
    Column("pairs", Integer, nullable=False),
    Column("topics", Integer, nullable=False),
    Column("version", Words),
    Column("curve", Json, nullable=False),
    Column("told", Words, nullable=False),
    Column("holder", Words, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("leased_until", Moment),
)

installations = Table(
    "installations",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),  # only the platform's adapter can open it
)

#: Which files an idea is, or a brainstorm was handed; their bytes are in a folder, see `storage.media`.
media = Table(
    "media",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("owner", Words, primary_key=True),  # an idea's or a brainstorm's id
    Column("place", Integer, primary_key=True),
    Column("name", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("size", Integer, nullable=False),
    Column("alt", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Index("media_of_digest", "platform", "team", "digest"),
)

#: Who hid which idea, and who showed it again; rows are only ever appended, or deleted with their idea.
hidings = Table(
    "hidings",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("idea", Words, ForeignKey("ideas.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("number", Integer, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("person_platform", Words),
    Column("person", Words),
    Column("at", Moment, nullable=False),
    Index("hidings_of_channel", "platform", "team", "channel", "at", "id"),
)

#: Teams that have removed Muselab, and whose rows wait for their end.
departures = Table(
    "departures",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("at", Moment, nullable=False),
)
