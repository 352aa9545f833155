"""Brainstorms that somebody wants to end while they are made."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("brainstorms", sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.false()))
