"""Collects every sentence that people read, keeps the catalogues up to date, and says which lack a translation.

python -m tests.messages update   # new sentences into bot/locale/*/LC_MESSAGES/muselab.po
python -m tests.messages check    # fails while a translation is missing, fuzzy, left over, or lost what must stay as it is
"""

from __future__ import annotations

import ast
import gc
import re
import sys
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from bot import commands, plugins, signals
from bot.words import FALLBACK, FOLDER, LOCALES

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "adapters", "generators", "storage", "learning")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)  # a fixed date: one that changes with every run would be all that a diff shows
MARKS = {"_": 1, "N_": 1, "ngettext": 2}  #: functions of `bot.words`, and how many sentences each takes
ERROR = "MuselabError"  #: the docstrings of it and its children are their messages
#: What a translation keeps letter by letter: placeholders, /commands, --options, `code`, settings, packages and documents.
VERBATIM = re.compile(
    r"\{[^{}]*\}|(?<![\w/:])/[a-z]+\b|(?<![\w-])--[a-z]+|`[^`]+`|MUSELAB_\w+"
    r"|pip install [^ )]*[^ ).,]|\b[\w/-]+\.(?:md|toml|env)\b",
    re.ASCII,
)

Sentence = str | tuple[str, ...]


@cache
def sources() -> tuple[tuple[Path, ast.Module], ...]:
    """Every module of ours."""
    paths = [ROOT / "muselab.py", *sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))]
    looking = gc.isenabled()
    gc.disable()  # nothing in a tree is garbage: looking for some again and again takes four times as long as all else
    try:
        return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths)
    finally:
        gc.freeze()  # the trees stay
        if looking:
            gc.enable()


@cache
def collected() -> Catalog:
    """Every sentence in the source, and the docstrings of errors, which are their messages."""
    catalog = Catalog(project="Muselab", version="", copyright_holder="The Muselab maintainers", charset="utf-8")
    trees = [tree for _path, tree in sources()]
    for sentence in (sentence for tree in trees for call in marked(tree) if (sentence := spoken(call))):
        catalog.add(sentence)
    for sentence in errors(trees):
        catalog.add(sentence)
    for name in (*plugins.names(commands), *plugins.names(signals)):  # what people type on platforms that localise commands
        catalog.add(name)
    return catalog


def marked(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls that mark or translate something."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node.func) in MARKS)


def name_of(node: ast.expr) -> str:
    """`_` of `_` and of `words._`."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def spoken(call: ast.Call) -> Sentence:
    """What a call marks; nothing when that was marked elsewhere, as in `_(module.HELP)`."""
    said = tuple(
        arg.value
        for arg in call.args[: MARKS[name_of(call.func)]]
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    )
    return said[0] if len(said) == 1 else said


def errors(trees: list[ast.Module]) -> Iterator[str]:
    """The first line of the docstring of every error that people read."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    known = {ERROR}
    while more := {node.name for node in classes if known & {name_of(base) for base in node.bases}} - known:
        known |= more
    for node in classes:
        if node.name in known and (said := ast.get_docstring(node)) and not says_itself(node):
            yield said.splitlines()[0]


def says_itself(error: ast.ClassDef) -> bool:
    """Whether an error makes a message of its own, so that its docstring is read by nobody but us."""
    return error.name != ERROR and any(isinstance(node, ast.FunctionDef) and node.name == "__init__" for node in error.body)


def unspeakable() -> list[str]:
    """Where the source says something that no catalogue can hold, a line each."""
    return [f"{path.relative_to(ROOT)}:{line}: {problem}" for path, tree in sources() for line, problem in misspoken(tree)]


def misspoken(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What one module says so that it cannot be translated, by line."""
    calls = list(marked(tree))
    if not calls:
        return
    late = {id(call) for function in functions(tree) for statement in function for call in marked(statement)}
    for call in calls:
        if any(isinstance(arg, (ast.JoinedStr, ast.BinOp)) for arg in call.args[: MARKS[name_of(call.func)]]):
            yield call.lineno, "put together before it is translated; write placeholders, and .format() behind"
        if name_of(call.func) != "N_" and id(call) not in late:
            yield call.lineno, "translated while it is imported, before anybody speaks; mark it with N_"


def functions(tree: ast.AST) -> Iterator[list[ast.stmt] | list[ast.expr]]:
    """The bodies that run later than the import."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.body
        elif isinstance(node, ast.Lambda):
            yield [node.body]


def path_of(locale: str, folder: Path = FOLDER) -> Path:
    return folder / locale / "LC_MESSAGES" / "muselab.po"


def stored(locale: str, folder: Path = FOLDER) -> Catalog:
    path = path_of(locale, folder)
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def update(locale: str) -> None:
    catalog = stored(locale)
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = "# What people read in Muselab. New sentences come in with `make messages`."
    catalog.fuzzy = False
    catalog.project, catalog.version, catalog.msgid_bugs_address = "muselab", "", ""
    catalog.last_translator = catalog.language_team = "The Muselab maintainers"
    catalog.creation_date = catalog.revision_date = FIRST
    path_of(locale).parent.mkdir(parents=True, exist_ok=True)
    with path_of(locale).open("wb") as file:
        write_po(file, catalog, no_location=True, sort_output=True, omit_header=False, width=120, include_previous=False)


def verbatim(text: str) -> set[str]:
    """What a translation must keep: see `VERBATIM`; and every emoji."""
    return {*VERBATIM.findall(text), *(char for char in text if unicodedata.category(char) == "So")}


def wrong(locale: str, folder: Path = FOLDER) -> list[str]:
    """What is not right with a catalogue, a line each."""
    catalog, source, problems = stored(locale, folder), collected(), []
    for message in source:
        if not message.id:
            continue
        found: Message | None = catalog.get(message.id, message.context)
        said = message.id if isinstance(message.id, str) else message.id[-1]
        strings = [] if found is None else [found.string] if isinstance(found.string, str) else list(found.string or ())
        if not strings or not all(strings) or (found is not None and found.fuzzy):
            problems.append(f"not translated: {said}")
            continue
        lost = set().union(*(verbatim(said) ^ verbatim(text) for text in strings))
        if lost:
            problems.append(f"{' '.join(sorted(lost))} differs: {said}")
    known = {message.id for message in source}
    problems += [f"not in the source any more: {message.id}" for message in catalog if message.id and message.id not in known]
    return problems


def main() -> int:
    others = [locale for locale in LOCALES if locale != FALLBACK]
    if sys.argv[1:] == ["update"]:
        for locale in others:
            update(locale)
        return 0
    problems = unspeakable() + [f"{locale}: {problem}" for locale in others for problem in wrong(locale)]
    print("\n".join(problems) or f"translations: {', '.join(LOCALES)}, complete")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
