"""Whether a channel reminds people who have not spoken in a round, and who wants none."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("settings", sa.Column("reminders", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("settings", sa.Column("unreminded", TEXT))
