"""Channels of two teams that are joined, and where rounds of another team are held."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "bridges",
        sa.Column("platform", TEXT, primary_key=True),
        sa.Column("team", TEXT, primary_key=True),
        sa.Column("channel", TEXT, primary_key=True),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("first", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("bridges_by_id", "bridges", ["id", "first"], unique=True)
    op.create_table(
        "guests",
        sa.Column("host_platform", TEXT, primary_key=True),
        sa.Column("host_team", TEXT, primary_key=True),
        sa.Column("round", TEXT, primary_key=True),
        sa.Column("host_channel", TEXT, nullable=False),
        sa.Column("brainstorm", TEXT, nullable=False),
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("bridge", TEXT, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("shown", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("ideas", TEXT, nullable=False),
    )
    op.create_index("guests_of_brainstorm", "guests", ["host_platform", "host_team", "brainstorm"])
    op.create_index("guests_of_channel", "guests", ["platform", "team", "channel", "round"])
    op.create_index("guests_of_bridge", "guests", ["bridge"])
