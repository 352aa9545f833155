"""What workspaces that install Muselab by themselves entrust to it, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# Compared byte by byte, as SQLite does, in whatever language the PostgreSQL server sorts.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "installations",
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("platform", "team"),
    )
