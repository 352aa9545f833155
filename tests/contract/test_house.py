"""The house as it is drawn: no circles among its files, and no benchmark that asks for what is gone."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

import pytest

from tests.messages import sources

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "adapters", "generators", "storage", "learning")


def name_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(modules: dict[str, ast.Module]) -> dict[str, set[str]]:
    """What each module imports of our own, imports for type checking included."""
    found: dict[str, set[str]] = {}
    for name, tree in modules.items():
        found[name] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    found[name] |= {inner} if inner in modules else {node.module} & modules.keys()
            elif isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names} & modules.keys()
        found[name].discard(name)
    return found


def test_no_file_leads_back_to_itself_not_even_for_its_types() -> None:
    modules = {name_of(file): tree for file, tree in sources()}

    try:
        graphlib.TopologicalSorter(imports(modules)).prepare()
    except graphlib.CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def named(tree: ast.Module) -> set[str]:
    """What a module offers: what it defines, sets or imports, wherever in it that happens."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def test_every_name_that_a_benchmark_imports_of_ours_is_there() -> None:
    places = (*PACKAGES, "tests")
    modules = {name_of(file): file for package in places for file in (ROOT / package).rglob("*.py")}
    offered: dict[str, set[str]] = {}
    missing: list[str] = []

    for file in sorted((ROOT / "tests" / "bench").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in places):
                continue
            if node.module in modules and node.module not in offered:
                offered[node.module] = named(ast.parse(modules[node.module].read_text(encoding="utf-8")))
            for alias in node.names:
                there = alias.name in offered.get(node.module, ()) or f"{node.module}.{alias.name}" in modules
                if not there:
                    missing.append(f"{file.relative_to(ROOT)}: {node.module}.{alias.name}")

    assert missing == []
