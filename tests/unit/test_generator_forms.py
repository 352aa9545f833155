"""What a model computes in: the most exact form that the machine is not much slower in, measured once and remembered."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import torch

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from generators.engines.text import precision
from generators.engines.text.precision import Form
from generators.service.loading import load
from generators.service.placement import MEASURED, pick_form, pick_threads
from tests import tiny

CPU = torch.device("cpu")
FULL, HALF, EIGHT = precision.CANDIDATES["cpu"]


class Machine:
    """A machine on which products take as long as it says, in each form."""

    def __init__(self, **took: float) -> None:
        self.took = took
        self.asked: list[str] = []

    def seconds(self, form: Form, _out: int, _into: int, _device: torch.device) -> float:
        self.asked.append(form.name)
        return self.took[form.name]


def picked(machine: Machine, cache: Path, *, model: str = "tiny", **settings) -> Form:
    table = ServiceTable(**settings)
    return pick_form(table, CPU, model=model, sizes=(64, 32), cache=cache, seconds=machine.seconds)


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (Machine(float32=4.0, bfloat16=1.0, int8=0.7), HALF),
        (Machine(float32=1.0, bfloat16=3.0, int8=0.9), FULL),  # bfloat16 is emulated there
        (Machine(float32=4.0, bfloat16=9.0, int8=0.7), EIGHT),
        (Machine(float32=1.0, bfloat16=0.9, int8=0.5), FULL),  # nothing is worth what it loses
        (Machine(float32=4.0, bfloat16=2.0, int8=0.3), EIGHT),
        (Machine(float32=4.0, bfloat16=float("inf"), int8=float("inf")), FULL),
    ],
    ids=["bfloat16", "no bfloat16", "eight bits only", "all alike", "eight bits by far", "float32 only"],
)
def test_the_form_is_the_one_that_was_measured_to_pay(tmp_path: Path, machine: Machine, expected: Form) -> None:
    assert picked(machine, tmp_path) == expected
    assert machine.asked == ["float32", "bfloat16", "int8"]


def test_a_measurement_is_remembered_for_this_model_on_this_machine(tmp_path: Path) -> None:
    first, later, other = (Machine(float32=4.0, bfloat16=1.0, int8=0.7) for _one in range(3))
    later.took = other.took = {"float32": 1.0, "bfloat16": 5.0, "int8": 5.0}
    picked(first, tmp_path)

    assert picked(later, tmp_path) == HALF
    assert not later.asked
    assert picked(other, tmp_path, model="another") == FULL
    known = json.loads((tmp_path / MEASURED).read_text())
    assert [entry["bfloat16"] for entry in known.values()] == [1.0, 5.0]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}'])
def test_a_broken_memory_is_measured_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / MEASURED).write_text(content)
    machine = Machine(float32=4.0, bfloat16=1.0, int8=0.7)

    assert picked(machine, tmp_path) == HALF
    assert machine.asked


def test_what_the_host_has_settled_is_not_measured(tmp_path: Path) -> None:
    machine = Machine()

    assert picked(machine, tmp_path, dtype="float32") == Form("float32")
    assert picked(machine, tmp_path, dtype="bfloat16", weights="int8") == Form("bfloat16", "int8")
    assert picked(machine, tmp_path, weights="int8") == Form("float32", "int8")
    assert not machine.asked


def test_full_weights_leave_the_dtype_to_the_measurement(tmp_path: Path) -> None:
    assert picked(Machine(float32=4.0, bfloat16=3.9, int8=0.1), tmp_path, weights="full") == FULL
    assert picked(Machine(float32=4.0, bfloat16=1.0), tmp_path / "other", weights="full") == HALF


def test_openvino_gets_the_fewest_threads_that_are_nearly_the_fastest(tmp_path: Path) -> None:
    asked: list[int] = []

    def seconds(took: dict[int, float]):
        return lambda _model, count: asked.append(count) or took[count]

    model = tiny.random_model("llama")
    given = {"sizes": (64, 32), "cache": tmp_path}
    best = [
        pick_threads(model, 6, name="a", seconds=seconds({1: 4.0, 2: 2.1, 4: 1.1, 6: 1.0}), **given),
        pick_threads(model, 6, name="b", seconds=seconds({1: 4.0, 2: 9.0, 4: 9.0, 6: 9.0}), **given),
        pick_threads(model, 6, name="a", seconds=seconds({}), **given),  # which is remembered
        pick_threads(model, 1, name="c", seconds=seconds({}), **given),
    ]

    assert best == [4, 1, 4, 1]
    assert asked == [1, 2, 4, 6] * 2


def test_a_layer_in_openvino_is_really_timed() -> None:
    pytest.importorskip("openvino", reason="OpenVINO is not installed")
    from generators.engines.text.openvino import seconds

    model = tiny.random_model("qwen3")
    began = time.perf_counter()

    assert all(0 < seconds(model, count) < time.perf_counter() - began for count in (1, 2))


def test_eight_bits_on_a_gpu_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="int8 weights are for a CPU"):
        pick_form(ServiceTable(weights="int8"), torch.device("cuda"), model="x", sizes=(4, 4), cache=tmp_path)


def test_every_form_is_really_timed_or_known_to_be_impossible() -> None:
    began = time.perf_counter()
    took = {form: precision.seconds(form, 512, 128, CPU) for form in precision.CANDIDATES["cpu"]}

    assert 0 < took[FULL] < time.perf_counter() - began
    assert all(value > 0 for value in took.values())


def test_a_model_is_loaded_in_the_form_that_was_measured(tmp_path: Path) -> None:
    folder = tiny.saved(tmp_path / "llama")
    settings = ServiceTable(model=str(folder), embedder="none", device="cpu", engine="torch", threads=1)
    load(settings, tmp_path, lambda _doing, _done: None)
    file = tmp_path / MEASURED
    (key,) = json.loads(file.read_text())
    found = []
    for fast in ("float32", "bfloat16", "int8"):
        file.write_text(json.dumps({key: {"float32": 1.0, "bfloat16": 1.0, "int8": 1.0} | {fast: 0.1}}))
        model = load(settings, tmp_path, lambda _doing, _done: None).text
        found.append((str(model.dtype), model.weights))

    assert found == [("torch.float32", "full"), ("torch.bfloat16", "full"), ("torch.float32", "int8")]
