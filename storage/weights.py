"""LoRA adapters in a folder, named by a hash of their content. The manifest is written last, and the rename is the commit."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from bot import private
from bot.domain.errors import BrokenWeights
from bot.domain.models import CONTENT_NAME, content_name
from bot.words import _

FILES = ("adapter_config.json", "adapter_model.safetensors")  #: what PEFT writes and vLLM loads
MANIFEST = "manifest.json"
WORK = ".keeping-"
YOUNG_S = 3600.0  # a kept adapter whose version is not stored yet, or a working folder still in use, is younger than this


class AdapterFolder:
    """The `Adapters` port over a folder; two processes may use it at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, folder: Path, manifest: Mapping[str, Any]) -> str:
        """See `bot.ports.Adapters`."""
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise BrokenWeights(
                _("There is no adapter in {folder}: {missing} is missing.").format(folder=folder, missing=missing[0])
            )
        private.folder(self.root)
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=self.root))
        try:
            for name in FILES:
                shutil.copyfile(folder / name, private.file(work / name))
            named = digest(work)
            if self._whole(named):
                return named
            for name in FILES:
                _onto_disk(work / name)
            private.file(work / MANIFEST).write_text(
                json.dumps({**manifest, "adapter": named}, indent=1, sort_keys=True), encoding="utf-8"
            )
            _onto_disk(work / MANIFEST)
            self._put_in_place(work, named)
            return named
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def folder(self, name: str) -> Path:
        """See `bot.ports.Adapters`."""
        if not self._whole(name):
            raise BrokenWeights
        return self.root / name

    def manifest(self, name: str) -> Mapping[str, Any]:
        """See `bot.ports.Adapters`."""
        if (manifest := self._manifest(name)) is None:
            raise BrokenWeights
        return manifest

    def names(self) -> tuple[str, ...]:
        """See `bot.ports.Adapters`."""
        if not self.root.is_dir():
            return ()
        return tuple(sorted(one.name for one in self.root.iterdir() if self._manifest(one.name) is not None))

    def sweep(self, keep: Collection[str]) -> tuple[str, ...]:
        """See `bot.ports.Adapters`."""
        if not self.root.is_dir():
            return ()
        gone: list[str] = []
        for one in sorted(self.root.iterdir()):
            if not one.is_dir() or one.name in keep or time.time() - one.stat().st_mtime < YOUNG_S:
                continue
            if _is_name(one.name):
                gone.append(one.name)
            elif not one.name.startswith("."):
                continue  # not ours
            # first out of sight: an adapter that is half deleted must not be seen either
            aside = one if one.name.startswith(".") else one.rename(self.root / f".gone-{one.name}")
            shutil.rmtree(aside, ignore_errors=True)
        return tuple(gone)

    def drop(self, names: Collection[str]) -> None:
        """See `bot.ports.Adapters`."""
        for name in filter(_is_name, names):
            one = self.root / name
            if one.is_dir():
                shutil.rmtree(one.rename(self.root / f".gone-{name}"), ignore_errors=True)

    def _manifest(self, name: str) -> Mapping[str, Any] | None:
        if not _is_name(name):  # a name comes from a database; it must not lead out of the folder
            return None
        try:
            manifest = json.loads((self.root / name / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return manifest if isinstance(manifest, dict) and manifest.get("adapter") == name else None

    def _whole(self, name: str) -> bool:
        """Whether an adapter is there, complete, and what its name says."""
        if self._manifest(name) is None:
            return False
        try:
            return digest(self.root / name) == name
        except OSError:
            return False

    def _put_in_place(self, work: Path, name: str) -> None:
        """Renames a finished folder; a damaged one in its place makes room, a whole one stays."""
        target = self.root / name
        try:
            work.rename(target)
        except OSError:
            if self._whole(name):
                return
            aside = target.rename(self.root / f".gone-{name}-{os.getpid()}")
            shutil.rmtree(aside, ignore_errors=True)
            work.rename(target)
        _onto_disk(self.root)


def digest(folder: Path) -> str:
    """The name of the adapter in a folder."""
    digests = []
    for name in FILES:
        with (folder / name).open("rb") as opened:
            digests.append(hashlib.file_digest(opened, "sha256").digest())
    return content_name(*digests)


def _is_name(text: str) -> bool:
    return len(text) == CONTENT_NAME and set(text) <= set("0123456789abcdef")


def _onto_disk(file: Path) -> None:
    """Sees a file, or a folder's list of names, onto the disk."""
    opened = os.open(file, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
