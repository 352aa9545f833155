"""What a model computes in: the most exact form that the machine is not much slower in, measured once and remembered."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
import torch

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from generators.engines.text import precision
from generators.engines.text.precision import Form
from generators.engines.text.rounded_weights import rounded
from generators.engines.text.transformers_network import network_of
from generators.engines.text.unlinked_arrays import Nameless
from generators.service.loading import load
from generators.service.measuring import MEASURED, MOMENTS, OLD_S, remembered
from generators.service.placement import pick_form, pick_threads
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
    assert machine.asked == ["float32", "bfloat16", "int8"] * MOMENTS


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

    weights = None  # nothing is read where nothing is timed
    given = {"cache": tmp_path}
    best = [
        pick_threads(weights, 6, key="a", seconds=seconds({1: 4.0, 2: 2.1, 4: 1.1, 6: 1.0}), **given),
        pick_threads(weights, 6, key="b", seconds=seconds({1: 4.0, 2: 9.0, 4: 9.0, 6: 9.0}), **given),
        pick_threads(weights, 6, key="a", seconds=seconds({}), **given),  # which is remembered
        pick_threads(weights, 1, key="c", seconds=seconds({}), **given),
    ]

    assert best == [4, 1, 4, 1]
    assert asked == [1, 2, 4, 6] * MOMENTS * 2


def test_a_layer_in_openvino_is_really_timed() -> None:
    pytest.importorskip("openvino", reason="OpenVINO is not installed")
    from generators.engines.text.layer import seconds

    weights = rounded(network_of(tiny.random_model("qwen3")), Nameless(None))
    began = time.perf_counter()

    assert all(0 < seconds(weights, count) < time.perf_counter() - began for count in (1, 2))


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
    (key,) = (key for key, entry in json.loads(file.read_text()).items() if "float32" in entry)
    found = []
    for fast in ("float32", "bfloat16", "int8"):
        file.write_text(json.dumps({key: {"float32": 1.0, "bfloat16": 1.0, "int8": 1.0} | {fast: 0.1}}))
        model = load(settings, tmp_path, lambda _doing, _done: None).text
        found.append((str(model.dtype), model.weights))

    assert found == [("torch.float32", "full"), ("torch.bfloat16", "full"), ("torch.float32", "int8")]


def test_a_busy_moment_does_not_settle_the_form(tmp_path: Path) -> None:
    quiet = {"float32": 4.0, "bfloat16": 1.0, "int8": 0.7}
    moments = iter([quiet | {"bfloat16": 30.0}, quiet | {"float32": 40.0, "int8": 40.0}, quiet])
    now: dict[str, float] = {}

    def seconds(form: Form, *_size) -> float:
        if form == FULL:
            now.update(next(moments))
        return now[form.name]

    form = pick_form(ServiceTable(), CPU, model="tiny", sizes=(64, 32), cache=tmp_path, seconds=seconds)

    assert form == HALF


def test_what_was_measured_a_month_ago_is_measured_again(tmp_path: Path) -> None:
    def number(at: float, value: float) -> float:
        return remembered(tmp_path, "key", ["a"], lambda _choice: value, now=lambda: at)["a"]

    assert number(1e9, 3.0) == 3.0
    assert number(1e9 + OLD_S - 60, 2.0) == 3.0
    assert number(1e9 + OLD_S + 60, 5.0) == 5.0
    assert number(1e9 - 3600, 1.0) == 1.0  # a clock that was wrong


def test_a_measurement_without_a_date_is_as_old_as_its_file(tmp_path: Path) -> None:
    file = tmp_path / MEASURED
    file.write_text(json.dumps({"key": {"a": 3.0}}))

    young = remembered(tmp_path, "key", ["a"], lambda _choice: 9.0)
    os.utime(file, (1e9, 1e9))
    old = remembered(tmp_path, "key", ["a"], lambda _choice: 9.0)

    assert (young, old) == ({"a": 3.0}, {"a": 9.0})


def test_what_is_measured_is_kept_for_each_limit_of_the_instructions(tmp_path: Path, monkeypatch) -> None:
    machine = Machine(float32=4.0, bfloat16=1.0, int8=0.7)
    for limit in ("AVX2", "AVX512_CORE", "AVX2"):
        monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", limit)
        picked(machine, tmp_path)

    keys = list(json.loads((tmp_path / MEASURED).read_text()))

    assert len(machine.asked) == 2 * 3 * MOMENTS
    assert ["ONEDNN_MAX_CPU_ISA=AVX2" in key for key in keys] == [True, False]
    assert all(torch.__version__ in key for key in keys)


@pytest.mark.parametrize("number", [0.06, 0.04])
def test_a_form_that_is_too_far_from_float32_is_not_served_however_fast(tmp_path: Path, number: float, monkeypatch) -> None:
    folder = tiny.saved(tmp_path / "llama")
    settings = ServiceTable(model=str(folder), embedder="none", device="cpu", engine="torch", threads=1)
    load(settings, tmp_path, lambda _doing, _done: None)
    load(settings.model_copy(update={"weights": "int8"}), tmp_path, lambda _doing, _done: None)
    file = tmp_path / MEASURED
    known = json.loads(file.read_text())
    for key, entry in known.items():
        entry.update({"kl": number} if key.startswith("fidelity") else {"float32": 1.0, "bfloat16": 1.0, "int8": 0.1})
    file.write_text(json.dumps(known))

    model = load(settings, tmp_path, lambda _doing, _done: None).text

    assert model.weights == ("int8" if number < 0.05 else "full")
    if number > 0.05:
        with pytest.raises(Misconfigured, match="too far from what it is in full"):
            load(settings.model_copy(update={"weights": "int8"}), tmp_path, lambda _doing, _done: None)


def test_fidelity_sees_sums_that_saturate_and_changes_no_weight(tmp_path: Path) -> None:
    from generators.engines.text.fidelity import TEXT, fidelity
    from generators.engines.text.llama import Llama

    class Cut(Llama):
        """Products cut as a CPU without VNNI cuts them."""

        def _product(self, *given) -> torch.Tensor:
            product = super()._product(*given)
            limit = 0.5 * product.abs().amax(1, keepdim=True)
            return product.clamp(-limit, limit)

    model = tiny.random_model("llama").to(torch.bfloat16)
    weights = {name: weight.clone() for name, weight in model.state_dict().items()}
    ids = tiny.tokenizer()(TEXT[:400])["input_ids"]

    passes = [made(model, weights="int8") for made in (Llama, Cut)]
    right, wrong = (fidelity(network_of(model), one.logits, one.room(rows=1, tokens=len(ids)), ids) for one in passes)

    assert right.enough
    assert not wrong.enough
    assert all(torch.equal(weights[name], weight) for name, weight in model.state_dict().items())
    assert {weight.dtype for weight in model.parameters()} == {torch.bfloat16}
