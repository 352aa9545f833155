"""The engine's tests once more with the instructions of a smaller CPU: what is changed on one machine must hold on the others."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path("tests/unit")
EVERYTHING = ("company", "fast", "batch", "forms", "openvino")
#: sums of pairs saturate in both, and OpenVINO sums one row in another order; 81 rows in a third on AVX2 alone
SMALLER = {"AVX2": EVERYTHING, "AVX512_CORE": ("company",)}
HASWELL = """
import sys, torch
from generators.engines.text.linear import Int8, saturates
torch.manual_seed(1)
weight, x = torch.randn(96, 192), torch.randn(5, 192)
exact = x @ weight.T
print(saturates(), float((Int8(weight, None)(x) - exact).norm() / exact.norm()))
"""

on_x86 = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="instructions can be limited on an x86-64 CPU only"
)


@on_x86
@pytest.mark.timeout(0)  # it takes as long as its tests, each of which has its own limit
@pytest.mark.parametrize("instructions", SMALLER)
def test_the_engine_is_right_on_a_smaller_cpu(instructions: str) -> None:
    limits = {"OV_CPU_MAX_ISA": instructions, "ONEDNN_MAX_CPU_ISA": instructions}
    if instructions == "AVX2":
        limits["ATEN_CPU_CAPABILITY"] = "avx2"  # never upwards: torch believes it
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    clean["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # two seconds of plugins that these tests do not need
    files = [str(HERE / f"test_generator_{name}.py") for name in SMALLER[instructions]]

    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "pytest_asyncio.plugin",
            "-p",
            "pytest_timeout",
            "-p",
            "no:cacheprovider",
            *files,
        ],
        cwd=ROOT,
        env=clean | limits,
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert int(re.findall(r"(\d+) passed", run.stdout)[-1]) >= 10


@on_x86
@pytest.mark.slow
@pytest.mark.timeout(0)  # half a minute of CPU time
@pytest.mark.skipif(shutil.which("qemu-x86_64-static") is None, reason="qemu is missing: apt install qemu-user-static")
def test_eight_bits_are_right_on_an_emulated_haswell() -> None:
    python = str(Path(sys.executable).resolve())
    paths = os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))])
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}

    run = subprocess.run(
        ["qemu-x86_64-static", "-cpu", "Haswell", python, "-c", HASWELL],
        cwd=ROOT,
        env=clean | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stderr[-2000:]
    saturates, error = run.stdout.split()[-2:]
    assert saturates == "True"
    assert float(error) < 0.015  # see test_generator_fast.py
