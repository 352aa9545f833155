"""The pages that people read, and what can be taken out of them: links, headings, tables and files printed whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^(?P<fence>```+)(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")


def pages() -> list[Path]:
    """Every page: those at the top of the repository that people begin with, and all of docs/."""
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def named(page: Path) -> str:
    """A page's path as a reader writes it."""
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Where a page's links and pictures lead, as written."""
    return [match["target"] for match in LINK.finditer(prose(page))]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them: lower case, letters, digits and hyphens."""
    titles = re.findall(r"^#{1,6} +(.+?) *$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One code block of a page."""

    words: tuple[str, ...]  #: what stands behind the language: `file=bot/commands/count.py`, `run`
    body: str

    @property
    def options(self) -> dict[str, str]:
        """The words with a value, by name."""
        return dict(word.split("=", 1) for word in self.words if "=" in word)


def blocks(page: Path) -> Iterator[Block]:
    """A page's code blocks, in their order."""
    for match in FENCE.finditer(page.read_text(encoding="utf-8")):
        yield Block(words=tuple(match["info"].split()[1:]), body=match["body"])


def rows(page: Path) -> list[list[str]]:
    """The cells of every table row of a page, heads and rules included."""
    lines = (line for line in prose(page).splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
