"""Every row of the table by name: how it is opened, and what is missing where it cannot be."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from generators.service import weights
from tests.bench.engine import rivals
from tests.bench.engine.ours import Service

SCRATCH = Path(os.environ.get("MUSELAB_BENCH_CACHE", Path(tempfile.gettempdir()) / "muselab-bench"))
LLAMA_FTYPE = {"F16": 1, "Q4_0": 2, "Q8_0": 7}  # of llama.h


def folder() -> Path:
    """The embedded model as safetensors."""
    from bot.reading import read

    return Path(weights.text_weights(weights.EMBEDDED, read().cache, lambda _doing, _done: None)[0])


def shipped() -> Path:
    """The GGUF file inside its package."""
    spec = importlib.util.find_spec(weights.TEXT_PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / weights.TEXT_FILE


def requantised(kind: str) -> Path:
    """The same weights in another of llama.cpp's forms, made once by its own converter."""
    target = SCRATCH / f"SmolLM2-135M-Instruct.{kind}.gguf"
    if not target.exists():
        import llama_cpp as api

        SCRATCH.mkdir(parents=True, exist_ok=True)
        quiet = api.llama_log_callback(lambda *_told: None)
        api.llama_log_set(quiet, ctypes.c_void_p(0))
        how = api.llama_model_quantize_default_params()
        how.nthread, how.ftype, how.allow_requantize = 1, LLAMA_FTYPE[kind], True
        part = target.with_suffix(".part")
        if api.llama_model_quantize(str(shipped()).encode(), str(part).encode(), ctypes.byref(how)):
            raise RuntimeError(f"llama.cpp does not convert to {kind}")
        part.rename(target)
    return target


ENGINES: dict[str, Callable[[], Any]] = {
    "ours, float32": lambda: Service(folder(), engine="torch", dtype="float32", weights="full"),
    "ours, bfloat16": lambda: Service(folder(), engine="torch", dtype="bfloat16", weights="full"),
    "ours, int8 in torch": lambda: Service(folder(), engine="torch", weights="int8"),
    "ours, int8 in OpenVINO": lambda: Service(folder(), engine="openvino"),
    "generate, float32": lambda: rivals.Generate(folder(), dtype="float32"),
    "generate, bfloat16": lambda: rivals.Generate(folder(), dtype="bfloat16"),
    "generate one by one, float32": lambda: rivals.Generate(folder(), dtype="float32", single=True),
    "transformers' continuous batching": lambda: rivals.ContinuousBatching(folder()),
    "llama.cpp, F16": lambda: rivals.LlamaCpp(requantised("F16")),
    "llama.cpp, Q8_0": lambda: rivals.LlamaCpp(requantised("Q8_0")),
    "llama.cpp, Q4_0": lambda: rivals.LlamaCpp(requantised("Q4_0")),
    "llama.cpp, Q4_1 (shipped)": lambda: rivals.LlamaCpp(shipped()),
    "OpenVINO GenAI, GGUF": lambda: rivals.OpenVino(shipped()),
}
PACKAGES = {"llama.cpp": "llama_cpp", "OpenVINO": "openvino_genai"}  #: what a row's name begins with, and what it needs


def missing(name: str) -> str | None:
    """The package that a row lacks here."""
    needed = [package for begin, package in PACKAGES.items() if name.startswith(begin)]
    return next((package for package in needed if importlib.util.find_spec(package) is None), None)


def has_bfloat16() -> bool:
    """Whether this CPU multiplies in bfloat16; one that has not emulates it, far slower than float32."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
