"""Pictures, tunes and voices: what was asked, what can be liked about them, and which files they are."""

import sqlalchemy as sa
from alembic import op

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("brainstorms", sa.Column("options", TEXT))
    op.add_column("ideas", sa.Column("traits", TEXT))
    op.create_table(
        "media",
        sa.Column("platform", TEXT, primary_key=True),
        sa.Column("team", TEXT, primary_key=True),
        sa.Column("owner", TEXT, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("alt", TEXT, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("media_of_digest", "media", ["platform", "team", "digest"])
