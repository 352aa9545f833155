"""Ideas that are hidden and by whom, teams that have left, and whom a channel lets take part."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("ideas", sa.Column("hidden", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("settings", sa.Column("outsiders", sa.Boolean, nullable=False, server_default=sa.true()))
    for name in ("blocked", "askers", "voters", "picking"):
        op.add_column("settings", sa.Column(name, TEXT))
    op.create_table(
        "hidings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("idea", TEXT, sa.ForeignKey("ideas.id", ondelete="CASCADE"), nullable=False),
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("person_platform", TEXT),
        sa.Column("person", TEXT),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("hidings_of_channel", "hidings", ["platform", "team", "channel", "at", "id"])
    op.create_index("ix_hidings_idea", "hidings", ["idea"])
    op.create_table(
        "departures",
        sa.Column("platform", TEXT, primary_key=True),
        sa.Column("team", TEXT, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
