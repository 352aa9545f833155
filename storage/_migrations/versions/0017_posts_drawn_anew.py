"""How messages that show ideas outside of their brainstorm's card are drawn anew when people have voted."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for name in ("card", "locale"):
        op.add_column("posts", sa.Column(name, TEXT, nullable=False, server_default=""))
    op.create_index("posts_latest", "posts", ["platform", "team", "at"])
