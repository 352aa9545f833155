"""Documents that a team's admins have added."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "material",
        sa.Column("platform", TEXT, primary_key=True),
        sa.Column("team", TEXT, primary_key=True),
        sa.Column("document", TEXT, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("encoder", TEXT, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("person_platform", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
