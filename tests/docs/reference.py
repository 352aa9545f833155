"""Writes the tables that the source knows best: settings, commands, the command line, files.

python -m tests.docs.reference update   # what `make docs` runs
python -m tests.docs.reference check    # fails while a page differs from the source
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer
from prometheus_client import Counter, Gauge, Histogram
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from bot import commands, config, plugins, signals, typed
from bot.__main__ import app
from bot.config import Settings, Table
from bot.metrics import Meter
from bot.services.usage import is_option, long
from generators.service.metrics import HELP
from tests.docs.pages import DOCS, ROOT

BEGIN, END = "<!-- begin: {} -->", "<!-- end: {} -->"
FOLDERS = {"home": "the user's data folder", "cache": "the user's cache folder"}  # their defaults differ by machine
BOUNDS = {"Ge": "at least {}", "Gt": "more than {}", "Le": "at most {}", "Lt": "less than {}"}


def cell(text: str) -> str:
    """A text that ends no cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(map(cell, row)) for row in rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)


# ------------------------------------------------------------------------------------------------ settings


def comments() -> dict[tuple[str, str], str]:
    """What `bot/config.py` says of each setting in `#:` behind or above it, by class and name."""
    source = Path(str(config.__file__)).read_text(encoding="utf-8")
    said = {
        token.start[0]: (token.string.removeprefix("#:").strip(), not token.line[: token.start[1]].strip())
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and token.string.startswith("#:")
    }
    found: dict[tuple[str, str], str] = {}
    for kind in (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)):
        for node in kind.body:
            if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)):
                continue
            within = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            behind = [said[line][0] for line in within if line in said]
            above: list[str] = []
            line = node.lineno - 1
            while said.get(line, ("", False))[1]:
                above.insert(0, said[line][0])
                line -= 1
            found[kind.name, node.target.id] = " ".join([*above, *behind])
    return found


def default(name: str, field: FieldInfo) -> str:
    value = field.default
    if name in FOLDERS:
        return FOLDERS[name]
    if isinstance(value, SecretStr) or value in ("", None, ()) or value is PydanticUndefined:
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def allowed(field: FieldInfo) -> str:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" if value else "empty" for value in get_args(kind))
    if isinstance(kind, types.UnionType):
        kind = next(part for part in get_args(kind) if part is not types.NoneType)
    word = {bool: "`true`, `false`", int: "whole number", float: "number", SecretStr: "secret 🔑"}.get(
        typing.cast("Any", kind), ""
    )
    bounds = [BOUNDS[type(one).__name__].format(bound(one)) for one in field.metadata if type(one).__name__ in BOUNDS]
    return ", ".join(filter(None, [word, *bounds]))


def bound(constraint: Any) -> str:
    return f"{next(getattr(constraint, name) for name in ('ge', 'gt', 'le', 'lt') if hasattr(constraint, name)):g}"


def settings() -> str:
    """Every table of `bot.config.Settings`, and every setting in it."""
    said, parts, top = comments(), [], []
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if not (isinstance(kind, type) and issubclass(kind, Table)):
            top.append((f"`MUSELAB_{name.upper()}`", default(name, field), allowed(field), said["Settings", name]))
            continue
        rows = [
            (f"`MUSELAB_{name.upper()}__{one.upper()}`", default(one, inner), allowed(inner), said[kind.__name__, one])
            for one, inner in kind.model_fields.items()
        ]
        title = (kind.__doc__ or "").strip().splitlines()[0]
        parts.append(f"## `[{name}]`\n\n{title}\n\n{table(('name', 'default', 'allowed', 'meaning'), rows)}")
    head = f"## Without a table\n\n{table(('name', 'default', 'allowed', 'meaning'), top)}"
    return "\n\n".join([head, *parts])


# ------------------------------------------------------------------------------------------------ commands


def words() -> str:
    """Every command with its parameters, then every signal with its tokens."""
    parts = ["## Commands"]
    for name in plugins.names(commands):
        module = plugins.load(commands, name)
        seen = ["only the person who asks sees the answer" if getattr(module, "PRIVATE", False) else "", opening(module)]
        about = ". ".join(map(sentence, filter(None, [module.HELP, *seen]))) + "."
        lines = [f"### `/{name}`", f"{about}", f"`{typed.usage(name)}`"]
        if module.PARAMS:
            rows = [(written(param), param.kind, param.help, values(param)) for param in module.PARAMS]
            lines.append(table(("argument", "kind", "meaning", "values"), rows))
        parts.append("\n\n".join(lines))
    parts.append("## Signals")
    for name in plugins.names(signals):
        module = plugins.load(signals, name)
        rows = [(f"`{token}`", f"{module.value(token):+.1f}") for token in module.TOKENS]
        emoji = " ".join(module.EMOJI)
        lines = [f"### `/{name}`: signal", f"{sentence(module.HELP)}.", f"`{typed.usage(name)}`", table(("said", "value"), rows)]
        parts.append("\n\n".join([*lines, *([f"Reactions: {emoji}"] if emoji else [])]))
    return "\n\n".join(parts)


def sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def opening(module: types.ModuleType) -> str:
    return "typed alone it opens a form" if hasattr(module, "OPENS") else ""


def written(param: Any) -> str:
    if not is_option(param):
        return f"`{param.name.upper()}`" + ("" if param.required else f" or `{long(param)}`")
    return " ".join(filter(None, [f"`{long(param)}`", f"`-{param.short}`" if param.short else ""]))


def values(param: Any) -> str:
    if param.choices:
        return ", ".join(f"`{value}`" for value, _label in param.choices)
    if param.least is not None or param.most is not None:
        return f"{'' if param.least is None else param.least} … {'' if param.most is None else param.most}"
    return ""


def line() -> str:
    """Every command of the `muselab` program with its options."""
    group = typer.main.get_command(app)
    parts = []
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        text = " ".join((command.help or "").split())
        parts += [f"### `muselab {name}`", text]
        rows = [
            (f"`{', '.join(param.opts) if param.param_type_name == 'option' else param.name.upper()}`", option_help(param))
            for param in command.params
            if not getattr(param, "hidden", False) and param.name != "help"
        ]
        if rows:
            parts.append(table(("option", "meaning"), rows))
        if command.epilog:
            examples = re.split(r"\s+·\s+|\s{2,}", command.epilog.split(":", 1)[1].strip())
            parts.append("```\n" + "\n".join(filter(None, map(str.strip, examples))) + "\n```")
    return "\n\n".join(parts)


def option_help(param: Any) -> str:
    return " ".join((getattr(param, "help", None) or "").split())


# ------------------------------------------------------------------------------------------------ files

PACKAGES = ("bot", "adapters", "generators", "storage", "learning")


def first_line(path: Path) -> str:
    """What a module says of itself in its first line."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0].replace("\n", " ")


def files() -> str:
    """Every module of the first two levels of each package, and every folder below them, by its first line."""
    parts = []
    for package in PACKAGES:
        for folder in (ROOT / package, *sorted(path.parent for path in (ROOT / package).glob("*/__init__.py"))):
            modules = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
            inner = sorted(path for path in folder.glob("*/__init__.py") if folder != ROOT / package)
            rows = [(f"`{path.name}`", first_line(path)) for path in modules]
            rows += [(f"`{path.parent.name}/`", first_line(path)) for path in inner]
            name = folder.relative_to(ROOT).as_posix()
            parts.append(f"### `{name}/`\n\n{first_line(folder / '__init__.py')}")
            if rows:
                parts.append(table(("file", "what it is"), rows))
    return "\n\n".join(parts)


# ------------------------------------------------------------------------------------------------ metrics


def metrics() -> str:
    """Every figure of the bot and of the generation service."""
    own = [one for one in vars(Meter()).values() if isinstance(one, Counter | Gauge | Histogram)]
    rows = [
        (f"`{family.name}{'_total' * (family.type == 'counter')}`", family.type, labels(one), family.documentation)
        for one in own
        for family in one.describe()
    ]
    served = [(f"`{name}`", meaning) for name, meaning in HELP.items()]
    bot = table(("figure", "kind", "labels", "meaning"), rows)
    return f"## The bot\n\n{bot}\n\n## The generation service\n\n{table(('figure', 'meaning'), served)}"


def labels(figure: Any) -> str:
    return ", ".join(f"`{name}`" for name in figure._labelnames)


# ------------------------------------------------------------------------------------------------ pages

TABLES: dict[str, tuple[Path, Callable[[], str]]] = {
    "settings": (DOCS / "reference" / "configuration.md", settings),
    "commands": (DOCS / "reference" / "commands.md", words),
    "command line": (DOCS / "reference" / "command-line.md", line),
    "metrics": (DOCS / "reference" / "metrics.md", metrics),
    "files": (DOCS / "architecture.md", files),
}


def renewed() -> Iterator[tuple[Path, str, str]]:
    """Each page that holds tables of the source: its path, its text now, and as it should be."""
    for title, (page, made) in TABLES.items():
        text = page.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN.format(title))
        _old, after = rest.split(END.format(title))
        yield page, text, f"{before}{BEGIN.format(title)}\n\n{made()}\n\n{END.format(title)}{after}"


def main() -> int:
    stale = [(page, new) for page, old, new in renewed() if old != new]
    if sys.argv[1:] == ["update"]:
        for page, new in stale:
            page.write_text(new, encoding="utf-8")
        return 0
    print(
        "\n".join(f"{page.relative_to(DOCS.parent)} differs from the source; run: make docs" for page, _new in stale)
        or "reference: true"
    )
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
