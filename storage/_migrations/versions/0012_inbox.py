"""Events are kept until they are served, and a brainstorm knows who works on it and how who asked can be answered."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

# Compared byte by byte, as SQLite does, in whatever language the PostgreSQL server sorts.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OPEN = sa.text("leased_until IS NOT NULL")


def upgrade() -> None:
    for name in ("platform", "team", "event", "body", "subject", "holder"):
        op.add_column("events", sa.Column(name, TEXT))
    op.add_column("events", sa.Column("leased_until", sa.DateTime(timezone=True)))
    op.create_index("events_unserved", "events", ["leased_until"], sqlite_where=OPEN, postgresql_where=OPEN)
    for name in ("back", "holder"):
        op.add_column("brainstorms", sa.Column(name, TEXT, nullable=False, server_default=""))
