"""The Chinese pages have full-width punctuation, one word for one thing, and what the English ones have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, named, prose, rows
from tests.messages import stored

CHINESE = [ROOT / "README.zh-CN.md", *sorted((DOCS / "zh-CN").glob("*.md"))]
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?(][\u4e00-\u9fff]")
#: Words beside those of docs/glossary.md for the same thing; and the formal "you" beside 你.
BESIDE = ("想法", "主意", "创意点", "维护者", "托管者", "概念板", "您")


def text(page: Path) -> str:
    """What is read: no code, no addresses of links."""
    return re.sub(r"\]\([^)]*\)|`[^`]*`", "", prose(page))


@pytest.mark.parametrize("page", CHINESE, ids=named)
def test_chinese_is_written_with_full_width_punctuation(page: Path) -> None:
    assert HALF_WIDTH.findall(text(page)) == []


@pytest.mark.parametrize("page", CHINESE, ids=named)
def test_one_thing_has_one_word(page: Path) -> None:
    assert [word for word in BESIDE if word in text(page)] == []


@pytest.mark.parametrize("name", ["connect-discord.md", "connect-slack.md", "open-the-page.md"])
def test_a_guide_has_the_steps_and_rows_of_its_english_twin(name: str) -> None:
    chinese, english = DOCS / "zh-CN" / name, DOCS / "how-to" / name

    assert steps(chinese) == steps(english)
    assert len(rows(chinese)) == len(rows(english))
    assert settings(chinese) == settings(english)


def steps(page: Path) -> list[str]:
    return re.findall(r"^(\d+)\. ", page.read_text(encoding="utf-8"), re.MULTILINE)


def settings(page: Path) -> set[str]:
    return set(re.findall(r"MUSELAB_\w+", page.read_text(encoding="utf-8")))


def test_the_glossary_s_chinese_terms_are_those_of_the_interface() -> None:
    said = " ".join(str(message.string) for message in stored("zh_Hans"))
    terms = [row[1] for row in rows(DOCS / "glossary.md") if len(row) == 2 and row[0] not in ("English", "---")]

    assert len(terms) > 8
    assert [term for term in terms if term not in said] == []
