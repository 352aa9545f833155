"""What docs/facts and findings/ say of themselves: all that is named is there, and findings keep their form."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FINDINGS = sorted((ROOT / "findings").glob("*.sh"))
PAGES = sorted((ROOT / "docs" / "facts").glob("*.md"))


def test_every_test_that_a_fact_names_is_there() -> None:
    there = {
        name
        for file in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
    }
    named = {(page.name, name) for page in PAGES for name in re.findall(r"`(test_\w+)`", page.read_text(encoding="utf-8"))}

    assert len(named) > 50
    assert {(page, name) for page, name in named if name not in there} == set()


def test_every_finding_that_a_fact_names_is_there() -> None:
    there = {finding.stem for finding in FINDINGS}
    named = {name for page in PAGES for name in re.findall(r"findings/([a-z0-9-]+)", page.read_text(encoding="utf-8"))}

    assert named <= there


def test_the_list_of_findings_has_each_once() -> None:
    listed = re.findall(
        r"^\| \[([a-z0-9-]+)\]\(\1\.sh\)", (ROOT / "findings" / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert sorted(listed) == [finding.stem for finding in FINDINGS]


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.stem)
def test_a_finding_says_what_was_guessed_and_seen_pins_and_cleans_up(finding: Path) -> None:
    text = finding.read_text(encoding="utf-8")
    head = "\n".join(text.splitlines()[:8])
    installed = re.findall(r"pip .*install (.*)", text)
    packages = [word for line in installed for word in line.split() if not word.startswith(("-", '"$work'))]

    assert os.access(finding, os.X_OK)
    assert "# Guessed: " in head
    assert "# Seen: " in head
    assert packages
    assert all("==" in package for package in packages)
    assert "work=$(mktemp -d)" in text
    assert "trap 'rm -rf \"$work\"' EXIT" in text
    assert "muselab" not in text.lower()
    assert not re.search(r"https?://(?!127\.0\.0\.1|localhost|example)", text)
