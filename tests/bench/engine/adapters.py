"""LoRA adapters to measure with, in PEFT's format: random, and so small in effect that text stays text."""

from __future__ import annotations

import json
from pathlib import Path

RANK = 8
SPREAD = 0.02  # of the weights; such an adapter adds some hundredths of what a matrix gives
NAMES = tuple(f"bench-{number}" for number in range(4))
MATRICES = {  # outputs and inputs, by what `_sizes` calls them
    "self_attn.q_proj": ("heads", "hidden"),
    "self_attn.k_proj": ("groups", "hidden"),
    "self_attn.v_proj": ("groups", "hidden"),
    "self_attn.o_proj": ("hidden", "heads"),
    "mlp.gate_proj": ("inner", "hidden"),
    "mlp.up_proj": ("inner", "hidden"),
    "mlp.down_proj": ("hidden", "inner"),
}


def written(folder: Path, model: Path) -> dict[str, Path]:
    """Makes the adapters inside `folder`, for the Llama-like model in `model`, of all its matrices: their folders by name."""
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    made = {}
    for seed, name in enumerate(NAMES):
        made[name] = folder / name
        _write(made[name], config, seed)
    return made


def _write(folder: Path, config: dict, seed: int) -> None:
    import torch
    from safetensors.torch import save_file

    chance = torch.Generator().manual_seed(seed)
    sizes = _sizes(config)
    state = {}
    for layer in range(config["num_hidden_layers"]):
        for matrix, (out, into) in MATRICES.items():
            begin = f"base_model.model.model.layers.{layer}.{matrix}"
            state[f"{begin}.lora_A.weight"] = SPREAD * torch.randn(RANK, sizes[into], generator=chance)
            state[f"{begin}.lora_B.weight"] = SPREAD * torch.randn(sizes[out], RANK, generator=chance)
    folder.mkdir(parents=True)
    save_file(state, folder / "adapter_model.safetensors")
    settings = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": RANK, "lora_alpha": 2 * RANK, "bias": "none"}
    settings["target_modules"] = [matrix.rpartition(".")[2] for matrix in MATRICES]
    (folder / "adapter_config.json").write_text(json.dumps(settings), encoding="utf-8")


def _sizes(config: dict) -> dict[str, int]:
    heads = config["num_attention_heads"]
    width = config.get("head_dim") or config["hidden_size"] // heads
    groups = config.get("num_key_value_heads") or heads
    return {
        "hidden": config["hidden_size"],
        "inner": config["intermediate_size"],
        "heads": heads * width,
        "groups": groups * width,
    }
