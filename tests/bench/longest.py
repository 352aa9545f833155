"""Shows the files over 300 lines and the functions over 40, and fails when one is new or one of them has grown.

Past these lengths ask which room the new part wants; no line is cut for its own sake. What was longer when the limit was drawn
stands in `longest.toml` with its length, and may shrink only: `python -m tests.bench.longest update` after it has.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

PACKAGES = ("bot", "adapters", "generators", "storage", "learning")
FILE, FUNCTION = 300, 40  # lines: three screens of a file, one of a function; a reader holds no more
KNOWN = Path(__file__).with_name("longest.toml")


def longer() -> dict[str, dict[str, int]]:
    """Files and functions over their limit, with their lengths."""
    files: dict[str, int] = {}
    functions: dict[str, int] = {}
    for path in sorted(file for package in PACKAGES for file in Path(package).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if (lines := len(source.splitlines())) > FILE:
            files[path.as_posix()] = lines
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION:
                    functions[f"{path.as_posix()}:{node.name}"] = lines
    return {"files": files, "functions": functions}


def grown(now: dict[str, dict[str, int]], known: dict[str, dict[str, int]]) -> list[str]:
    """What is over its limit and was not, or was shorter."""
    return [
        f"{name} has {lines} lines; "
        + (f"it had {before}" if (before := known[kind].get(name)) else f"at most {limit} are wanted")
        for kind, limit in (("files", FILE), ("functions", FUNCTION))
        for name, lines in now[kind].items()
        if lines > known[kind].get(name, limit)
    ]


def main() -> int:
    now = longer()
    if sys.argv[1:] == ["update"]:
        rows = [[f"[{kind}]", *(f'"{name}" = {lines}' for name, lines in now[kind].items()), ""] for kind in now]
        KNOWN.write_text("\n".join(line for part in rows for line in part), encoding="utf-8")
        return 0
    for kind, lengths in now.items():
        print(f"{kind} over their limit: {len(lengths)}")
        for name, lines in sorted(lengths.items(), key=lambda item: -item[1]):
            print(f"  {lines:4} {name}")
    worse = grown(now, tomllib.loads(KNOWN.read_text(encoding="utf-8")))
    print("\n".join(worse))
    return bool(worse)


if __name__ == "__main__":
    sys.exit(main())
