"""Turns a GGUF file of the Llama family into a Hugging Face folder.

transformers can read such a file itself, but only with a further package, and it takes three times as long.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from transformers import AutoTokenizer

from bot.domain.errors import Misconfigured
from bot.words import _

Report = Callable[[str, float], None]  #: what is being done, and the share of it that is done
LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
WHOLE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def convert(source: Path, target: Path, report: Report) -> None:
    """Writes config, weights (bfloat16, as the model was published) and tokenizer into `target`.

    Raises:
        Misconfigured: the file is of another family.
    """
    doing = _("converting {model}").format(model=source.stem)
    report(doing, 0.0)
    reader = gguf.GGUFReader(source)
    config = _config(reader, source)
    report(doing, 0.2)
    tensors: dict[str, torch.Tensor] = {}
    for index, tensor in enumerate(reader.tensors):
        name, weights = _tensor(tensor, config)
        tensors[name] = torch.from_numpy(weights).to(torch.bfloat16)
        report(doing, 0.2 + 0.4 * index / len(reader.tensors))
    config["tie_word_embeddings"] = "lm_head.weight" not in tensors
    save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})
    (target / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    report(doing, 0.7)
    AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(target)
    report(doing, 1.0)


def _config(reader: Any, source: Path) -> dict[str, Any]:
    """The config.json that the file's header describes."""

    def field(name: str) -> Any:
        found = reader.get_field(name)
        return None if found is None else found.contents()

    if field("general.architecture") != "llama":
        raise Misconfigured(_("{file} is not a model of the Llama family.").format(file=source.name))
    heads = field("llama.attention.head_count")
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": "bfloat16",
        "hidden_act": "silu",
        "hidden_size": field("llama.embedding_length"),
        "intermediate_size": field("llama.feed_forward_length"),
        "num_hidden_layers": field("llama.block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": field("llama.attention.head_count_kv") or heads,
        "max_position_embeddings": field("llama.context_length"),
        "rms_norm_eps": field("llama.attention.layer_norm_rms_epsilon"),
        "rope_theta": field("llama.rope.freq_base"),
        "vocab_size": field("llama.vocab_size"),
        "bos_token_id": field("tokenizer.ggml.bos_token_id"),
        "eos_token_id": field("tokenizer.ggml.eos_token_id"),
        "pad_token_id": field("tokenizer.ggml.padding_token_id"),
    }


def _tensor(tensor: Any, config: dict[str, Any]) -> tuple[str, NDArray[np.float32]]:
    """A tensor's name and values as transformers has them."""
    weights: NDArray[np.float32] = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
    stem, _dot, kind = tensor.name.rpartition(".")
    if not stem.startswith("blk."):
        return f"{WHOLE[stem]}.{kind}", weights
    _blk, layer, part = stem.split(".")
    if part in ("attn_q", "attn_k"):
        weights = _halves(weights, config["num_attention_heads" if part == "attn_q" else "num_key_value_heads"])
    return f"model.layers.{layer}.{LAYER[part]}.{kind}", weights


def _halves(weights: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows of each head from GGUF's order for rotary embeddings (pairs side by side) to transformers' (two halves)."""
    width = weights.shape[0] // heads
    return np.ascontiguousarray(weights.reshape(heads, width // 2, 2, -1).swapaxes(1, 2).reshape(weights.shape))
