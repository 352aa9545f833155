"""Who may see the page."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Table

from storage._tables.columns import Moment, Words, metadata

#: Links, sessions and links for readers, by the digest of the secret that is with the person.
passes = Table(
    "passes",
    metadata,
    Column("digest", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("platform", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("person_platform", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("locale", Words, nullable=False),
    Column("outsider", Boolean, nullable=False),
    Index("passes_of_team", "platform", "team", "kind"),
)
