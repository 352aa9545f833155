"""The tables, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    false,
    text,
    true,
)

from storage._columns import Json, Moment, Number, Seed, Words

SCHEMA = "0016"  # the newest file in _migrations/versions; a test holds the two together
VERSION_TABLE = "muselab_version"  # our own name, so that another program's alembic tables are not taken for ours

metadata = MetaData()

channels = Table(
    "channels",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("id", Words, primary_key=True),
    Column("ideas", Integer, nullable=False),  # numbers given so far; never goes down, so no number is given twice
)

settings = Table(
    "settings",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("channel", Words, primary_key=True),
    Column("count", Integer),
    Column("style", Words),
    Column("language", Words),
    Column("thread", Boolean, nullable=False),
    Column("reactions", Boolean, nullable=False),
    Column("pickers", Words, nullable=False),
    Column("hide_tally", Boolean, nullable=False),
    Column("training", Boolean, nullable=False),
    Column("quiet_from", Words),  # ISO time
    Column("quiet_until", Words),
    Column("person_per_hour", Integer),
    Column("channel_per_hour", Integer),
    Column("team_per_hour", Integer),
    Column("admins", Json),
    Column("admin_channel", Words),
    Column("paused", Boolean, nullable=False),
    Column("outsiders", Boolean, nullable=False, server_default=true()),
    Column("blocked", Json),
    Column("askers", Json),
    Column("voters", Json),
    Column("picking", Json),
)

brainstorms = Table(
    "brainstorms",
    metadata,
    Column("id", Words, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("asker_platform", Words),
    Column("asker", Words),
    Column("topic", Words),  # NULL: the asker's data were deleted, and with them the whole prompt
    Column("count", Integer, nullable=False),
    Column("style", Words, nullable=False),
    Column("modality", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("operation", Words, nullable=False),
    Column("kind", Words, nullable=False, server_default=""),
    Column("tone", Words, nullable=False, server_default=""),
    Column("model", Words, nullable=False),
    Column("canary", Words, nullable=False),
    Column("seed", Seed, nullable=False),
    Column("locale", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("back", Words, nullable=False, server_default=""),
    Column("holder", Words, nullable=False, server_default=""),
    Column("state", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("leased_until", Moment),
    Column("options", Json),
    Column("stopped", Boolean, nullable=False, server_default=false()),  # somebody wants it to end
    Index("brainstorms_of_channel", "platform", "team", "channel", "created_at", "id"),
    Index("brainstorms_of_asker", "platform", "team", "asker"),
    Index("brainstorms_at_address", "address", postgresql_using="hash"),  # an address may be longer than a btree's 2 704 bytes
    Index(
        "brainstorms_running",
        "leased_until",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)

#: The ideas a brainstorm starts from. No foreign key: the ids are provenance, and come from the caller.
brainstorm_parents = Table(
    "brainstorm_parents",
    metadata,
    Column("brainstorm", Words, ForeignKey("brainstorms.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("idea", Words, nullable=False, index=True),
)

#: Those ideas' texts as the prompt had them (`Prompt.about`); rows, so that a forgotten person's text can go alone.
brainstorm_about = Table(
    "brainstorm_about",
    metadata,
    Column("brainstorm", Words, ForeignKey("brainstorms.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("text", Words, nullable=False),
)

ideas = Table(
    "ideas",
    metadata,
    Column("id", Words, primary_key=True),
    Column("brainstorm", Words, index=True),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Words, nullable=False),
    Column("origin", Words, nullable=False),
    Column("author_platform", Words),
    Column("author", Words),
    Column("asker_platform", Words),
    Column("asker", Words),
    Column("model", Words, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("slot_kind", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("modality", Words, nullable=False),
    Column("traits", Json),
    Column("features", Json),  # of media: their name, then the numbers
    Column("hidden", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("platform", "team", "channel", "number", name="ideas_number"),
    Index("ideas_of_channel", "platform", "team", "channel", "created_at", "id"),
    Index("ideas_of_team", "platform", "team", "created_at", "id"),
    Index("ideas_of_author", "platform", "team", "author"),
    Index("ideas_of_asker", "platform", "team", "asker"),
)

idea_parents = Table(
    "idea_parents",
    metadata,
    Column("idea", Words, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("parent", Words, nullable=False, index=True),
)

#: Everything that was generated, in the order it was logged; rows are only ever appended, or deleted with their idea.
candidates = Table(
    "candidates",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("brainstorm", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("logprob", Number),
    Column("relevance", Number),
    Column("tokens", Integer, nullable=False),
    Column("broken", Words),
    Column("model", Words),
    Column("decoding", Words, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("score", Number),
    Column("idea", Words, index=True),
    Index("candidates_of_brainstorm", "brainstorm", "id"),
)

#: Current opinions. The `was_` columns hold the opinion before: an upsert can return them in the same round trip.
feedback = Table(
    "feedback",
    metadata,
    Column("idea", Words, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True),
    Column("person_platform", Words, primary_key=True),
    Column("person", Words, primary_key=True),
    Column("signal", Words, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("token", Words, nullable=False),
    Column("value", Number, nullable=False),
    Column("at", Moment, nullable=False),
    Column("was_token", Words),
    Column("was_value", Number),
    Column("was_at", Moment),
    Index("feedback_of_person", "platform", "team", "person"),
)

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

#: Every event of the last day. Those that are leased are not served yet, and only they keep what was said.
events = Table(
    "events",
    metadata,
    Column("id", Words, primary_key=True),  # a digest; see `storage._rules.event_key`
    Column("at", Moment, nullable=False, index=True),
    Column("platform", Words),
    Column("team", Words),
    Column("event", Words),  # the platform's own id; gone with the body
    Column("body", Words),
    Column("subject", Words),  # a digest
    Column("holder", Words),
    Column("leased_until", Moment),
    Index(
        "events_unserved",
        "leased_until",
        sqlite_where=text("leased_until IS NOT NULL"),
        postgresql_where=text("leased_until IS NOT NULL"),
    ),
)

#: Messages that show ideas outside of their brainstorm's card; and, of all messages, those that show what was deleted since.
posts = Table(
    "posts",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("address", Words, primary_key=True),
    Column("brainstorm", Words, nullable=False),  # whose card it is; empty: something else
    Column("ideas", Json, nullable=False),
    Column("stale", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Column("card", Words, nullable=False, server_default=""),  # key of the command that draws it anew; empty: none does
    Column("locale", Words, nullable=False, server_default=""),
    Index("posts_latest", "platform", "team", "at"),
    Index("posts_stale", "platform", sqlite_where=text("stale"), postgresql_where=text("stale")),
)
