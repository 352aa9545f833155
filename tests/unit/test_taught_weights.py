"""What the embedded model was taught: kept in eight bits, added to its weights as they are read, and no others' business."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, LlamaConfig

from bot.domain.errors import Misconfigured
from generators.engines.text import checkpoint, lora
from generators.engines.text.safetensors_file import halved, tensors, widened
from generators.service import taught_weights, weights
from generators.service.digests import Digests
from generators.service.gguf_llama import MARK, convert, network, outline
from generators.service.graphs import checksum
from generators.training.taught.export import changes
from generators.training.taught.train import LINEAR
from learning.bases import digest_of
from tests import tiny
from tests.unit.test_generator_gguf import FAMILIES, a_gguf, a_model

#: Of PEFT, which asks transformers by a name that is about to go.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")


def silent(_doing: str, _done: float) -> None:
    pass


def an_adapter(model: Any, folder: Path) -> Path:
    """A random change to a model, as PEFT keeps it."""
    torch.manual_seed(5)
    changed = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=LINEAR))
    with torch.no_grad():
        for name, one in changed.named_parameters():
            if "lora_B" in name:
                one.copy_(0.1 * torch.randn_like(one))
    changed.save_pretrained(folder)
    changed.unload()
    return folder


def an_asset(adapter: Path, file: Path) -> Path:
    taught_weights.write(changes(adapter)[0], file)
    return file


def a_change(rank: int = 32, out: int = 48, width: int = 64) -> taught_weights.Change:
    chance = np.random.default_rng(3)
    down, up = chance.normal(size=(rank, width)), chance.normal(size=(out, rank))
    return taught_weights.packed(down.astype(np.float32), up.astype(np.float32), 0.5)


def test_eight_bits_lose_less_than_two_hundredths_of_a_change() -> None:
    chance = np.random.default_rng(3)
    down, up = (chance.normal(size=shape).astype(np.float32) for shape in ((32, 64), (48, 32)))

    found = taught_weights.packed(down, up, 0.5).rows(0, 48)

    exact = 0.5 * (up @ down)
    assert np.linalg.norm(found - exact) < 0.02 * np.linalg.norm(exact)


def test_a_row_is_the_same_to_the_bit_however_many_are_read_with_it() -> None:
    change = a_change()

    alone = np.concatenate([change.rows(row, row + 1) for row in range(48)])

    assert np.array_equal(change.rows(0, 48), alone)
    whole = change.up.astype(np.int64) @ change.down.astype(np.int64)  # no sum is rounded, so any order gives this
    assert np.array_equal(alone, whole.astype(np.float32) * change.scales)


def test_changes_are_read_as_they_were_written(tmp_path: Path) -> None:
    made = {"model.layers.1.mlp.up_proj": a_change(), "model.layers.0.mlp.up_proj": a_change(4, 7, 5)}

    taught_weights.write(made, tmp_path / "it.npz")
    found = taught_weights.read(tmp_path / "it.npz")

    assert found.keys() == made.keys()
    for name, one in made.items():
        assert np.array_equal(found[name].rows(0, len(one.up)), one.rows(0, len(one.up)))


@pytest.mark.parametrize("content", [None, b"no archive"])
def test_a_missing_or_damaged_file_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ideas.npz"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(Misconfigured, match="Install Muselab again"):
        taught_weights.read(file)


@pytest.mark.parametrize("architecture", ["llama", "qwen3"])  # one with rows in another order, and one without
def test_what_is_read_is_what_peft_merges(tmp_path: Path, architecture: str) -> None:
    original = a_model(FAMILIES[architecture])
    file = a_gguf(tmp_path / "m.gguf", original, architecture=architecture)
    adapter = an_adapter(original, tmp_path / "adapter")
    asset = an_asset(adapter, tmp_path / "ideas.npz")
    (tmp_path / "out").mkdir()

    convert(file, tmp_path / "out", silent, asset)

    merged = PeftModel.from_pretrained(a_model(FAMILIES[architecture]), adapter).merge_and_unload().state_dict()
    found = tensors(tmp_path / "out" / "model.safetensors")
    changed = 0
    for name, one in found.items():
        wanted, before = merged[name].numpy(), original.state_dict()[name].numpy()
        error = np.linalg.norm(one.whole() - wanted)
        assert error < 0.01 * np.linalg.norm(wanted)  # eight bits of the change, and eight of bfloat16
        if name.endswith("proj.weight"):
            assert error < 0.1 * np.linalg.norm(wanted - before)
            changed += 1
    assert changed == 2 * len(LINEAR)


def test_weights_are_read_where_they_are_as_they_are_converted(tmp_path: Path) -> None:
    original = a_model(FAMILIES["llama"])
    file = a_gguf(tmp_path / "m.gguf", original, architecture="llama")
    asset = an_asset(an_adapter(original, tmp_path / "adapter"), tmp_path / "ideas.npz")
    for folder, written in (("out", convert), ("outline", outline)):
        (tmp_path / folder).mkdir()
        written(file, tmp_path / folder, silent, asset)

    there, here = network(file, tmp_path / "outline", asset), checkpoint.network(tmp_path / "out")

    for name, parts in here.matrices.items():
        for one, other in zip(parts, there.matrices[name], strict=True):
            assert np.array_equal(one.read(0, one.shape[0]), other.read(0, other.shape[0]))


def test_bases_with_and_without_lessons_are_two(tmp_path: Path) -> None:
    """So a tuning that was begun on one is begun anew on the other."""
    original = a_model(LlamaConfig(**FAMILIES["llama"].to_diff_dict()))
    file = a_gguf(tmp_path / "m.gguf", original, architecture="llama")
    asset = an_asset(an_adapter(original, tmp_path / "adapter"), tmp_path / "ideas.npz")
    for folder, taught in (("plain", None), ("taught", asset)):
        (tmp_path / folder).mkdir()
        convert(file, tmp_path / folder, silent, taught)

    assert digest_of(tmp_path / "plain") != digest_of(tmp_path / "taught")
    assert json.loads((tmp_path / "taught" / "config.json").read_text())[MARK] == taught_weights.mark(asset)
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "taught").config.num_hidden_layers == 2


@pytest.mark.model
def test_the_embedded_model_is_taught_unless_the_host_wants_it_plain(tmp_path: Path) -> None:
    taught = weights.text_place(weights.EMBEDDED, tmp_path, silent)
    plain = weights.text_place(weights.EMBEDDED, tmp_path, silent, taught=False)

    assert taught.name == f"{weights.TAUGHT_NAME}-{taught_weights.mark(taught_weights.FILE)}"
    assert (plain.name, plain.taught) == (weights.TEXT_NAME, None)
    assert taught.where != plain.where
    assert len({checksum(place, Digests(tmp_path)) for place in (taught, plain)}) == 2


@pytest.mark.model
def test_what_is_shipped_changes_every_linear_layer_of_the_embedded_model(tmp_path: Path) -> None:
    place = weights.text_place(weights.EMBEDDED, tmp_path, silent)
    assert place.packed is not None
    shapes = {name: one.shape for name, one in _stored(place.packed).items() if name.endswith("proj.weight")}

    found = taught_weights.read(taught_weights.FILE)

    assert {f"{name}.weight": (len(one.up), one.down.shape[1]) for name, one in found.items()} == shapes
    assert taught_weights.FILE.stat().st_size <= 10_000_000  # what a checkout and a wheel may grow by


def _stored(packed: Path) -> dict[str, Any]:
    from generators.service.gguf_llama import _Packed

    return dict(_Packed(packed, None).matrices())


@pytest.mark.parametrize(
    ("tuned_on", "served"),
    [
        (weights.TEXT_NAME, f"{weights.TAUGHT_NAME}-1a2b"),
        (f"{weights.TAUGHT_NAME}-1a2b", weights.TEXT_NAME),
        (f"{weights.TAUGHT_NAME}-1a2b", f"{weights.TAUGHT_NAME}-3c4d"),
    ],
)
def test_a_version_that_was_tuned_on_another_base_is_refused_by_name(tmp_path: Path, tuned_on: str, served: str) -> None:
    model = tiny.text_model(name=served)
    folder = an_adapter(tiny.random_model("llama"), tmp_path / "adapter")
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps(config | {"base_model_name_or_path": tuned_on}))

    with pytest.raises(lora.BadAdapter, match=f"for another model, {tuned_on}; this is {served}"):
        model.adapter(folder, "team-1-v1")

    (folder / "adapter_config.json").write_text(json.dumps(config | {"base_model_name_or_path": served}))
    assert model.adapter(folder, "team-1-v1").name == "team-1-v1"


def test_scales_have_the_precision_that_they_are_kept_in() -> None:
    scales = a_change().scales

    assert np.array_equal(widened(halved(scales), "BF16"), scales)
