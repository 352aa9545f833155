"""Which messages show ideas outside of their brainstorm's card, and which show something that was deleted since."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

# Compared byte by byte, as SQLite does, in whatever language the PostgreSQL server sorts.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "posts",
        sa.Column("platform", TEXT, primary_key=True),
        sa.Column("team", TEXT, primary_key=True),
        sa.Column("address", TEXT, primary_key=True),
        sa.Column("brainstorm", TEXT, nullable=False),
        sa.Column("ideas", TEXT, nullable=False),
        sa.Column("stale", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("posts_stale", "posts", ["platform"], sqlite_where=sa.text("stale"), postgresql_where=sa.text("stale"))
