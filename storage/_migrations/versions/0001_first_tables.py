"""First tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Compared byte by byte, as SQLite does, in whatever language the PostgreSQL server sorts.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
RUNNING = sa.text("state = 'running'")
LIVE = sa.text("stage = 'live'")


def needed(name: str, kind: sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]] = TEXT) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def maybe(name: str, kind: sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]] = TEXT) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    op.create_table(
        "channels",
        *map(needed, ("platform", "team", "id")),
        needed("ideas", sa.Integer),
        sa.PrimaryKeyConstraint("platform", "team", "id"),
    )
    op.create_table(
        "settings",
        *map(needed, ("platform", "team", "channel")),
        maybe("count", sa.Integer),
        maybe("style"),
        maybe("language"),
        needed("thread", sa.Boolean),
        needed("reactions", sa.Boolean),
        needed("pickers"),
        needed("hide_tally", sa.Boolean),
        needed("training", sa.Boolean),
        maybe("quiet_from"),
        maybe("quiet_until"),
        sa.PrimaryKeyConstraint("platform", "team", "channel"),
    )
    brainstorms()
    ideas()
    learning()
    op.create_table("events", needed("id"), needed("at", MOMENT), sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_events_at", "events", ["at"])


def brainstorms() -> None:
    op.create_table(
        "brainstorms",
        *map(needed, ("id", "platform", "team", "channel")),
        *map(maybe, ("asker_platform", "asker", "topic")),
        needed("count", sa.Integer),
        *map(needed, ("style", "modality", "language", "operation", "model", "seed", "locale", "address", "state")),
        needed("created_at", MOMENT),
        maybe("finished_at", MOMENT),
        maybe("leased_until", MOMENT),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("brainstorms_of_channel", "brainstorms", ["platform", "team", "channel", "created_at", "id"])
    op.create_index("brainstorms_of_asker", "brainstorms", ["platform", "team", "asker"])
    op.create_index("brainstorms_at_address", "brainstorms", ["address"], postgresql_using="hash")
    op.create_index("brainstorms_running", "brainstorms", ["leased_until"], sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.create_table(
        "brainstorm_parents",
        needed("brainstorm"),
        needed("place", sa.Integer),
        needed("idea"),
        sa.PrimaryKeyConstraint("brainstorm", "place"),
        sa.ForeignKeyConstraint(["brainstorm"], ["brainstorms.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_brainstorm_parents_idea", "brainstorm_parents", ["idea"])
    op.create_table(
        "brainstorm_about",
        needed("brainstorm"),
        needed("place", sa.Integer),
        needed("text"),
        sa.PrimaryKeyConstraint("brainstorm", "place"),
        sa.ForeignKeyConstraint(["brainstorm"], ["brainstorms.id"], ondelete="CASCADE"),
    )


def ideas() -> None:
    op.create_table(
        "ideas",
        needed("id"),
        maybe("brainstorm"),
        *map(needed, ("platform", "team", "channel")),
        needed("number", sa.Integer),
        *map(needed, ("text", "origin")),
        *map(maybe, ("author_platform", "author", "asker_platform", "asker")),
        needed("model"),
        needed("slot", sa.Integer),
        needed("slot_kind"),
        needed("created_at", MOMENT),
        needed("modality"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("platform", "team", "channel", "number", name="ideas_number"),
    )
    op.create_index("ix_ideas_brainstorm", "ideas", ["brainstorm"])
    op.create_index("ideas_of_channel", "ideas", ["platform", "team", "channel", "created_at", "id"])
    op.create_index("ideas_of_team", "ideas", ["platform", "team", "created_at", "id"])
    op.create_index("ideas_of_author", "ideas", ["platform", "team", "author"])
    op.create_index("ideas_of_asker", "ideas", ["platform", "team", "asker"])
    op.create_table(
        "idea_parents",
        needed("idea"),
        needed("place", sa.Integer),
        needed("parent"),
        sa.PrimaryKeyConstraint("idea", "place"),
        sa.ForeignKeyConstraint(["idea"], ["ideas.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_idea_parents_parent", "idea_parents", ["parent"])


def learning() -> None:
    op.create_table(
        "candidates",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        *map(needed, ("brainstorm", "text")),
        maybe("logprob", sa.Double),
        maybe("relevance", sa.Double),
        needed("tokens", sa.Integer),
        maybe("broken"),
        needed("verdict"),
        maybe("score", sa.Double),
        maybe("idea"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("candidates_of_brainstorm", "candidates", ["brainstorm", "id"])
    op.create_index("ix_candidates_idea", "candidates", ["idea"])
    op.create_table(
        "feedback",
        *map(needed, ("idea", "person_platform", "person", "signal", "platform", "team", "token")),
        needed("value", sa.Double),
        needed("at", MOMENT),
        maybe("was_token"),
        maybe("was_value", sa.Double),
        maybe("was_at", MOMENT),
        sa.PrimaryKeyConstraint("idea", "person_platform", "person", "signal"),
        sa.ForeignKeyConstraint(["idea"], ["ideas.id"], ondelete="CASCADE"),
    )
    op.create_index("feedback_of_person", "feedback", ["platform", "team", "person"])
    op.create_table(
        "versions",
        *map(needed, ("platform", "team", "id", "base")),
        *map(maybe, ("adapter", "parent")),
        *map(needed, ("trained_on", "metrics", "stage")),
        needed("created_at", MOMENT),
        sa.PrimaryKeyConstraint("platform", "team", "id"),
    )
    op.create_index("versions_live", "versions", ["platform", "team"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
