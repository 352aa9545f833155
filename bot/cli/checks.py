"""What `muselab doctor` says of this machine and of what is installed for each kind of work. It only looks."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import generators
from bot import machine, private
from bot.config import Settings
from bot.links import shown
from bot.ports import Finding
from bot.words import _

ROOM = 2 * 2**30  # bytes: the embedded model converted, its download's copy, and room for a database
TEXT = 2**30  # bytes of memory: the embedded text model, its embedder and a brainstorm of ten; 0.75 to 1.04 GB were measured
MEDIUM = 800 * 2**20  # bytes of memory: the largest embedded engine for media
REQUIREMENTS = Path(generators.__file__).parent / "embedded.txt"  #: what comes without what it asks for
#: Beyond its extra, what each kind of media needs of `REQUIREMENTS`.
BESIDE = {"image": ("rapidocr-onnxruntime",), "music": ("tinysoundfont",), "speech": (), "hearing": ()}


def embedded() -> str:
    """The command that installs `REQUIREMENTS`, to be pasted into a shell."""
    return f"pip install --no-deps --require-hashes -r {shlex.quote(str(REQUIREMENTS))}"


def processor() -> Finding:
    """The CPU's class, on which it depends which engine is fast and exact."""
    cpu = machine.processor()
    say = _("{kind} ({name}), {count} cores").format(kind=cpu.kind, name=cpu.name, count=machine.cores())
    return Finding(what=_("processor"), ok=True, say=say)


def memory(settings: Settings) -> Finding:
    """Whether what is made on this machine fits into its memory."""
    what, ram = _("memory"), machine.memory()
    if ram is None:
        return Finding(what=what, ok=None, say=_("this system does not say how much there is"))
    here = not settings.generator.scripted
    needed = (TEXT if here and not settings.generator.url else 0) + (MEDIUM if here and not settings.media.url else 0)
    say = _("{free:.1f} GB of {whole:.1f} GB free").format(free=ram.free / 1e9, whole=ram.whole / 1e9)
    if ram.free >= needed:
        return Finding(what=what, ok=True, say=say)
    say += _("; words and pictures made here take {needed:.1f} GB at a time. Close other programs").format(needed=needed / 1e9)
    return Finding(what=what, ok=ram.whole >= needed and None, say=say)


def folder(settings: Settings) -> list[Finding]:
    """Whether the data folder can be written, has room, and is closed to others."""
    what, home = _("data folder"), settings.home
    if not writable(home):
        say = _("{folder} cannot be written. Choose another with MUSELAB_HOME.").format(folder=home)
        return [Finding(what=what, ok=False, say=say)]
    findings = [_space(what, home)]
    if not home.exists():
        say = _("{folder} is made at the first start").format(folder=home)
        findings.append(Finding(what=what, ok=None, say=say))
    for exposed in [*private.exposed(home)][:1]:
        say = _("others on this machine can look into {path}. The next muselab run closes it").format(path=exposed)
        findings.append(Finding(what=what, ok=None, say=say))
    return findings


def cache(settings: Settings) -> list[Finding]:
    """Whether models can be unpacked, where they are."""
    what = _("cache folder")
    if settings.generator.scripted or settings.generator.url:
        return []
    if not writable(settings.cache):
        say = _("{folder} cannot be written. Choose another with MUSELAB_CACHE.").format(folder=settings.cache)
        return [Finding(what=what, ok=False, say=say)]
    return [_space(what, settings.cache)]


def _space(what: str, path: Path) -> Finding:
    free = shutil.disk_usage(_nearest(path)).free
    say = _("{folder}, {free:.0f} GB free").format(folder=path, free=free / 1e9)
    if free < ROOM:
        return Finding(what=what, ok=False, say=say + _("; at least 2 GB are needed"))
    return Finding(what=what, ok=True, say=say)


def writable(path: Path) -> bool:
    """Whether a folder can be written, or made where it is not there yet. Nothing is made to find out."""
    near = _nearest(path)
    return near.is_dir() and os.access(near, os.W_OK | os.X_OK)


def _nearest(path: Path) -> Path:
    """The first of a path and its parents that is there."""
    path = path.expanduser().absolute()
    return next(one for one in (path, *path.parents) if one.exists())


def openvino(settings: Settings) -> list[Finding]:
    """Whether the fastest engine on a CPU is there, where text is made on one."""
    what, version = "OpenVINO", machine.installed("openvino")
    if settings.generator.scripted or settings.generator.url or settings.service.engine == "torch":
        return []
    if version is None:
        wanted = settings.service.engine == "openvino"
        say = _("not installed: on a CPU, torch makes the ideas, more slowly. To have it: {command}").format(command=embedded())
        return [Finding(what=what, ok=False if wanted else None, say=say)]
    return [Finding(what=what, ok=True, say=version)]


def media(settings: Settings) -> list[Finding]:
    """For pictures, tunes and voices: by what they are made, or what is missing to make them."""
    table = settings.media
    if settings.generator.scripted and not table.url:
        return [Finding(what=_("pictures, tunes, voices"), ok=True, say=_("scripted: drawn without any model"))]
    if table.url:
        say = _("made by the service at {url}").format(url=shown(table.url))
        return [Finding(what=_("pictures, tunes, voices"), ok=None, say=say)]
    kinds = (
        ("image", _("pictures"), table.image),
        ("music", _("tunes"), table.music),
        ("speech", _("voices"), table.speech),
        ("hearing", _("recordings in words"), table.hearing),
    )
    return [_medium(kind, what, model) for kind, what, model in kinds]


def _medium(kind: str, what: str, model: str) -> Finding:
    if model == "none":
        return Finding(what=what, ok=None, say=_("turned off by MUSELAB_MEDIA__{kind}=none").format(kind=kind.upper()))
    extra = "image-gpu" if kind == "image" and model != "embedded" and "://" not in model else kind
    missing = [package for package in needed(extra) if machine.installed(package) is None]
    beside = [package for package in BESIDE[kind] if machine.installed(package) is None] if model == "embedded" else []
    if missing:
        say = _("{packages} not installed. To have {what}: {command}").format(
            packages=", ".join(missing), what=what, command=f"pip install 'muselab[{extra}]'"
        )
        return Finding(what=what, ok=None, say=say + (f" && {embedded()}" if beside else ""))
    if beside:
        say = _("{packages} not installed. To have it: {command}").format(packages=", ".join(beside), command=embedded())
        return Finding(what=what, ok=None, say=say)
    if model == "embedded" and kind == "speech" and shutil.which("espeak-ng") is None:
        return Finding(what=what, ok=True, say=_("everything there for English; other languages need the program espeak-ng"))
    return Finding(what=what, ok=True, say=_("everything there") if model == "embedded" else shown(model))


def needed(extra: str) -> list[str]:
    """The packages of one of Muselab's extras."""
    try:
        lines = requires("muselab") or []
    except PackageNotFoundError:  # run from a folder, not installed
        return []
    mine = [line for line in lines if re.search(rf"extra\s*==\s*[\"']{re.escape(extra)}[\"']", line)]
    return [match[0] for line in mine if (match := re.match(r"[A-Za-z0-9._-]+", line))]
