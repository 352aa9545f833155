"""Adapters: the same numbers as PEFT, several in one pass, and everything that is not one for this model is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import peft
import pytest
import torch
from safetensors.numpy import load_file

from generators.engines.text.lora import PREFIX, WEIGHTS, BadAdapter
from generators.engines.text.model import TextModel
from generators.engines.text.passes import PassRequest
from generators.service.adapter_cache import AdapterCache
from generators.service.events import BadRequest
from tests import tiny

pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning")  # peft asks by the old name

EVERYTHING = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
FAMILY = ("llama", "qwen2", "qwen3")


def saved(folder: Path, family: str = "llama", *, seed: int = 1, targets=EVERYTHING, rank: int = 4, **settings) -> Path:
    """A random adapter as PEFT writes it."""
    model = tiny.random_model(family)
    torch.manual_seed(seed)
    config = peft.LoraConfig(r=rank, lora_alpha=16, target_modules=list(targets), init_lora_weights=False, **settings)
    peft.get_peft_model(model, config).save_pretrained(folder)
    return folder


def text_model(family: str = "llama") -> TextModel:
    return tiny.text_model(family, name="tiny-random")


def settled(file: Path, **changes) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def logits(model: TextModel, ids: list[int], adapter=None) -> torch.Tensor:
    return next(found for found in model.alone(model.prefilling(ids, adapter)) if found)[1]


@pytest.mark.parametrize("family", FAMILY)
@pytest.mark.parametrize(
    ("targets", "settings"),
    [(EVERYTHING, {}), (("q_proj", "v_proj"), {"use_rslora": True}), (("up_proj", "k_proj"), {"layers_to_transform": [1]})],
    ids=["all", "queries and values", "one layer"],
)
def test_an_adapter_gives_what_peft_gives(tmp_path: Path, family: str, targets, settings) -> None:
    folder = saved(tmp_path / "a", family, targets=targets, **settings)
    model, ids = text_model(family), list(range(40, 140))

    ours = logits(model, ids, model.adapter(folder, "a"))

    theirs = peft.PeftModel.from_pretrained(tiny.random_model(family), folder).eval()
    with torch.inference_mode():
        expected = theirs(input_ids=torch.tensor([ids])).logits[0, -1]
    torch.testing.assert_close(ours, expected, atol=2e-3, rtol=1e-3)
    assert float((ours - logits(model, ids)).abs().max()) > 0.1  # it does change something


def test_what_was_added_to_a_models_matrices_is_taken_back_by_an_adapter(tmp_path: Path) -> None:
    folder, model = saved(tmp_path / "a"), text_model()
    named = {tuple(key.removeprefix(PREFIX).split(".lora_")): part for key, part in load_file(folder / WEIGHTS).items()}
    places = {place for place, _kind in named}
    added = {
        (int(place.partition(".")[0]), place.partition(".")[2]): (named[place, "A.weight"], named[place, "B.weight"] * 4.0)
        for place in places  # alpha over rank is 4
    }

    back, adapter = model.without(added, "before", "d"), model.adapter(folder, "a")

    for mine, its in zip(back.layers, adapter.layers, strict=True):
        assert mine.keys() == its.keys() == {"qkv", "out", "gate_up", "down"}
        for name in its:
            assert torch.equal(mine[name].down, its[name].down)
            assert torch.equal(mine[name].up, -its[name].up)


def test_requests_with_different_adapters_share_a_pass_and_get_the_bits_they_get_alone(tmp_path: Path) -> None:
    model = text_model()
    one, two = (model.adapter(saved(tmp_path / str(seed), seed=seed), str(seed)) for seed in (1, 2))
    ids = list(range(40, 110))

    def sequences(adapter, count: int):
        prefix, _logits = next(found for found in model.alone(model.prefilling(ids, adapter)) if found)
        return model.fork(prefix, count)

    def request(adapter, count: int) -> PassRequest:
        return PassRequest(model=model, sequences=sequences(adapter, count), tokens=torch.arange(65, 65 + count)[:, None])

    alone = [model.advance([request(adapter, 1)])[0].logits[0] for adapter in (one, two, None)]
    mixed = [
        outcome.logits[0] for outcome in model.advance([request(one, 1), request(two, 5), request(None, 3), request(one, 2)])
    ]

    assert torch.equal(mixed[0], alone[0])
    assert torch.equal(mixed[1], alone[1])
    assert torch.equal(mixed[2], alone[2])
    assert torch.equal(mixed[3], alone[0])
    assert not torch.equal(alone[0], alone[2])


def test_a_kept_prompt_is_never_anothers(tmp_path: Path) -> None:
    model, ids = text_model(), list(range(40, 170))
    adapter = model.adapter(saved(tmp_path / "a"), "a")
    fresh = logits(text_model(), ids)

    logits(model, ids, adapter)

    assert torch.equal(logits(model, ids), fresh)


def refusal(model: TextModel, folder: Path) -> str:
    with pytest.raises(BadAdapter) as caught:
        model.adapter(folder, "a")
    return str(caught.value)


def test_what_is_no_adapter_for_this_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    model, good = text_model(), saved(tmp_path / "good")

    def broken(name: str) -> Path:
        return Path(shutil.copytree(good, tmp_path / name))

    pickled = broken("pickled")
    (pickled / "adapter_model.safetensors").rename(pickled / "adapter_model.bin")
    torn = broken("torn")
    (torn / "adapter_model.safetensors").write_bytes(b"\x00" * 50)
    foreign = broken("foreign")
    settled(foreign / "adapter_config.json", base_model_name_or_path="someone/another-model")
    dora = broken("dora")
    settled(dora / "adapter_config.json", use_dora=True)
    ranked = broken("ranked")
    settled(ranked / "adapter_config.json", rank_pattern={"q_proj": 8})
    tuned = broken("tuned")
    (tuned / "manifest.json").write_text(json.dumps({"base": {"name": "SmolLM2-360M", "folder": "/x", "digest": "0"}}))

    assert "no such folder" in refusal(model, tmp_path / "nowhere")
    assert "adapter_model.bin is not read" in refusal(model, pickled)
    assert "cannot be read" in refusal(model, torn)
    assert "for another model, another-model; this is tiny-random" in refusal(model, foreign)
    assert "use_dora is not supported" in refusal(model, dora)
    assert "rank_pattern is not supported" in refusal(model, ranked)
    assert "for another model, SmolLM2-360M" in refusal(model, tuned)
    assert "for another model" in refusal(text_model("mistral"), good)  # its keys have fewer heads
    assert "only our own forward pass" in refusal(tiny.text_model("gpt2"), good)


def a_shelf(model: TextModel, root: Path, *, most_bytes: float = float("inf"), own=None) -> AdapterCache:
    return AdapterCache(model.adapter, root=root, reserved=("tiny-random",), most_bytes=most_bytes, own=own)


def test_a_name_means_one_adapter_for_ever(tmp_path: Path) -> None:
    shelf = a_shelf(text_model(), tmp_path)
    one, two = (str(saved(tmp_path / str(seed), seed=seed)) for seed in (1, 2))
    shelf.load("team-a", one)

    with pytest.raises(BadRequest, match="names are never reused"):
        shelf.load("team-a", two)
    with pytest.raises(BadRequest, match="already been loaded"):
        shelf.load("team-a", one)
    with pytest.raises(BadRequest, match="a model's own"):
        shelf.load("tiny-random", one)
    shelf.unload("team-a")
    with pytest.raises(BadRequest, match="does not exist here"):
        shelf.get("team-a")
    with pytest.raises(BadRequest, match="names are never reused"):
        shelf.load("team-a", two)
    shelf.load("team-a", one)

    assert list(shelf.names) == ["team-a"]


def test_the_least_recently_used_adapter_gives_way_and_comes_back_as_it_was(tmp_path: Path) -> None:
    model = text_model()
    folders = [saved(tmp_path / str(seed), seed=seed) for seed in range(3)]
    size = model.adapter(folders[0], "0").size
    shelf = a_shelf(model, tmp_path, most_bytes=2.5 * size)
    for place, folder in enumerate(folders):
        shelf.load(str(place), str(folder))
    reads = shelf.reads

    digest = shelf.get("0").digest

    assert shelf.reads == reads + 1  # it had given way
    assert shelf.size == 2 * size
    assert digest == model.adapter(folders[0], "0").digest
    shutil.copy(folders[1] / "adapter_model.safetensors", folders[2] / "adapter_model.safetensors")
    shelf.get("1")
    with pytest.raises(BadRequest, match="changed on disk"):
        shelf.get("2")


def test_the_services_own_adapter_is_made_when_it_is_named_and_gives_way_like_others(tmp_path: Path) -> None:
    model, folders = text_model(), [saved(tmp_path / str(seed), seed=seed) for seed in range(2)]
    made: list[str] = []

    def before():
        made.append("before")
        return model.adapter(folders[0], "before")

    shelf = a_shelf(model, tmp_path, most_bytes=1.0, own={"before": before})
    assert (made, list(shelf.names)) == ([], [])
    assert shelf.get("before") is shelf.get("before")
    assert made == ["before"]

    shelf.load("team-a", str(folders[1]))
    assert shelf.get("before").name == "before"

    assert made == ["before", "before"]
    with pytest.raises(BadRequest, match="a model's own"):
        shelf.load("before", str(folders[1]))


def test_an_own_adapter_that_this_machine_cannot_have_is_refused_in_a_sentence(tmp_path: Path) -> None:
    model = tiny.text_model("gpt2")
    shelf = a_shelf(model, tmp_path, own={"before": lambda: model.without({}, "before", "d")})

    with pytest.raises(BadRequest, match="only our own forward pass"):
        shelf.get("before")
