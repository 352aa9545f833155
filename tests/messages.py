"""Collects every sentence that people read, keeps the catalogues up to date, and says which lack a translation.

python -m tests.messages update   # new sentences into bot/locale/*/LC_MESSAGES/muselab.po
python -m tests.messages check    # fails while a translation is missing, fuzzy, left over, or lost a placeholder
"""

from __future__ import annotations

import ast
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from bot.words import FALLBACK, FOLDER, LOCALES

PACKAGES = ("bot", "adapters", "generators", "storage", "learning")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)  # a fixed date: one that changes with every run would be all that a diff shows
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"\{[a-z_]*[^{}]*\}")


def collected() -> Catalog:
    """Every sentence in the source, and the docstrings of errors, which are their messages."""
    catalog = Catalog(project="Muselab", version="", copyright_holder="The Muselab maintainers", charset="utf-8")
    for path in sorted(file for package in PACKAGES for file in Path(package).rglob("*.py")):
        for _line, message, comments, context in extract_from_file("python", path, keywords=KEYWORDS):
            catalog.add(message, auto_comments=comments, context=context)
    tree = ast.parse(Path("bot/domain/errors.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and (said := ast.get_docstring(node)):
            catalog.add(said.splitlines()[0])
    return catalog


def path_of(locale: str) -> Path:
    return FOLDER / locale / "LC_MESSAGES" / "muselab.po"


def stored(locale: str) -> Catalog:
    path = path_of(locale)
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
    catalog.project, catalog.version = "muselab", ""
    catalog.creation_date = catalog.revision_date = FIRST
    path_of(locale).parent.mkdir(parents=True, exist_ok=True)
    with path_of(locale).open("wb") as file:
        write_po(file, catalog, no_location=True, sort_output=True, omit_header=False, width=120, include_previous=False)


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def wrong(locale: str) -> list[str]:
    """What is not right with a catalogue, a line each."""
    catalog, problems = stored(locale), []
    for message in collected():
        if not message.id:
            continue
        found: Message | None = catalog.get(message.id, message.context)
        said = message.id if isinstance(message.id, str) else message.id[-1]
        strings = [] if found is None else [found.string] if isinstance(found.string, str) else list(found.string)
        if not strings or not all(strings) or (found is not None and found.fuzzy):
            problems.append(f"not translated: {said}")
        elif any(placeholders(text) != placeholders(said) for text in strings):
            problems.append(f"placeholders differ: {said}")
    known = {message.id for message in collected()}
    problems += [f"not in the source any more: {message.id}" for message in catalog if message.id and message.id not in known]
    return problems


def main() -> int:
    others = [locale for locale in LOCALES if locale != FALLBACK]
    if sys.argv[1:] == ["update"]:
        for locale in others:
            update(locale)
        return 0
    problems = [f"{locale}: {problem}" for locale in others for problem in wrong(locale)]
    print("\n".join(problems) or f"translations: {', '.join(LOCALES)}, complete")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
