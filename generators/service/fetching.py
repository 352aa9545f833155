"""Fetches a model's files from Hugging Face's hub, goes on where it stopped, checks them by the hub's hashes. It loads none."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.errors import Misconfigured, Outage
from bot.words import _

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo

Report = Callable[[str, float], None]  #: what is being done, and the share of it that is done

NEEDED = ("config.json", "generation_config.json", "chat_template.jinja")
KINDS = (".safetensors", ".safetensors.index.json")  # besides what begins with "tokenizer" and old tokenizers' files
TOKENIZERS = ("vocab.json", "merges.txt", "special_tokens_map.json", "added_tokens.json")
SPARE = 2**30  # bytes that stay free on the disk: the database and pictures go on
PIECE = 2**20  # bytes hashed at a time


@dataclass(frozen=True, slots=True)
class Remote:
    """One file of a model on the hub."""

    name: str
    size: int  #: bytes
    sha256: str = ""  #: of large files
    blob: str = ""  #: git's hash, of small ones


@dataclass(frozen=True, slots=True)
class Listing:
    """What the hub has of a model."""

    name: str
    revision: str  #: the commit
    licence: str  #: as the hub names it; empty: it does not say
    files: tuple[Remote, ...]  #: those that are wanted

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(file.size for file in self.files)


def listing(name: str) -> Listing:
    """What there is to fetch of a model.

    Raises:
        Misconfigured: there is no such model, or nobody may have it without asking.
        Outage: the hub cannot be reached.
    """
    from huggingface_hub import HfApi

    with _Hub(name):
        found: ModelInfo = HfApi(endpoint=_endpoint()).model_info(name, files_metadata=True)
    files = []
    for one in found.siblings or ():
        if _wanted(one.rfilename):
            large = one.lfs.sha256 if one.lfs is not None else ""
            files.append(Remote(one.rfilename, one.size or 0, large, one.blob_id or ""))
    if not any(file.name.endswith(".safetensors") for file in files):
        raise Misconfigured(
            _("{model} has no weights as safetensors. Fetch a GGUF file of it and name that: muselab model use FILE.gguf").format(
                model=name
            )
        )
    told: Any = found.card_data
    return Listing(name, found.sha or "main", str(told.get("license", "")) if told is not None else "", tuple(files))


def fetch(listed: Listing, folder: Path, report: Report) -> None:
    """Brings a model's files into a folder; what is there already, or in part, is not fetched again.

    Raises:
        Misconfigured: the disk is too small, or a file is not what the hub says it is.
        Outage: the hub cannot be reached any more; what came so far stays.
    """
    from huggingface_hub import hf_hub_download

    there = [file for file in listed.files if whole(folder / file.name, file)]
    left = [file for file in listed.files if file not in there]
    room(sum(file.size for file in left) - _begun(folder), folder)
    counted = _Counted(listed, sum(file.size for file in there), report)
    with _Hub(listed.name):
        for file in left:
            hf_hub_download(
                listed.name,
                file.name,
                revision=listed.revision,
                local_dir=folder,
                tqdm_class=counted.bar(),
                endpoint=_endpoint(),
            )
            if not whole(folder / file.name, file):
                (folder / file.name).unlink(missing_ok=True)
                raise Misconfigured(
                    _("{file} of {model} came in damaged: its hash is not the hub's. Please fetch it again.").format(
                        file=file.name, model=listed.name
                    )
                )
    shutil.rmtree(folder / ".cache", ignore_errors=True)  # the library's own notes on what it fetched


def room(needed: int, folder: Path) -> None:
    """Raises `Misconfigured` where a folder's disk has not so many bytes, and some to spare."""
    near = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(near).free
    if needed + SPARE > free:
        raise Misconfigured(
            _("{needed:.1f} GB are needed in {folder}, and {free:.1f} GB are free. Free some, or move MUSELAB_HOME.").format(
                needed=(needed + SPARE) / 1e9, folder=near, free=free / 1e9
            )
        )


def _endpoint() -> str | None:
    """The hub, where it is another than Hugging Face's own: a mirror, or a company's."""
    return os.environ.get("HF_ENDPOINT") or None


def whole(file: Path, told: Remote) -> bool:
    """Whether a file is there, to the byte."""
    if not file.is_file() or file.stat().st_size != told.size:
        return False
    if told.sha256:
        return _hash(file, hashlib.sha256()) == told.sha256
    return not told.blob or _hash(file, hashlib.sha1(b"blob %d\0" % told.size, usedforsecurity=False)) == told.blob


def _hash(file: Path, digest: Any) -> str:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            digest.update(piece)
    return str(digest.hexdigest())


def _wanted(name: str) -> bool:
    """Whether a file is one of the model's own, in the form that is read here; nothing in folders is."""
    if "/" in name:
        return False
    return name in NEEDED + TOKENIZERS or name.startswith("tokenizer") or name.endswith(KINDS)


def _begun(folder: Path) -> int:
    """Bytes of files that are there in part."""
    return sum(file.stat().st_size for file in (folder / ".cache").rglob("*.incomplete"))


class _Hub:
    """Turns the library's errors into ours."""

    def __init__(self, model: str) -> None:
        self._model = model

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        from httpx2 import HTTPError
        from huggingface_hub import errors

        if isinstance(error, errors.GatedRepoError):
            raise Misconfigured(
                _(
                    "{model} is given only to who has accepted its licence on the hub. Do so, then set HF_TOKEN and try again."
                ).format(model=self._model)
            ) from error
        if isinstance(error, errors.RepositoryNotFoundError | errors.HFValidationError):
            raise Misconfigured(_("There is no model {model} on the hub.").format(model=self._model)) from error
        if isinstance(error, HTTPError | errors.HfHubHTTPError | errors.LocalEntryNotFoundError | OSError):
            raise Outage(
                _(
                    "Hugging Face's hub cannot be reached ({why}). What came so far is kept; the same command goes on with it."
                ).format(why=" ".join(str(error).split())[:120] or type(error).__name__)
            ) from error


class _Counted:
    """What of all the files has come in, told as it grows."""

    def __init__(self, listed: Listing, there: int, report: Report) -> None:
        self._doing = _("fetching {model}").format(model=listed.name)
        self._all = max(1, listed.size)
        self._there = there
        self._report = report

    def more(self, size: float) -> None:
        """So many bytes more are there."""
        self._there += int(size)
        self._report(self._doing, min(1.0, self._there / self._all))

    def bar(self) -> Any:
        """A class that the library takes for one of its progress bars."""
        counted = self

        class Bar:
            """Hands on what it is told."""

            def __init__(self, *_given: Any, initial: float = 0, **_more: Any) -> None:
                self.n = initial
                counted.more(initial)

            def update(self, size: float | None = 1) -> None:
                """So many bytes more."""
                counted.more(size or 0)

            def __enter__(self) -> Bar:
                return self

            def __exit__(self, *_error: object) -> None:
                return None

            def __getattr__(self, _name: str) -> Callable[..., None]:
                return lambda *_given, **_more: None

        return Bar
