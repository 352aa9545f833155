"""Finds and imports plugins: a plugin is a module, its name is its file name, its door one agreed attribute."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from types import ModuleType

from bot.domain.errors import Misconfigured
from bot.words import _


def names(package: ModuleType) -> tuple[str, ...]:
    """The plugins in a package, sorted; names that begin with an underscore are the package's own business."""
    all_names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name for name in all_names if not name.startswith("_")))


def load(package: ModuleType, name: str) -> ModuleType:
    """Imports one plugin by name.

    Raises:
        Misconfigured: there is no such plugin; the message lists those that exist.
    """
    loaded = sys.modules.get(f"{package.__name__}.{name}")
    if loaded is not None and not name.startswith("_"):
        return loaded  # looking into the folder takes half a millisecond
    if name not in names(package):
        known = ", ".join(names(package))
        raise Misconfigured(
            _("There is no “{name}” in {kind}. There are: {known}.").format(
                kind=package.__name__.rpartition(".")[2], name=name, known=known
            )
        )
    return importlib.import_module(f"{package.__name__}.{name}")
