"""How people shape a board: what became of ideas, which are one, which belong together."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

# Compared byte by byte, as in the first tables.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _place() -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=False) for name in ("platform", "team", "channel")]


def _said() -> list[sa.Column[Any]]:
    moment: sa.Column[Any] = sa.Column("at", sa.DateTime(timezone=True), nullable=False)
    return [sa.Column("person_platform", TEXT), sa.Column("person", TEXT), moment]


def upgrade() -> None:
    idea = sa.ForeignKey("ideas.id", ondelete="CASCADE")
    op.create_table(
        "marks",
        sa.Column("id", BIG, primary_key=True, autoincrement=True),
        sa.Column("idea", TEXT, idea, nullable=False, index=True),
        *_place(),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        *_said(),
    )
    op.create_index("marks_of_channel", "marks", ["platform", "team", "channel", "id"])
    op.create_table(
        "merges",
        sa.Column("idea", TEXT, sa.ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True),
        *_place(),
        sa.Column("into", TEXT, nullable=False),
        sa.Column("kept", TEXT, nullable=False, index=True),
        *_said(),
    )
    op.create_index("merges_of_channel", "merges", ["platform", "team", "channel"])
    op.create_table(
        "themes",
        sa.Column("id", TEXT, primary_key=True),
        *_place(),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        *_said(),
    )
    op.create_index("themes_of_board", "themes", ["platform", "team", "channel", "topic"])
    op.create_table(
        "theme_ideas",
        sa.Column("theme", TEXT, sa.ForeignKey("themes.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("idea", TEXT, sa.ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True, index=True),
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
    )
