"""The house as it is drawn: no circles among its files."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "adapters", "generators", "storage", "learning")


def name_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(modules: dict[str, Path]) -> dict[str, set[str]]:
    """What each module imports of our own, imports for type checking included."""
    found: dict[str, set[str]] = {}
    for name, file in modules.items():
        found[name] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    found[name] |= {inner} if inner in modules else {node.module} & modules.keys()
            elif isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names} & modules.keys()
        found[name].discard(name)
    return found


def test_no_file_leads_back_to_itself_not_even_for_its_types() -> None:
    modules = {name_of(file): file for package in PACKAGES for file in (ROOT / package).rglob("*.py")}

    try:
        graphlib.TopologicalSorter(imports(modules)).prepare()
    except graphlib.CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))
