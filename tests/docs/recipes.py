"""Recipes printed on pages, carried out in a copy of the repository: its files are written, its lines added, its commands run."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT, Block, blocks

COPIED = ("bot", "adapters", "generators", "storage", "learning", "tests", "docs")
LINKED = ("assets", "data")  # folders of large files that no recipe changes
#: The plugins of pytest that these tests need, by name: to load all that are installed takes two seconds a line.
PYTEST = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTEST_ADDOPTS": "-p no:cacheprovider -p pytest_asyncio.plugin -p pytest_timeout",
}
LINE_S = 300.0  # for one command line; it takes ten on a quiet machine


def copied(to: Path) -> Path:
    """A copy of the repository in which a recipe may write; large folders are links to the originals."""

    def left_out(folder: str, names: list[str]) -> list[str]:
        links = [name for name in names if name in LINKED]
        for name in links:
            there = to / Path(folder).relative_to(ROOT) / name
            there.parent.mkdir(parents=True, exist_ok=True)
            there.symlink_to(Path(folder) / name)
        return links

    for name in COPIED:
        shutil.copytree(ROOT / name, to / name, ignore=left_out, dirs_exist_ok=True)
    for path in ROOT.glob("*"):
        if path.is_file():
            shutil.copy2(path, to / path.name)
    return to


def carried_out(page: Path, tree: Path) -> list[str]:
    """Writes what a page prints into `tree`; returns the command lines that the page says to run there."""
    lines: list[str] = []
    for block in blocks(page):
        if "file" in block.options:
            write(tree / block.options["file"], block)
        elif "add" in block.options:
            add(tree / block.options["add"], block.body)
        elif "column" in block.options:
            column(tree / block.options["column"], block.body)
        elif "change" in block.options:
            change(tree / block.options["change"], block.body)
        elif "run" in block.words:
            lines += [line for line in block.body.splitlines() if line.strip()]
    return lines


def write(path: Path, block: Block) -> None:
    """A whole file; a recipe makes new ones only."""
    assert not path.exists(), f"{path.name} exists already: the recipe must choose another name"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.body, encoding="utf-8")


def add(path: Path, body: str) -> None:
    """Lines more: rows of a table below its last row, everything else at the end."""
    text = path.read_text(encoding="utf-8")
    if body.startswith("|"):
        lines = text.splitlines(keepends=True)
        last = max(number for number, line in enumerate(lines) if line.startswith("|"))
        lines.insert(last + 1, body)
        path.write_text("".join(lines), encoding="utf-8")
    else:
        path.write_text(f"{text.rstrip()}\n\n{body}", encoding="utf-8")


def column(path: Path, body: str) -> None:
    """A column more in the last table, in its alphabetical place; its cells say what the rows' first cells say."""
    title = body.splitlines()[0].strip("| ")
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [number for number, line in enumerate(lines) if line.startswith("|")]
    head = max(number for number in rows if number - 1 not in rows)
    place = sum(name.strip() < title for name in lines[head].strip("|").split("|"))
    for number in (number for number in rows if number >= head):
        cells = lines[number].strip("|").split("|")
        cells.insert(place, {head: f" {title} ", head + 1: "---"}.get(number, cells[0]))
        lines[number] = "|" + "|".join(cells) + "|"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def change(path: Path, body: str) -> None:
    """A hunk as `diff` writes it: lines with a space or a minus stand in the file, once; those with a plus are new."""
    text = path.read_text(encoding="utf-8")
    lines = body.splitlines()
    old = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    new = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    assert text.count(old) == 1, f"{path.name} has {text.count(old)} times:\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def joined(lines: list[str]) -> list[str]:
    """The same commands with fewer processes: the arguments of those that differ in paths only become one line's.

    A line that chooses tests by `-k` stays as it is.
    """
    together: dict[str, dict[str, None]] = {}
    for line in lines:
        words = shlex.split(line)
        paths = [] if "-k" in words else [word for word in words if "/" in word]
        together.setdefault(shlex.join(word for word in words if word not in paths), {}).update(dict.fromkeys(paths))
    return [" ".join((command, *paths)) for command, paths in together.items()]


def run(line: str, tree: Path) -> str:
    """Runs one command line as printed, with this Python's tools; returns what it printed, empty where it succeeded."""
    name, *arguments = shlex.split(line)
    tool = [sys.executable] if name == "python" else [sys.executable, "-m", name]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(tree), **PYTEST}
    for given in ("PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"):
        environment.pop(given, None)
    done = subprocess.run(
        [*tool, *arguments], cwd=tree, env=environment, capture_output=True, text=True, timeout=LINE_S, check=False
    )
    return "" if done.returncode == 0 else f"{line}\n{done.stdout}\n{done.stderr}"
