"""What a version that is tried has shown, who is told, and how each candidate was drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# Compared byte by byte, as SQLite does, in whatever language the PostgreSQL server sorts.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
FALSE = sa.false()


def upgrade() -> None:
    op.add_column("settings", sa.Column("admin_channel", TEXT))
    op.add_column("settings", sa.Column("paused", sa.Boolean, nullable=False, server_default=FALSE))
    op.add_column("brainstorms", sa.Column("canary", TEXT, nullable=False, server_default=""))
    op.add_column("candidates", sa.Column("model", TEXT))
    op.add_column("candidates", sa.Column("decoding", TEXT, nullable=False, server_default=""))
    op.add_column("versions", sa.Column("reason", TEXT, nullable=False, server_default=""))
    op.add_column("versions", sa.Column("untold", sa.Boolean, nullable=False, server_default=FALSE))
    op.add_column("versions", sa.Column("comparisons", TEXT, nullable=False, server_default="[]"))
    op.add_column("versions", sa.Column("forgotten", sa.Integer, nullable=False, server_default="0"))
