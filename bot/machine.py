"""What this machine is: its processor's class, its memory, its graphics card; and which engine would be chosen on it.

It imports nothing heavy: `muselab --version` answers at once.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bot.config import Settings
from bot.domain.errors import MuselabError
from bot.links import shown
from bot.reading import read
from bot.words import _

CPUINFO, MEMINFO = Path("/proc/cpuinfo"), Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup/memory.max")  #: what a container may take, in bytes, or "max"
NVIDIA = Path("/proc/driver/nvidia/version")
#: Classes of x86 processors by the flag that the kernel lists, the fastest eight-bit products first.
CLASSES = (
    ("amx_int8", "AMX"),
    ("avx512_vnni", "VNNI"),
    ("avx_vnni", "VNNI"),
    ("avx512f", "AVX-512 without VNNI"),
    ("avx2", "AVX2"),
)
ARM = ("arm64", "aarch64")


@dataclass(frozen=True, slots=True)
class Processor:
    """The CPU."""

    name: str
    kind: str  #: one of those in the table of docs/reference/engines.md, or what is known of any other


def processor(info: Path = CPUINFO, machine: str | None = None) -> Processor:
    """This machine's CPU, as Linux describes it in `info`; elsewhere as far as Python knows it."""
    machine = machine or platform.machine()
    fields: dict[str, str] = {}
    with suppress(OSError):
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _colon, value = line.partition(":")
            fields.setdefault(name.strip(), value.strip())
    name = fields.get("model name") or platform.processor() or machine
    return Processor(name=name, kind=kind_of(machine, (fields.get("flags") or "").split()))


def kind_of(machine: str, flags: Collection[str]) -> str:
    """The class of a processor by its architecture and the flags of its instructions."""
    if machine.lower() in ARM:
        return "arm64"
    if machine.lower() not in ("x86_64", "amd64"):
        return machine
    if not flags:  # macOS and Windows list none
        return "x86-64"
    return next((kind for flag, kind in CLASSES if flag in flags), "x86-64 without AVX2")


@dataclass(frozen=True, slots=True)
class Memory:
    """Main memory, in bytes."""

    whole: int
    free: int  #: that programs could still take


def memory(info: Path = MEMINFO, limit: Path = CGROUP) -> Memory | None:
    """What this machine, or this container, has; None where the system does not say."""
    fields: dict[str, int] = {}
    try:
        for line in info.read_text(encoding="utf-8").splitlines():
            name, _colon, value = line.partition(":")
            if value.split()[1:] == ["kB"]:
                fields[name] = int(value.split()[0]) * 1024
        whole, free = fields["MemTotal"], fields["MemAvailable"]
    except (OSError, KeyError, ValueError):
        return None
    with suppress(OSError, ValueError):
        most = int(limit.read_text(encoding="utf-8"))
        whole, free = min(whole, most), min(free, most)
    return Memory(whole=whole, free=free)


def installed(package: str) -> str | None:
    """The version of a package, None where it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def engine(settings: Settings) -> str:
    """What would make ideas here, in words: a service elsewhere, an engine with its version, or what is missing."""
    if settings.generator.scripted:
        return _("scripted: fixed drafts, no model")
    if settings.generator.url:
        return _("the service at {url}").format(url=shown(settings.generator.url))
    torch = installed("torch") if importlib.util.find_spec("transformers") is not None else None
    device = _device(settings.service.device, torch)
    if device == "cpu" and (openvino := graphs()) and _free(settings):
        return f"OpenVINO {openvino}, torch {torch}" if torch else f"OpenVINO {openvino}"
    if torch is None:
        return _("none is installed. To have one: {command}").format(command="pip install 'muselab[engine]'")
    return f"torch {torch}, {device}"


def graphs() -> str | None:
    """The version of OpenVINO, where a model can run in it without torch; None where something for that is missing."""
    return installed("openvino") if installed("tokenizers") and installed("safetensors") else None


def can_run() -> bool:
    """Whether a model can run in this process's packages at all."""
    return graphs() is not None or all(importlib.util.find_spec(name) is not None for name in ("torch", "transformers"))


def _free(settings: Settings) -> bool:
    """Whether OpenVINO is asked for, or nothing that it cannot do; see `generators.service.placement.pick_engine`."""
    table = settings.service
    return table.engine == "openvino" or (table.engine == "auto" and table.weights != "full" and table.dtype == "auto")


def _device(asked: str, torch: str | None) -> str:
    """Where torch would compute, without importing it, which takes seconds."""
    if asked != "auto":
        return asked
    if torch is None:
        return "cpu"
    if "+cpu" not in torch and (NVIDIA.exists() or shutil.which("nvidia-smi")):
        return "cuda"
    return "mps" if platform.system() == "Darwin" and platform.machine() in ARM else "cpu"


def card() -> bool:
    """Whether a graphics card of NVIDIA's or Apple's is likely here, as far as can be told in a moment."""
    return NVIDIA.exists() or bool(shutil.which("nvidia-smi")) or (platform.system() == "Darwin" and platform.machine() in ARM)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def lines() -> list[str]:
    """What `muselab --version` prints: enough for somebody elsewhere to know what runs here."""
    cpu = processor()
    try:
        chosen = engine(read())
    except MuselabError:
        chosen = _("the configuration cannot be read; muselab doctor says why")
    return [
        f"muselab {installed('muselab') or _('(not installed)')}",
        f"Python {platform.python_version()}, {platform.python_implementation()}",
        platform.platform(),
        _("CPU: {kind} ({name}), {count} cores").format(kind=cpu.kind, name=cpu.name, count=cores()),
        _("engine: {engine}").format(engine=chosen),
    ]
