"""Who may see the page: links to be used once, sessions, links for readers."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "passes",
        sa.Column("digest", TEXT, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("person_platform", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locale", TEXT, nullable=False),
        sa.Column("outsider", sa.Boolean, nullable=False),
    )
    op.create_index("passes_of_team", "passes", ["platform", "team", "kind"])
