"""Fails where a file has over 300 lines or a function over 40, and names them.

Past these lengths ask which room the new part wants; no line is cut for its own sake.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

PACKAGES = ("bot", "adapters", "generators", "storage", "learning")
FILE, FUNCTION = 300, 40  # lines: three screens of a file, one of a function; a reader holds no more


def longer() -> dict[str, int]:
    """Files and functions over their limit, with their lengths."""
    found: dict[str, int] = {}
    for path in sorted(file for package in PACKAGES for file in Path(package).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if (lines := len(source.splitlines())) > FILE:
            found[path.as_posix()] = lines
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION:
                    found[f"{path.as_posix()}:{node.name}"] = lines
    return found


def main() -> int:
    found = longer()
    for name, lines in sorted(found.items(), key=lambda item: -item[1]):
        print(f"{name} has {lines} lines; at most {FUNCTION if ':' in name else FILE} are wanted")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
