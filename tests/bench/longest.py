"""Prints the longest files and functions: shown, not enforced. Past 300 lines or 40, ask which room the new part wants."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGES = ("bot", "adapters", "generators", "storage", "learning")
SHOWN = 8


def main() -> None:
    files: list[tuple[int, str]] = []
    functions: list[tuple[int, str]] = []
    for path in sorted(file for package in PACKAGES for file in Path(package).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        files.append((len(source.splitlines()), str(path)))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                functions.append((node.end_lineno - node.lineno + 1, f"{path}:{node.lineno} {node.name}"))
    for title, rows in (("longest files (lines)", files), ("longest functions (lines)", functions)):
        print(title)
        for length, name in sorted(rows, reverse=True)[:SHOWN]:
            print(f"  {length:4} {name}")


if __name__ == "__main__":
    main()
