"""What ended a run of tuning, in numbers, to be told in any language. Of those that ended before, the words stay as they were."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

# Compared byte by byte, as SQLite does, in whatever language the PostgreSQL server sorts.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("tunings", sa.Column("missed", TEXT, nullable=False, server_default="[]"))
    op.add_column("tunings", sa.Column("trouble", TEXT, nullable=False, server_default=""))
