"""Low-rank changes to a model's linear layers: put in, taken out, written and read in PEFT's form.

Source: Hu et al. 2021 (arXiv 2106.09685).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional

WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
PREFIX = "base_model.model."  # what PEFT puts before every name


class Unsuited(Exception):
    """A model that our own loop does not cover; the message says why."""


class Lowrank(nn.Module):
    """A frozen linear layer and a low-rank change to it: y = W x + (alpha / rank) B A x."""

    def __init__(self, linear: nn.Linear, *, rank: int, alpha: float, generator: torch.Generator) -> None:
        super().__init__()
        self.linear = linear
        self.scale = alpha / rank
        self.active = True
        device = linear.weight.device
        down = torch.empty(rank, linear.in_features)
        bound = linear.in_features**-0.5  # as PEFT begins: Kaiming uniform with a = sqrt(5)
        down.uniform_(-bound, bound, generator=generator)
        self.down = nn.Parameter(down.to(device))  #: A, shape (rank, in)
        self.up = nn.Parameter(
            torch.zeros(linear.out_features, rank, device=device)
        )  #: B, shape (out, rank); begins at no change

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output, shape (..., out)."""
        y: Tensor = self.linear(x)
        if not self.active:
            return y
        change = functional.linear(functional.linear(x.to(self.down.dtype), self.down), self.up)
        return torch.add(y, change.to(y.dtype), alpha=self.scale)


class Adapter:
    """The low-rank changes of one model."""

    def __init__(self, model: Any, *, rank: int, alpha: float, seed: int) -> None:
        """Puts changes that change nothing yet into all linear layers but the output's.

        Raises:
            Unsuited: the model has no such layers.
        """
        self.rank, self.alpha = rank, alpha
        self.layers: dict[str, Lowrank] = {}
        generator = torch.Generator().manual_seed(seed)
        head = model.get_output_embeddings()
        for weights in model.parameters():
            weights.requires_grad_(False)
        for path, module in list(model.named_modules()):
            if type(module) is not nn.Linear or module is head:
                continue
            parent, _dot, name = path.rpartition(".")
            layer = Lowrank(module, rank=rank, alpha=alpha, generator=generator)
            setattr(model.get_submodule(parent), name, layer)
            self.layers[path] = layer
        if not self.layers:
            raise Unsuited(f"{type(model).__name__} has no linear layers of the usual kind")

    def parameters(self) -> list[nn.Parameter]:
        """What is trained."""
        return [weights for layer in self.layers.values() for weights in (layer.down, layer.up)]

    @property
    def active(self) -> bool:
        """Whether the changes are at work."""
        return all(layer.active for layer in self.layers.values())

    @contextmanager
    def off(self) -> Iterator[None]:
        """The model as it was before, for the time of the block."""
        for layer in self.layers.values():
            layer.active = False
        try:
            yield
        finally:
            for layer in self.layers.values():
                layer.active = True

    def weigh(self, alpha: float) -> None:
        """How much the changes count from now on: `alpha` / rank. What is saved says so."""
        self.alpha = alpha
        for layer in self.layers.values():
            layer.scale = alpha / self.rank

    def state(self) -> dict[str, Tensor]:
        """The changes by PEFT's names, on the CPU, float32."""
        tensors: dict[str, Tensor] = {}
        for path, layer in self.layers.items():
            tensors[f"{PREFIX}{path}.lora_A.weight"] = layer.down.detach().float().cpu().contiguous()
            tensors[f"{PREFIX}{path}.lora_B.weight"] = layer.up.detach().float().cpu().contiguous()
        return tensors

    def take(self, state: Mapping[str, Tensor]) -> None:
        """Takes over changes by PEFT's names.

        Raises:
            Unsuited: they are of another model.
        """
        try:
            with torch.no_grad():
                for path, layer in self.layers.items():
                    layer.down.copy_(state[f"{PREFIX}{path}.lora_A.weight"])
                    layer.up.copy_(state[f"{PREFIX}{path}.lora_B.weight"])
        except (KeyError, RuntimeError) as error:
            raise Unsuited(f"the adapter does not fit this model: {error}") from error

    def save(self, folder: Path, *, base: str) -> None:
        """Writes the two files that PEFT, vLLM and our service load."""
        folder.mkdir(parents=True, exist_ok=True)
        config: dict[str, Any] = {
            "base_model_name_or_path": base,
            "bias": "none",
            "fan_in_fan_out": False,
            "inference_mode": True,
            "lora_alpha": self.alpha,
            "lora_dropout": 0.0,
            "peft_type": "LORA",
            "r": self.rank,
            "target_modules": sorted({path.rpartition(".")[2] for path in self.layers}),
            "task_type": "CAUSAL_LM",
            "use_dora": False,
            "use_rslora": False,
        }
        (folder / CONFIG).write_text(json.dumps(config, indent=1, sort_keys=True), encoding="utf-8")
        (folder / WEIGHTS).write_bytes(save(self.state(), metadata={"format": "pt"}))


def read(model: Any, folder: Path) -> Adapter:
    """The adapter in a folder, put into a model.

    Raises:
        Unsuited: it is of another model, or no LoRA adapter of a kind that we know.
        OSError, ValueError: the files cannot be read.
    """
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    if config.get("peft_type") != "LORA" or config.get("use_dora") or config.get("rank_pattern"):
        raise Unsuited(f"{folder.name} is no plain LoRA adapter")
    scale = config["lora_alpha"] / config["r"] ** (0.5 if config.get("use_rslora") else 1.0)
    adapter = Adapter(model, rank=int(config["r"]), alpha=scale * config["r"], seed=0)
    adapter.take(load_file(folder / WEIGHTS))
    return adapter
