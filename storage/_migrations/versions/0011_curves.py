"""How a tuning run learned, to be drawn wherever people ask."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("tunings", sa.Column("curve", TEXT, nullable=False, server_default="[]"))
