"""What the core reads from a plugin stands in docs/reference/plugin-doors.md, and a plugin holds nothing that nobody reads."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import learning.rankers
import learning.tuners
from bot import commands, phases, plugins, signals
from bot.services import doors
from tests.docs.pages import DOCS, ROOT
from tests.messages import sources

PAGE = DOCS / "reference" / "plugin-doors.md"
KINDS: dict[ModuleType, str] = {
    commands: "Commands",
    signals: "Signals",
    phases: "Phases",
    learning.rankers: "Rankers",
    learning.tuners: "Tuners",
}
PLUGINS = [(package, name) for package in KINDS for name in plugins.names(package)]
#: Read from plugins only: objects of other kinds are asked for attributes of these names elsewhere.
ASKED = {"command", "signal", "plugin", "module", "doors"}


def documented(kind: str) -> set[str]:
    """The doors in the table under a heading of the page."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {kind}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `(\w+)", section, re.MULTILINE))


def tree_of(package: ModuleType, name: str) -> ast.Module:
    path = Path(package.__path__[0]) / f"{name}.py"
    return ast.parse(path.read_text(encoding="utf-8"))


def public(tree: ast.Module) -> set[str]:
    """The public names that a module makes itself: constants, functions, classes."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def used(tree: ast.Module) -> set[str]:
    """The names that a module reads."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


@cache
def imported() -> frozenset[tuple[str, str]]:
    """What any module of ours takes from another by `from … import`, as module and name."""
    return frozenset(
        (node.module or "", alias.name)
        for _path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )


def unread(package: ModuleType, name: str, tree: ast.Module) -> set[str]:
    """What a plugin offers and nobody takes: no door of its kind, not used by itself, not imported."""
    taken = {what for module, what in imported() if module == f"{package.__name__}.{name}"}
    return public(tree) - documented(KINDS[package]) - used(tree) - taken


@pytest.mark.parametrize(("package", "name"), PLUGINS, ids=[name for _package, name in PLUGINS])
def test_every_public_name_of_a_plugin_is_a_door_or_is_used(package: ModuleType, name: str) -> None:
    lost = unread(package, name, tree_of(package, name))

    assert not lost, f"{name}: nobody reads {', '.join(sorted(lost))}. The doors are listed in docs/reference/plugin-doors.md."


@pytest.mark.parametrize(
    "line", ["PRIVAT = True", "SUGESTED: dict[str, str] = {}", "def on_ideas(idea): ...", "async def forms(): ..."]
)
def test_a_misspelled_door_is_found(line: str) -> None:
    assert unread(commands, "new", ast.parse(f"HELP = ''\nPARAMS = ()\n{line}\nasync def run(): ...\n"))


def test_a_constant_that_the_plugin_uses_itself_is_its_own_business() -> None:
    assert not unread(commands, "new", ast.parse("MOST = 3\nasync def run(): return MOST\n"))


def asked_for() -> set[str]:
    """Every attribute that the core asks a plugin for by `getattr` or `hasattr`."""
    found: set[str] = set()
    trees = [tree for path, tree in sources() if path.relative_to(ROOT).parts[0] in ("bot", "adapters")]
    for node in (node for tree in trees for node in ast.walk(tree)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) >= 2):
            continue
        whose, what = node.args[:2]
        loaded = isinstance(whose, ast.Call) and ast.unparse(whose.func) == "plugins.load"
        plugin = isinstance(whose, ast.Name) and whose.id in ASKED
        if node.func.id in ("getattr", "hasattr") and (loaded or plugin) and isinstance(what, ast.Constant):
            found.add(str(what.value))
    return found


def test_every_door_that_the_core_asks_for_is_documented() -> None:
    needed = {name for door in (doors.Command, doors.Signal) for name in (*door.__annotations__, *vars(door)) if name[0] != "_"}
    page = {name for kind in ("Commands", "Signals", "Chat platforms") for name in documented(kind)}

    assert {"PRIVATE", "READS", "token_of"} <= asked_for()
    assert needed | asked_for() <= page


@pytest.mark.parametrize("name", plugins.names(commands))
def test_the_optional_doors_of_a_command_hold_what_they_should(name: str) -> None:
    module = plugins.load(commands, name)
    params = {param.name for param in module.PARAMS}

    assert all(isinstance(getattr(module, door, False), bool) for door in ("PRIVATE", "READS"))
    assert set(getattr(module, "SUGGESTED", {})) <= params
    assert len(getattr(module, "OPENS", ("🎵", "label"))) == 2
    assert not hasattr(module, "OPENS") or callable(module.form)
