"""Every link and every picture of every page leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, anchors, links, named, pages


@pytest.mark.parametrize("page", pages(), ids=named)
def test_every_link_leads_to_a_file_and_a_heading_that_exist(page: Path) -> None:
    broken = []
    for target in links(page):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _hash, anchor = target.partition("#")
        to = (page.parent / path).resolve() if path else page
        if not to.exists() or (anchor and anchor not in anchors(to)):
            broken.append(target)

    assert not broken, f"{named(page)} leads to nothing by {', '.join(broken)}"


def test_every_page_of_the_docs_can_be_reached_from_their_index() -> None:
    index = DOCS / "README.md"
    reached, waiting = set(), [index]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        local = (target.partition("#")[0] for target in links(page) if "://" not in target)
        waiting += [(page.parent / path).resolve() for path in local if path]

    lost = [named(page) for page in sorted(DOCS.rglob("*.md")) if page not in reached]

    assert not lost, f"no way leads from docs/README.md to {', '.join(lost)}"


def test_every_page_that_the_source_names_exists() -> None:
    """Error texts, docstrings, comments, the Makefile and the translations name pages by their path."""
    named_there = re.compile(r"\bdocs/[\w./-]+?\.(?:md|svg|jpg)\b")
    files = [*(ROOT / name for name in ("Makefile", "pyproject.toml", "CHANGELOG.md", "THIRD_PARTY.md"))]
    for folder in ("bot", "adapters", "generators", "storage", "learning"):
        files += [path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".po", ".toml"}]
    missing = {
        f"{path.relative_to(ROOT)}: {page}"
        for path in files
        for page in named_there.findall(path.read_text(encoding="utf-8"))
        if not (ROOT / page).exists()
    }

    assert not missing, "\n".join(sorted(missing))
