"""What GGUF files of each family say, in the words of transformers: names of tensors and configurations. It reads no file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = Callable[[str], Any]  #: what the file's header has under a key without the family's name; None: nothing

WHOLE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
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
HEADS_NORMED = {"attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm"}
FOUR_NORMS = {
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
}
FREQUENCIES = "rope_freqs"  #: the tensor by which Llama 3 turns slower; configurations say it in numbers
LLAMA3 = {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}  # of all Llama 3.1 to 3.3
LOCAL_THETA, LOCAL_WINDOW = 10_000.0, 4096  # of Gemma's layers that look at what is near; transformers' defaults


@dataclass(frozen=True, slots=True)
class Family:
    """One architecture as GGUF names it."""

    architecture: str  #: transformers' class
    kind: str  #: transformers' `model_type`
    layer: Mapping[str, str]  #: names of a layer's tensors
    paired: bool = False  #: rows of queries and keys stand in pairs, not in halves
    norm_offset: float = 0.0  #: what the file's norms have more than transformers'
    activation: str = "silu"

    def config(self, field: Field) -> dict[str, Any]:
        """The config.json that a header describes, but for what only the tensors tell."""
        heads = field("attention.head_count")
        found = {
            "architectures": [self.architecture],
            "model_type": self.kind,
            "dtype": "bfloat16",
            "hidden_act": self.activation,
            "hidden_size": field("embedding_length"),
            "intermediate_size": field("feed_forward_length"),
            "num_hidden_layers": field("block_count"),
            "num_attention_heads": heads,
            "num_key_value_heads": field("attention.head_count_kv") or heads,
            "max_position_embeddings": field("context_length"),
            "rms_norm_eps": field("attention.layer_norm_rms_epsilon"),
            "rope_theta": field("rope.freq_base") or LOCAL_THETA,
        }
        if self.kind in ("qwen3", "gemma", "gemma2", "gemma3_text") or self._wide(field):
            found["head_dim"] = field("attention.key_length") or found["hidden_size"] // heads
        if field("rope.scaling.type") == "linear":
            found["rope_scaling"] = {"rope_type": "linear", "factor": field("rope.scaling.factor")}
        return found | self._of_gemma(field)

    @staticmethod
    def _wide(field: Field) -> bool:
        """Whether heads are of another width than they would be by themselves."""
        width = field("attention.key_length")
        return bool(width) and width * field("attention.head_count") != field("embedding_length")

    def _of_gemma(self, field: Field) -> dict[str, Any]:
        if not self.kind.startswith("gemma"):
            return {}
        found: dict[str, Any] = {"hidden_activation": self.activation, "tie_word_embeddings": True}
        if self.kind == "gemma":
            return found
        found["query_pre_attn_scalar"] = field("attention.key_length")
        found["sliding_window"] = field("attention.sliding_window") or LOCAL_WINDOW
        if self.kind == "gemma2":
            found["attn_logit_softcapping"] = field("attn_logit_softcapping")
            found["final_logit_softcapping"] = field("final_logit_softcapping")
        else:
            found["rope_local_base_freq"] = LOCAL_THETA
            found["sliding_window_pattern"] = 6
        return found


FAMILIES = {
    "llama": Family("LlamaForCausalLM", "llama", LAYER, paired=True),
    "qwen2": Family("Qwen2ForCausalLM", "qwen2", LAYER),
    "qwen3": Family("Qwen3ForCausalLM", "qwen3", LAYER | HEADS_NORMED),
    "gemma": Family("GemmaForCausalLM", "gemma", LAYER, norm_offset=1.0, activation="gelu_pytorch_tanh"),
    "gemma2": Family("Gemma2ForCausalLM", "gemma2", LAYER | FOUR_NORMS, norm_offset=1.0, activation="gelu_pytorch_tanh"),
    "gemma3": Family(
        "Gemma3ForCausalLM", "gemma3_text", LAYER | FOUR_NORMS | HEADS_NORMED, norm_offset=1.0, activation="gelu_pytorch_tanh"
    ),
}


def slower(frequencies: NDArray[np.float32], config: Mapping[str, Any]) -> dict[str, Any] | None:
    """The numbers by which a configuration says how much slower each pair of a head turns; None where none say it.

    Args:
        frequencies: by how much each is slower, shape (head width / 2,).
        config: the model's so far.

    Source: transformers.modeling_rope_utils, "llama3".
    """
    width = 2 * len(frequencies)
    lengths = 2 * math.pi * float(config["rope_theta"]) ** (np.arange(0, width, 2) / width)
    factor, known = float(frequencies.max()), LLAMA3["original_max_position_embeddings"]
    low, high = LLAMA3["low_freq_factor"], LLAMA3["high_freq_factor"]
    smooth = (known / lengths - low) / (high - low)
    between = 1 / ((1 - smooth) / factor + smooth)
    expected = np.where(lengths < known / high, 1.0, np.where(lengths > known / low, factor, between))
    if not np.allclose(frequencies, expected, rtol=1e-3):
        return None
    return {"rope_type": "llama3", "factor": factor, **LLAMA3}
