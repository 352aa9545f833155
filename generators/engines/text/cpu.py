"""What kind of CPU this is to the libraries that compute here, limits by the environment included."""

from __future__ import annotations

import os
import platform

import torch

#: the first that a CPU has says its class; each has the products of those below
CLASSES = (
    ("amx_int8", "AMX"),
    ("avx512_vnni", "AVX-512 with VNNI"),
    ("avx_vnni", "AVX2 with VNNI"),
    ("avx512_f", "AVX-512 without VNNI"),
    ("avx2", "AVX2"),
)
#: by which oneDNN, OpenVINO, torch and MKL are told to use less than the CPU has
LIMITS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "OV_CPU_MAX_ISA", "ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS")


def instructions() -> str:
    """The class of this CPU's instructions, and what limits it."""
    ask = getattr(torch.cpu, "get_capabilities", None)  # an older torch does not tell
    has: dict[str, object] = ask() if ask is not None else {}
    named = next((name for flag, name in CLASSES if has.get(flag)), str(has.get("architecture") or platform.machine()))
    return ", ".join([named, *(f"{name}={os.environ[name]}" for name in LIMITS if os.environ.get(name))])
