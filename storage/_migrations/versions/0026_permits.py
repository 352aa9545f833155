"""Permits that processes share, to do something so many times in a while."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "permits",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("log", TEXT, nullable=False),
    )
    op.create_index("ix_permits_at", "permits", ["at"])
