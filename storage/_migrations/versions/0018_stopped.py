"""Brainstorms that somebody wants to end while they are made."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("brainstorms", sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.false()))
