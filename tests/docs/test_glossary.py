"""The glossary names what is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, rows

PAGE = DOCS / "glossary.md"
PATH = re.compile(r"`((?:bot|adapters|generators|storage|learning)(?:\.\w+)+)`")
NAMED = sorted({path for row in rows(PAGE) for path in PATH.findall(row[-1])})


def file_of(parts: list[str]) -> Path | None:
    path = ROOT.joinpath(*parts)
    return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)


def top(file: Path) -> set[str]:
    """The names that a module has at its top level, imported ones included. It runs nothing: some need torch."""
    names: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


@pytest.mark.parametrize("path", NAMED)
def test_every_name_in_the_glossary_exists(path: str) -> None:
    *module, name = path.split(".")
    file = file_of(module)

    assert file is not None, f"there is no module {'.'.join(module)}"
    assert name in top(file), f"{'.'.join(module)} has no {name}"


def test_every_word_of_the_first_tables_says_where_it_lives() -> None:
    entries = [row for row in rows(PAGE) if len(row) == 4 and row[0] != "here" and not set(row[0]) <= {"-"}]

    assert len(entries) > 40
    assert [row[0] for row in entries if not PATH.search(row[-1])] == []
    words = [row[0] for row in entries]
    assert len(set(words)) == len(words)
