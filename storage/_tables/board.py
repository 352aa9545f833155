"""Channels, brainstorms, ideas and what people think of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, false, text, true

from storage._tables.columns import Json, Moment, Number, Seed, Words, metadata

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
    Column("reminders", Boolean, nullable=False, server_default=true()),
    Column("unreminded", Json),
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
