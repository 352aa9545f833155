"""Turns that processes take one after another."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table("turns", sa.Column("id", TEXT, primary_key=True), sa.Column("at", sa.BigInteger, nullable=False))
    op.create_index("ix_turns_at", "turns", ["at"])
