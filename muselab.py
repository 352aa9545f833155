"""The door of the `muselab` command: makes sure that the packages beneath are Muselab's own, and goes in.

Its five packages have everyday names, and others of those names exist: `adapters` is a package on PyPI, and tutorials for bots
begin with a folder `bot/`. Nothing of them is imported before it is known whose they are.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

PACKAGES = ("bot", "adapters", "generators", "storage", "learning")
MARK = '__product__ = "muselab"'  #: a line in the `__init__.py` of each: a package installed over ours has the same place


def stranger(name: str, root: Path = Path(__file__).parent) -> Path | None:
    """Where a package of another program lies that would be imported in the place of ours; None when ours is imported.

    Args:
        name: one of `PACKAGES`.
        root: the folder that ours lie in, this module beside them.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:  # nothing there, or a bare folder
        return Path(next(iter(spec.submodule_search_locations or ()), root / name)) if spec else root / name
    found = Path(spec.origin)
    ours = found.resolve() == (root / name / "__init__.py").resolve()
    return None if ours and MARK in found.read_text(encoding="utf-8", errors="replace").splitlines() else found.parent


def trouble(name: str, where: Path, _: Callable[[str], str] = str) -> str:
    """What a person reads of a package in the way; `_` translates."""
    return _(
        "“{name}” in {folder} is no part of Muselab, or only half of it: something else is in the way. "
        "Give Muselab a virtual environment of its own, and leave that folder out of PYTHONPATH."
    ).format(name=name, folder=where)


def main() -> None:
    """Runs the command line, or says in one sentence, with a status of 1, which package is in the way."""
    for name in PACKAGES:
        if (where := stranger(name)) is None:
            continue
        if name == "bot":  # the translations lie in there
            print(f"muselab: {trouble(name, where)}", file=sys.stderr)
        else:
            from bot import words

            with words.speaking(words.of_environment()):
                print(f"muselab: {trouble(name, where, words._)}", file=sys.stderr)
        sys.exit(1)
    from bot.__main__ import main as run

    run()


if __name__ == "__main__":
    main()
