"""What the admins of a team have heard of its runs of tuning. Of those that ended before, nothing more is said."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# Compared byte by byte, as SQLite does, in whatever language the PostgreSQL server sorts.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("tunings", sa.Column("told", TEXT, nullable=False, server_default=""))
    op.execute("UPDATE tunings SET told = state")
