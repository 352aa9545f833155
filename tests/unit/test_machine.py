"""What a machine is, told from what its system says, without anything heavy imported."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from bot import machine
from bot.config import Settings

X86 = "processor\t: 0\nmodel name\t: A Processor\nflags\t\t: fpu sse2 {flags}\n\nprocessor\t: 1\nmodel name\t: Another\n"


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ("", "x86-64 without AVX2"),
        ("avx", "x86-64 without AVX2"),
        ("avx avx2", "AVX2"),
        ("avx avx2 avx_vnni", "VNNI"),
        ("avx2 avx512f avx512bw", "AVX-512 without VNNI"),
        ("avx2 avx512f avx512_vnni", "VNNI"),
        ("avx2 avx512f avx512_vnni amx_tile amx_int8", "AMX"),
    ],
)
def test_a_processor_is_classed_by_its_fastest_instructions_for_eight_bits(tmp_path: Path, flags: str, kind: str) -> None:
    (tmp_path / "cpuinfo").write_text(X86.format(flags=flags))

    assert machine.processor(tmp_path / "cpuinfo", "x86_64") == machine.Processor("A Processor", kind)


@pytest.mark.parametrize(
    ("architecture", "kind"), [("aarch64", "arm64"), ("arm64", "arm64"), ("AMD64", "x86-64"), ("riscv64", "riscv64")]
)
def test_a_system_that_lists_no_instructions_has_a_class_all_the_same(tmp_path: Path, architecture: str, kind: str) -> None:
    assert machine.processor(tmp_path / "none", architecture).kind == kind


def test_memory_is_what_the_container_may_take(tmp_path: Path) -> None:
    info, limit = tmp_path / "meminfo", tmp_path / "memory.max"
    info.write_text("MemTotal:       8000 kB\nMemFree:        1000 kB\nMemAvailable:   6000 kB\nHugePages_Total:       0\n")

    assert machine.memory(info, limit) == machine.Memory(8000 * 1024, 6000 * 1024)
    limit.write_text("max\n")
    assert machine.memory(info, limit) == machine.Memory(8000 * 1024, 6000 * 1024)
    limit.write_text(f"{5000 * 1024}\n")
    assert machine.memory(info, limit) == machine.Memory(5000 * 1024, 5000 * 1024)
    assert machine.memory(tmp_path / "none", limit) is None


@pytest.mark.parametrize(
    ("engine", "weights", "dtype"), [*product(("auto", "torch"), ("auto", "full", "int8"), ("auto", "float32"))]
)
def test_the_engine_that_is_told_is_the_one_that_the_service_picks(engine: str, weights: str, dtype: str) -> None:
    torch = pytest.importorskip("torch", reason="pip install 'muselab[engine]'")
    from generators.service.placement import pick_engine

    settings = Settings(service={"engine": engine, "weights": weights, "dtype": dtype, "device": "cpu"})

    picked = pick_engine(settings.service, torch.device("cpu"))

    assert machine.engine(settings).lower().startswith(picked)


def test_a_service_elsewhere_is_told_without_secrets() -> None:
    settings = Settings(generator={"url": "http://muse:s3cret@gpu:8000/v1?key=s3"})

    assert machine.engine(settings) == "the service at http://gpu:8000/v1"


def test_nothing_heavy_is_imported_to_say_what_runs_here() -> None:
    program = (
        "import sys; sys.argv = ['muselab', '--version']\n"
        "for name in ('torch', 'transformers', 'openvino', 'onnxruntime'): sys.modules[name] = None\n"
        "import muselab; muselab.main()\n"
    )

    done = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[0].startswith("muselab ")
    assert said[1].startswith(f"Python {sys.version.split()[0]}")
    assert said[3].startswith("CPU: ")
    assert said[4].startswith("engine: ")
