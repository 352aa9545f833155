"""A tiny random model of the Llama family as a GGUF file, for llama.cpp. Needs the package gguf."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tokenizers import pre_tokenizers

WIDE, INNER, LAYERS, HEADS, KV_HEADS, CONTEXT = 32, 64, 2, 4, 2, 1024
END = "<|end|>"
PLAIN = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
#: As Qwen 3.5's: it leaves thinking off, but llama.cpp turns it on in whatever template it finds to know thinking.
THINKING = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.reasoning_content %}<think>\n{{ m.reasoning_content }}\n</think>\n\n{% endif %}"
    "{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and enable_thinking is true %}<think>\n{% else %}<think>\n\n</think>\n\n{% endif %}"
    "{% endif %}"
)


def written(path: Path, *, template: str = PLAIN) -> Path:
    """Writes the file: every byte is a token, then one joined one (llama.cpp wants a merge), then the end of a text.

    Args:
        path: where to.
        template: of a chat, in Jinja.
    """
    import gguf

    tokens = [*sorted(pre_tokenizers.ByteLevel.alphabet()), "th", END]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDE)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_dimension_count(WIDE // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([1] * (len(tokens) - 1) + [3])
    writer.add_token_merges(["t h"])
    writer.add_eos_token_id(len(tokens) - 1)
    writer.add_bos_token_id(len(tokens) - 1)
    writer.add_add_bos_token(False)
    writer.add_chat_template(template)
    chance = np.random.default_rng(7)

    def add(name: str, *shape: int) -> None:
        writer.add_tensor(name + ".weight", (chance.standard_normal(shape) * 0.1).astype(np.float32))

    narrow = WIDE // HEADS * KV_HEADS
    add("token_embd", len(tokens), WIDE)
    add("output", len(tokens), WIDE)
    writer.add_tensor("output_norm.weight", np.ones(WIDE, np.float32))
    for layer in range(LAYERS):
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.ones(WIDE, np.float32))
        for name, rows in (("attn_q", WIDE), ("attn_k", narrow), ("attn_v", narrow), ("attn_output", WIDE)):
            add(f"blk.{layer}.{name}", rows, WIDE)
        for name, rows, columns in (("ffn_gate", INNER, WIDE), ("ffn_up", INNER, WIDE), ("ffn_down", WIDE, INNER)):
            add(f"blk.{layer}.{name}", rows, columns)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
