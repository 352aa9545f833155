"""The reference says what the source says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings, Table
from tests.docs import reference
from tests.docs.pages import DOCS


@pytest.mark.parametrize("title", reference.TABLES)
def test_the_tables_made_from_the_source_are_up_to_date(title: str) -> None:
    page, made = reference.TABLES[title]

    assert made() in page.read_text(encoding="utf-8"), f"{page.relative_to(DOCS.parent)} is old: run `make docs`"


def test_every_setting_says_what_it_means() -> None:
    said = reference.comments()
    fields = {("Settings", name): field for name, field in Settings.model_fields.items()}
    for field in Settings.model_fields.values():
        if is_table(field.annotation):
            fields |= {(field.annotation.__name__, name): inner for name, inner in field.annotation.model_fields.items()}

    silent = {
        f"{kind}.{name}" for (kind, name), field in fields.items() if not said[kind, name] and not is_table(field.annotation)
    }

    assert not silent, f"no #: comment in bot/config.py says what these are: {', '.join(sorted(silent))}"


def is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Table)


def test_every_setting_that_a_page_names_exists() -> None:
    known = {f"MUSELAB_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if is_table(kind):
            known |= {f"MUSELAB_{name.upper()}__{one.upper()}" for one in kind.model_fields}
    pages: list[Path] = [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]
    named = {
        word for page in pages for word in re.findall(r"\bMUSELAB_[A-Z]+(?:__[A-Z_]*[A-Z])?\b", page.read_text(encoding="utf-8"))
    }

    assert named <= known
