"""What is to happen later; and whose an event is that is not served yet, so that it can be deleted with its person."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("events", sa.Column("person", TEXT))
    op.create_table(
        "jobs",
        sa.Column("platform", TEXT, primary_key=True),
        sa.Column("team", TEXT, primary_key=True),
        sa.Column("kind", TEXT, primary_key=True),
        sa.Column("subject", TEXT, primary_key=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("repeats", TEXT, nullable=False),
        sa.Column("zone", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("done_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "jobs_due",
        "jobs",
        ["due"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
