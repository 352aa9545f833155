"""A GGUF file is read where it lies: its header as the gguf library reads it, its network as its conversion has it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from gguf.constants import GGMLQuantizationType as Kind
from transformers import LlamaConfig, Qwen2Config

from generators.engines.text import answers, checkpoint, float32_pass
from generators.engines.text.fidelity import TEXT
from generators.engines.text.network import Network
from generators.engines.text.safetensors_file import halved, in_halves, widened
from generators.engines.text.tokenizer_file import TokenizerFile
from generators.service import weights
from generators.service.digests import Digests
from generators.service.gguf_file import BadGguf, GgufFile
from generators.service.gguf_llama import convert, network, outline
from generators.service.graphs import checksum
from tests.unit.test_generator_gguf import SIZES, a_gguf, a_model

IDS = [place % 6 for place in range(90)]


def silent(_doing: str, _done: float) -> None:
    pass


def a_file(file: Path) -> Path:
    """Every kind of value in the header, and tensors of some kinds."""
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_uint8("a.small", 200)
    writer.add_int64("a.large", -(2**40))
    writer.add_float64("a.exact", 0.1)
    writer.add_bool("a.claim", True)
    writer.add_array("words", ["茶", "", "a b", "x" * 300])
    writer.add_array("numbers", [3, -1, 2**31 - 1])
    writer.add_array("halves", [0.5, -0.25])
    chance = np.random.default_rng(4)
    writer.add_tensor("plain", chance.standard_normal((3, 32)).astype(np.float32))
    writer.add_tensor("half", chance.standard_normal((5, 7)).astype(np.float16))
    for kind in (Kind.Q4_1, Kind.Q8_0, Kind.Q5_0):
        packed = gguf.quantize(chance.standard_normal((9, 96)).astype(np.float32), kind)
        writer.add_tensor(kind.name, packed, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def test_a_file_says_what_the_library_reads_from_it(tmp_path: Path) -> None:
    file = a_file(tmp_path / "m.gguf")

    ours, theirs = GgufFile(file), gguf.GGUFReader(file)

    assert ours.fields == {name: one.contents() for name, one in theirs.fields.items() if not name.startswith("GGUF.")}
    assert len(ours.tensors) == len(theirs.tensors) == 5
    for mine, other in zip(ours.tensors, theirs.tensors, strict=True):
        numbers = gguf.dequantize(other.data, other.tensor_type).astype(np.float32)
        assert (mine.name, mine.shape, mine.kind) == (other.name, numbers.shape, other.tensor_type)
        assert np.array_equal(mine.whole(), numbers)
        assert np.array_equal(mine.rows(1, 3), numbers[1:3])
        assert np.array_equal(mine.some(np.array([2, 0])), numbers[[2, 0]])


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.1, 0.2, 0.3, 0.5, 0.9, 0.95])
def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    whole = a_file(tmp_path / "m.gguf").read_bytes()
    (tmp_path / "cut.gguf").write_bytes(whole[: int(share * len(whole))])

    with pytest.raises(BadGguf):
        GgufFile(tmp_path / "cut.gguf")


def test_a_file_with_other_bytes_is_refused_or_read_and_never_breaks(tmp_path: Path) -> None:
    whole, chance, refused = a_file(tmp_path / "m.gguf").read_bytes(), np.random.default_rng(5), 0
    for number in range(200):
        damaged = bytearray(whole)
        for place in chance.integers(0, 900, 3):
            damaged[place] = int(chance.integers(0, 256))
        (tmp_path / f"{number}.gguf").write_bytes(damaged)
        try:
            GgufFile(tmp_path / f"{number}.gguf")
        except BadGguf:
            refused += 1

    assert 20 < refused < 200


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_a_network_is_read_from_its_file_as_its_conversion_has_it(tmp_path: Path, family: str) -> None:
    config: Any = LlamaConfig(**SIZES) if family == "llama" else Qwen2Config(**SIZES, tie_word_embeddings=True)
    file = a_gguf(tmp_path / "m.gguf", a_model(config), architecture=family)
    for folder, written in (("whole", convert), ("outline", outline)):
        (tmp_path / folder).mkdir()
        written(file, tmp_path / folder, silent)

    ours, theirs = network(file, tmp_path / "outline"), checkpoint.network(tmp_path / "whole")

    assert not (tmp_path / "outline" / "model.safetensors").exists()
    assert ours.sizes == theirs.sizes
    assert ours.matrices.keys() == theirs.matrices.keys()
    assert all(np.array_equal(ours.full(name), theirs.full(name)) for name in theirs.matrices)
    assert all(np.array_equal(values, theirs.vectors[name]) for name, values in ours.vectors.items())


def test_numbers_are_halved_in_place_as_they_are_in_a_file() -> None:
    numbers = np.random.default_rng(1).standard_normal(10_000).astype(np.float32) * np.logspace(-30, 30, 10_000, dtype=np.float32)

    assert np.array_equal(in_halves(numbers.copy()), widened(halved(numbers), "BF16"))


class Exact:
    """A pass that computes in float32, and errs by so much."""

    def __init__(self, network: Network, ids: list[int], error: float) -> None:
        logits = float32_pass.logits(network, float32_pass.hidden(network, ids), 100)
        self._logits = logits + error * np.random.default_rng(1).standard_normal(logits.shape).astype(np.float32)

    def passed(self, parts: Any) -> list[np.ndarray]:
        (part,) = parts
        return [self._logits[None, part.start : part.start + part.tokens.shape[1]]]


def a_wide_network(tmp_path: Path) -> Network:
    config = LlamaConfig(**SIZES | {"vocab_size": 300})
    model = a_model(config)
    model.lm_head.weight.data *= 20.0  # so that some words are likelier than others
    model.save_pretrained(tmp_path / "model")
    return checkpoint.network(tmp_path / "model")


def test_kept_answers_tell_a_form_that_errs_from_one_that_does_not(tmp_path: Path) -> None:
    made = a_wide_network(tmp_path)
    found = answers.computed(made, IDS)

    exact, near, wrong = (found.fidelity(Exact(made, IDS, error).passed, None) for error in (0.0, 0.05, 1.0))

    assert exact.kl == pytest.approx(0.0, abs=1e-6)
    assert exact.same == 1.0
    assert exact.enough
    assert near.enough
    assert not wrong.enough


def test_answers_are_of_one_file_and_one_way_of_reading_the_text(tmp_path: Path) -> None:
    found = replace(answers.computed(a_wide_network(tmp_path), IDS), text=np.array(IDS, np.uint32))
    answers.keep(found, "a checksum", tmp_path / "kept.npz")

    again = answers.known("a checksum", [*IDS, 5, 5], tmp_path / "kept.npz", tokens=len(IDS))

    assert again is not None
    assert np.array_equal(again.logprobs, found.logprobs)
    assert answers.known("another", IDS, tmp_path / "kept.npz", tokens=len(IDS)) is None
    assert answers.known("a checksum", IDS[::-1], tmp_path / "kept.npz", tokens=len(IDS)) is None


def embedded(cache: Path) -> tuple[answers.Answers | None, Network, list[int]]:
    """What is kept of the embedded model, itself, and how it reads the text."""
    place = weights.text_place(weights.EMBEDDED, cache, silent)
    assert place.packed is not None
    ids = TokenizerFile(Path(place.where))(TEXT)["input_ids"]
    known = answers.known(checksum(place, Digests(cache)), ids)
    return known, network(place.packed, Path(place.where), place.taught), ids


@pytest.mark.model
def test_the_embedded_models_answers_are_known(tmp_path: Path) -> None:
    kept, _network, ids = embedded(tmp_path)

    assert kept is not None
    assert kept.text.tolist() == ids[: answers.TOKENS]


@pytest.mark.model
@pytest.mark.slow
def test_the_embedded_models_answers_are_those_of_its_weights(tmp_path: Path) -> None:
    kept, made, ids = embedded(tmp_path)

    computed = answers.computed(made, ids[: answers.TOKENS])

    assert kept is not None
    assert np.array_equal(computed.likeliest[:, 0], kept.likeliest[:, 0])
    np.testing.assert_allclose(computed.logprobs, kept.logprobs, atol=2e-3)
