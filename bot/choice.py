"""Which model `muselab model use` chose for this data folder, and which it was before: a small file. It knows no models."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot import private

FILE = "model.json"
MODELS = "models"  #: folder of the models that were fetched or converted, beside it
KEPT = 20  # earlier choices; who wants to go back further names the model


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, the newest first; each is what `[service] model` can be."""

    models: tuple[str, ...] = ()

    @property
    def now(self) -> str:
        """What is to run; empty: nobody has chosen."""
        return self.models[0] if self.models else ""


def chosen(home: Path) -> Choice:
    """The choice in a data folder; nothing where there is no file, or none that can be read."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        told = json.loads((home / FILE).read_text(encoding="utf-8"))["models"]
        return Choice(tuple(str(one) for one in told if one))
    return Choice()


def over(home: Path, named: Collection[str]) -> dict[str, str]:
    """What the choice changes in the service's table, of which the configuration itself names these fields: that wins."""
    model = "" if "model" in named else chosen(home).now
    return {"model": model} if model else {}


def choose(home: Path, model: str) -> None:
    """Makes a model the one to run; a running bot sees it within moments.

    Raises:
        OSError: it cannot be written.
    """
    earlier = tuple(one for one in chosen(home).models if one != model)
    _write(home, Choice((model, *earlier)[:KEPT]))


def go_back(home: Path, default: str) -> str:
    """Takes the newest choice back; what runs then. `default`: what runs where nothing is left of it.

    Raises:
        OSError: it cannot be written.
    """
    left = Choice(chosen(home).models[1:])
    _write(home, left)
    return left.now or default


def _write(home: Path, choice: Choice) -> None:
    private.folder(home)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=home, prefix=f".{FILE}-", delete=False) as opened:  # 0600
        work = Path(opened.name)
        try:
            json.dump({"models": choice.models}, opened)
            opened.flush()
            os.fsync(opened.fileno())
            work.replace(home / FILE)
        except BaseException:
            work.unlink(missing_ok=True)
            raise
