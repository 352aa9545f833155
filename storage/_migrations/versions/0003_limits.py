"""Limits and admins that a channel or a team settles for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for name in ("person_per_hour", "channel_per_hour", "team_per_hour"):
        op.add_column("settings", sa.Column(name, sa.Integer))
    op.add_column("settings", sa.Column("admins", sa.Text))
