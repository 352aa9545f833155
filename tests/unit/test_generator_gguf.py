"""GGUF files of every family become folders that give the original's logits; the names are those of the gguf library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, Gemma2Config, Gemma3TextConfig, GemmaConfig, LlamaConfig, Qwen2Config, Qwen3Config

from bot.domain.errors import Misconfigured
from generators.engines.text.checkpoint import network
from generators.engines.text.network import Unsuited
from generators.service.gguf_llama import convert

WORDS = ["a", "b", "ab", "1", "2", "12", "<end>", "<tool>"]
SIZES = {
    "vocab_size": len(WORDS),
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "pad_token_id": 6,
    "bos_token_id": 6,
    "eos_token_id": 6,
}
GEMMA = {"head_dim": 16, "query_pre_attn_scalar": 16, "sliding_window": 4}
FAMILIES = {
    "llama": LlamaConfig(**SIZES),
    "qwen2": Qwen2Config(**SIZES, tie_word_embeddings=True),
    "qwen3": Qwen3Config(**SIZES, head_dim=16),
    "gemma": GemmaConfig(**SIZES, head_dim=16),
    "gemma2": Gemma2Config(**SIZES, **GEMMA),
    "gemma3": Gemma3TextConfig(**SIZES, **GEMMA),
}


def a_model(config: Any) -> Any:
    torch.manual_seed(3)
    model = AutoModelForCausalLM.from_config(config).bfloat16().float().eval()
    with torch.no_grad():
        for name, one in model.named_parameters():
            if "norm" in name or "bias" in name:  # which begin as all alike, so that a wrong place would not show
                one.add_(0.25 * torch.randn_like(one).bfloat16().float())
                one.copy_(one.bfloat16().float())
    return model


def a_gguf(file: Path, model: Any, *, architecture: str, cut: str = "default", twice: bool = False, **more: Any) -> Path:
    """A model as llama.cpp's converter writes it: the library's names, pairs for Llama, norms of Gemma with one added."""
    config = model.config
    writer = gguf.GGUFWriter(file, architecture)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if architecture != "llama":
        writer.add_key_length(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)
    if architecture in ("gemma2", "gemma3"):
        writer.add_sliding_window(config.sliding_window)
    if architecture == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    writer.add_rope_freq_base(more.get("theta", 1_000_000.0 if architecture == "gemma3" else 10_000.0))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(cut)
    writer.add_token_list(WORDS)
    writer.add_token_types([1, 1, 1, 1, 1, 1, 3, 4])
    writer.add_token_merges(["a b", "1 2"])
    writer.add_bos_token_id(6)
    writer.add_eos_token_id(6)
    names = gguf.get_tensor_name_map(getattr(gguf.MODEL_ARCH, architecture.upper()), config.num_hidden_layers)
    state = {name: one.numpy().astype(np.float32) for name, one in model.state_dict().items()}
    if config.tie_word_embeddings and not twice:
        state.pop("lm_head.weight", None)
    for name, values in state.items():
        stem, _dot, kind = name.rpartition(".")
        if architecture == "llama" and (".q_proj" in name or ".k_proj" in name):
            heads = config.num_attention_heads if ".q_proj" in name else config.num_key_value_heads
            values = values.reshape(heads, 2, -1, values.shape[1]).swapaxes(1, 2).reshape(values.shape)
        if architecture.startswith("gemma") and "norm" in name:
            values = values + 1
        writer.add_tensor(f"{names.get_name(stem)}.{kind}", np.ascontiguousarray(values))
    if "frequencies" in more:
        writer.add_tensor("rope_freqs.weight", more["frequencies"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def converted(file: Path, folder: Path) -> Path:
    folder.mkdir()
    convert(file, folder, lambda _doing, _done: None)
    return folder


@pytest.mark.parametrize("architecture", FAMILIES)
def test_a_gguf_of_each_family_becomes_the_same_model(tmp_path: Path, architecture: str) -> None:
    original = a_model(FAMILIES[architecture])

    folder = converted(a_gguf(tmp_path / "m.gguf", original, architecture=architecture), tmp_path / "out")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)

    ids = torch.tensor([[0, 1, 2, 1, 0, 2, 3, 4, 5, 1, 0, 3]])  # more than the window of those that have one
    with torch.inference_mode():
        # a norm of Gemma is 1 + a number in bfloat16; so large a number rounds in the last of eight bits
        torch.testing.assert_close(model(input_ids=ids).logits, original(input_ids=ids).logits, atol=2e-3, rtol=1e-2)


@pytest.mark.parametrize("architecture", ["llama", "qwen2", "qwen3"])
def test_what_is_of_the_family_runs_without_torch(tmp_path: Path, architecture: str) -> None:
    folder = converted(a_gguf(tmp_path / "m.gguf", a_model(FAMILIES[architecture]), architecture=architecture), tmp_path / "out")

    assert network(folder).sizes.layers == 2


def test_gemma_is_left_to_torch(tmp_path: Path) -> None:
    folder = converted(a_gguf(tmp_path / "m.gguf", a_model(FAMILIES["gemma3"]), architecture="gemma3"), tmp_path / "out")

    with pytest.raises(Unsuited, match="Gemma3ForCausalLM is not of the family"):
        network(folder)


def test_a_table_that_the_file_has_twice_is_kept_once(tmp_path: Path) -> None:
    original = a_model(FAMILIES["qwen2"])
    once = converted(a_gguf(tmp_path / "once.gguf", original, architecture="qwen2"), tmp_path / "once")

    twice = converted(a_gguf(tmp_path / "twice.gguf", original, architecture="qwen2", twice=True), tmp_path / "twice")

    assert (twice / "model.safetensors").read_bytes() == (once / "model.safetensors").read_bytes()
    assert (twice / "config.json").read_text() == (once / "config.json").read_text()


def test_slower_turns_of_llama_3_come_back_as_numbers(tmp_path: Path) -> None:
    rope = {
        "rope_type": "llama3",
        "factor": 32.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
        "rope_theta": 500_000.0,
    }
    original = a_model(LlamaConfig(**SIZES, rope_parameters=rope))
    plain = 500_000.0 ** (-np.arange(0, 8, 2) / 8)
    frequencies = (plain / original.model.rotary_emb.inv_freq.numpy()).astype(np.float32)
    file = a_gguf(tmp_path / "m.gguf", original, architecture="llama", theta=500_000.0, frequencies=frequencies)

    model = AutoModelForCausalLM.from_pretrained(converted(file, tmp_path / "out"), dtype=torch.float32)

    torch.testing.assert_close(model.model.rotary_emb.inv_freq, original.model.rotary_emb.inv_freq)


def test_turns_that_no_configuration_says_are_refused(tmp_path: Path) -> None:
    frequencies = np.array([1.0, 3.0, 2.0, 1.0], np.float32)
    file = a_gguf(tmp_path / "m.gguf", a_model(FAMILIES["llama"]), architecture="llama", frequencies=frequencies)

    with pytest.raises(Misconfigured, match="turns positions in a way"):
        converted(file, tmp_path / "out")


def test_digits_are_cut_as_the_vendor_cuts_them(tmp_path: Path) -> None:
    from generators.engines.text.tokenizer_file import TokenizerFile

    model = a_model(FAMILIES["qwen2"])
    alone = converted(a_gguf(tmp_path / "q.gguf", model, architecture="qwen2", cut="qwen2"), tmp_path / "q")
    threes = converted(a_gguf(tmp_path / "l.gguf", model, architecture="qwen2", cut="llama-bpe"), tmp_path / "l")

    assert TokenizerFile(alone)("ab12<tool>")["input_ids"] == [2, 3, 4, 7]
    assert TokenizerFile(threes)("ab12<tool>")["input_ids"] == [2, 5, 7]
    assert "<tool>" not in TokenizerFile(alone).all_special_tokens


def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(b"GGUF" + b"\0" * 64)

    with pytest.raises(Misconfigured, match=r"m\.gguf is no GGUF file, or is damaged"):
        converted(tmp_path / "m.gguf", tmp_path / "out")
