"""Rounds, and what is written in them before everybody sees it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("opener_platform", TEXT),
        sa.Column("opener", TEXT),
        sa.Column("brainstorm", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("named", sa.Boolean, nullable=False),
        sa.Column("dots", sa.Integer, nullable=False),
        sa.Column("locale", TEXT, nullable=False),
        sa.Column("steps", TEXT, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("decisions", TEXT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
    )
    op.create_index("rounds_of_channel", "rounds", ["platform", "team", "channel", "opened_at", "id"])
    running = sa.text("state = 'running'")
    place = ["platform", "team", "channel"]
    op.create_index("rounds_running", "rounds", place, unique=True, sqlite_where=running, postgresql_where=running)
    make_notes()


def make_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("round", TEXT, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("author_platform", TEXT),
        sa.Column("author", TEXT),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("notes_of_round", "notes", ["platform", "team", "round", "at", "id"])
