"""Media in numbers, for taste to learn from. What was made before has none, and is ranked by its votes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# Compared byte by byte, as SQLite does, in whatever language the PostgreSQL server sorts.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("ideas", sa.Column("features", TEXT))
