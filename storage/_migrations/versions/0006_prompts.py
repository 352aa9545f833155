"""What else a prompt says: the kind of task, and a tone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

# Compared byte by byte, as SQLite does, in whatever language the PostgreSQL server sorts.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for name in ("kind", "tone"):
        op.add_column("brainstorms", sa.Column(name, TEXT, nullable=False, server_default=""))
