"""What is owed: events that are not served yet, messages that show what was deleted, and what is to happen later."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Table, text

from storage._tables.columns import Json, Moment, Words, metadata

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
    Column("person", Words),  # a digest; gone with the body
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

#: What is to happen later. The host's own has an empty platform and team.
jobs = Table(
    "jobs",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("team", Words, primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("subject", Words, primary_key=True),
    Column("due", Moment, nullable=False),
    Column("repeats", Words, nullable=False),  # a cron expression; empty: once
    Column("zone", Words, nullable=False),
    Column("holder", Words, nullable=False),
    Column("leased_until", Moment),
    Column("done_at", Moment),
    Index("jobs_due", "due", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")),
)
