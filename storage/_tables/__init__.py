"""The tables."""

from storage._tables.board import (
    brainstorm_about,
    brainstorm_parents,
    brainstorms,
    candidates,
    channels,
    feedback,
    idea_parents,
    ideas,
    settings,
)
from storage._tables.bridge import bridges, guests
from storage._tables.columns import metadata
from storage._tables.material import material
from storage._tables.owed import events, jobs, posts
from storage._tables.page import passes
from storage._tables.persona import personas
from storage._tables.rounds import notes, rounds
from storage._tables.shape import marks, merges, theme_ideas, themes
from storage._tables.team import departures, hidings, installations, media, tunings, versions
from storage._tables.turns import permits, turns

SCHEMA = "0026"  # the newest file in _migrations/versions; a test holds the two together
VERSION_TABLE = "muselab_version"  # our own name, so that another program's alembic tables are not taken for ours

__all__ = [
    "SCHEMA",
    "VERSION_TABLE",
    "brainstorm_about",
    "brainstorm_parents",
    "brainstorms",
    "bridges",
    "candidates",
    "channels",
    "departures",
    "events",
    "feedback",
    "guests",
    "hidings",
    "idea_parents",
    "ideas",
    "installations",
    "jobs",
    "marks",
    "material",
    "media",
    "merges",
    "metadata",
    "notes",
    "passes",
    "permits",
    "personas",
    "posts",
    "rounds",
    "settings",
    "theme_ideas",
    "themes",
    "tunings",
    "turns",
    "versions",
]
