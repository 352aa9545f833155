"""Turns a GGUF file of the Llama family into a Hugging Face folder, without torch and, for tokenizers of BPE, transformers.

transformers can read such a file itself, but only with a further package, and it takes three times as long.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

from bot.domain.errors import Misconfigured
from bot.words import _
from generators.engines.text.safetensors_file import halved, write_halves

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
CONTROL = 3  # GGUF's kind of tokens that mark something
SPECIAL = {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}
UNLIMITED = int(1e30)  # transformers' word for a tokenizer that sets no limit


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
    tensors: dict[str, NDArray[np.uint16]] = {}
    for index, tensor in enumerate(reader.tensors):
        name, weights = _tensor(tensor, config)
        tensors[name] = halved(weights)
        report(doing, 0.2 + 0.4 * index / len(reader.tensors))
    config["tie_word_embeddings"] = "lm_head.weight" not in tensors
    write_halves(target / "model.safetensors", tensors)
    (target / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    report(doing, 0.7)
    _write_tokenizer(reader, source, target)
    report(doing, 1.0)


def _config(reader: Any, source: Path) -> dict[str, Any]:
    """The config.json that the file's header describes."""

    def field(name: str) -> Any:
        value = reader.get_field(name)
        return None if value is None else value.contents()

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


def _write_tokenizer(reader: Any, source: Path, target: Path) -> None:
    """Writes what transformers writes for this file, to the byte but for what it notes of itself (a test)."""

    def field(name: str) -> Any:
        found = reader.get_field(f"tokenizer.{name}")
        return None if found is None else found.contents()

    if field("ggml.model") != "gpt2":
        from transformers import AutoTokenizer

        AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(target)
        return
    words, kinds = field("ggml.tokens"), field("ggml.token_type") or []
    merges = [tuple(merge.split(" ")) for merge in field("ggml.merges")]
    made = Tokenizer(
        models.BPE(
            vocab={word: place for place, word in enumerate(words)},
            merges=merges,
            continuing_subword_prefix="",
            end_of_word_suffix="",
        )
    )
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.post_processor = processors.TemplateProcessing(single="$A:0", pair="$A:0 $B:1", special_tokens=[])
    marks = [word for word, kind in zip(words, kinds, strict=False) if kind == CONTROL]
    made.add_special_tokens([AddedToken(mark, normalized=False, special=True) for mark in marks])
    made.save(str(target / "tokenizer.json"))
    named = {
        f"{kind}_token": words[place]
        for kind, key in SPECIAL.items()
        if isinstance(place := field(f"ggml.{key}_token_id"), int) and place < len(words)
    }
    settings = {"backend": "tokenizers", **named, "model_max_length": UNLIMITED, "tokenizer_class": "TokenizersBackend"}
    (target / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    if template := field("chat_template"):
        (target / "chat_template.jinja").write_text(template, encoding="utf-8")


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
