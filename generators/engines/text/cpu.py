"""What kind of CPU this is to the libraries that compute here, limits by the environment included."""

from __future__ import annotations

import importlib
import os
import platform
from contextlib import suppress
from pathlib import Path

#: the first that a CPU has says its class; each has the products of those below
CLASSES = (
    ("amx_int8", "AMX"),
    ("avx512_vnni", "AVX-512 with VNNI"),
    ("avx_vnni", "AVX2 with VNNI"),
    ("avx512f", "AVX-512 without VNNI"),
    ("avx2", "AVX2"),
)
#: by which oneDNN, OpenVINO, torch and MKL are told to use less than the CPU has
LIMITS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "OV_CPU_MAX_ISA", "ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS")


def instructions() -> str:
    """The class of this CPU's instructions, and what limits it."""
    has = _flags()
    named = next((name for flag, name in CLASSES if flag in has), platform.machine())
    return ", ".join([named, *(f"{name}={os.environ[name]}" for name in LIMITS if os.environ.get(name))])


def _flags() -> frozenset[str]:
    """The instructions that this CPU has, in Linux' words; elsewhere those that numpy looks for."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            name, _colon, value = line.partition(":")
            if name.strip() == "flags":
                return frozenset(value.split())
    with suppress(ImportError, AttributeError):
        features = importlib.import_module("numpy._core._multiarray_umath").__cpu_features__
        more = {"avx512_vnni"} if features.get("AVX512_ICL") or features.get("AVX512_CLX") else set()
        return frozenset({name.lower() for name, there in features.items() if there} | more)
    return frozenset()
