"""Voices that channels keep by name."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "personas",
        sa.Column("platform", TEXT, primary_key=True),
        sa.Column("team", TEXT, primary_key=True),
        sa.Column("channel", TEXT, primary_key=True),
        sa.Column("folded", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("voice", TEXT, nullable=False),
        sa.Column("person_platform", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
