"""A model of the Llama family from a folder as transformers writes it, read without torch and transformers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from generators.engines.text.network import FAMILY, HEAD, JOINED, NORM, SPEEDS, TABLE, Network, Rows, Sizes, Unsuited
from generators.engines.text.safetensors_file import BadFile, tensors

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
UNREAD = ("rotary_emb.inv_freq",)  # what older files hold and the configuration says
ROPE_THETA = 10_000.0  # transformers' default for the family
EPS = 1e-6  # likewise


class Stored(Rows, Protocol):
    """A tensor as somebody keeps it."""

    def whole(self) -> NDArray[np.float32]:
        """All of it, copied."""
        ...


class Config:
    """What the folder's configuration says, of a kind that is covered."""

    def __init__(self, folder: Path) -> None:
        """Reads it.

        Raises:
            Unsuited: it is of another family, or of a kind that is not covered.
        """
        self.said = told = read_json(folder / CONFIG)
        named = (told.get("architectures") or ["a model without a name"])[0]
        if named not in FAMILY:
            raise Unsuited(f"{named} is not of the family")
        self.biased_heads = named == "Qwen2ForCausalLM"
        if (kind := told.get("hidden_act", "silu")) != "silu":
            raise Unsuited(f"its activation is {kind}")
        if told.get("sliding_window") and told.get("use_sliding_window", named == "MistralForCausalLM"):
            raise Unsuited("its attention looks through a window")
        if told.get("quantization_config"):
            raise Unsuited("its weights are quantised")
        if float(told.get("partial_rotary_factor") or 1.0) != 1.0:
            raise Unsuited("it turns a part of each head only")

    def sizes(self) -> Sizes:
        """The network's sizes."""
        told = self.said
        try:
            heads, hidden = int(told["num_attention_heads"]), int(told["hidden_size"])
            width = int(told.get("head_dim") or hidden // heads)
            return Sizes(
                hidden=hidden,
                inner=int(told["intermediate_size"]),
                layers=int(told["num_hidden_layers"]),
                heads=heads,
                groups=int(told.get("num_key_value_heads") or heads),
                width=width,
                vocabulary=int(told["vocab_size"]),
                eps=float(told.get("rms_norm_eps", EPS)),
                scaling=width**-0.5,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Unsuited(f"its configuration lacks {error}") from error

    def speeds(self, width: int) -> NDArray[np.float32]:
        """How far each pair of a head turns from one position to the next, shape (width / 2,).

        Source: transformers.modeling_rope_utils, "default", "linear" and "llama3".
        """
        rope: Mapping[str, Any] = self.said.get("rope_parameters") or self.said.get("rope_scaling") or {}
        theta = float(rope.get("rope_theta") or self.said.get("rope_theta") or ROPE_THETA)
        kind = rope.get("rope_type") or rope.get("type") or "default"
        powers = np.arange(0, width, 2, dtype=np.int64).astype(np.float32) / np.float32(width)
        speeds: NDArray[np.float32] = (1.0 / np.power(theta, powers.astype(np.float64)).astype(np.float32)).astype(np.float32)
        if kind == "default":
            return speeds
        if kind == "linear":
            return speeds / np.float32(rope["factor"])
        if kind == "llama3":
            return _llama3(speeds, rope)
        raise Unsuited(f"its rotary embedding is {kind}")


def _llama3(speeds: NDArray[np.float32], rope: Mapping[str, Any]) -> NDArray[np.float32]:
    """Slow turns made slower, so that more positions fit."""
    factor, low, high = float(rope["factor"]), float(rope["low_freq_factor"]), float(rope["high_freq_factor"])
    known = float(rope["original_max_position_embeddings"])
    lengths = 2 * math.pi / speeds
    slower = np.where(lengths > known / low, speeds / factor, speeds)
    smooth = (known / lengths - low) / (high - low)
    between = (1 - smooth) * slower / factor + smooth * slower
    medium = (lengths >= known / high) & (lengths <= known / low)
    found: NDArray[np.float32] = np.where(medium, between, slower).astype(np.float32)
    return found


def network(folder: Path) -> Network:
    """The network in a folder. Its matrices are mapped: nothing is read before it is wanted.

    Raises:
        Unsuited: it is not covered, or its files are not what its configuration says.
        OSError: they cannot be read.
    """
    config = Config(folder)
    try:
        found = {name: one for file in _files(folder) for name, one in tensors(file).items() if not name.endswith(UNREAD)}
    except BadFile as error:
        raise Unsuited(str(error)) from error
    return network_of(config, found)


def network_of(config: Config, found: Mapping[str, Stored]) -> Network:
    """The network that tensors make, under the names that transformers gives them.

    Raises:
        Unsuited: it is not covered, or they are not what the configuration says.
    """
    sizes = config.sizes()
    taking = _Taking(found, sizes)
    for layer in range(sizes.layers):
        taking.layer(layer)
    tied = "lm_head.weight" not in found or bool(config.said.get("tie_word_embeddings", False))
    matrices, vectors = taking.whole(tied=tied)
    vectors[SPEEDS] = config.speeds(sizes.width)
    if left := found.keys() - taking.taken - ({"lm_head.weight"} if tied else set()):
        raise Unsuited(f"it has {len(left)} tensors more than the family, {min(left)} among them")
    return Network(sizes=sizes, matrices=matrices, vectors=vectors)


class _Taking:
    """The tensors of a folder, taken one by one under the family's names, and the parts of a network they make."""

    def __init__(self, found: Mapping[str, Stored], sizes: Sizes) -> None:
        self._found, self._sizes = found, sizes
        self.taken: set[str] = set()  #: names of those that were
        self._matrices: dict[str, tuple[Rows, ...]] = {}
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def layer(self, layer: int) -> None:
        """Takes a layer's."""
        before, sizes, of = f"model.layers.{layer}.", self._sizes, self._sizes.changeable
        for key, names in JOINED.items():
            self._matrices[f"{layer}.{key}"] = tuple(self._matrix(before + name, of[name]) for name in names)
            biases = [f"{before}{name}.bias" for name in names]
            if any(name in self._found for name in biases):
                parts = [self._vector(bias, of[name][0]) for bias, name in zip(biases, names, strict=True)]
                self._vectors[f"{layer}.{key}.bias"] = np.concatenate(parts)
        self._vectors[f"{layer}.before"] = self._vector(before + "input_layernorm.weight", sizes.hidden)
        self._vectors[f"{layer}.between"] = self._vector(before + "post_attention_layernorm.weight", sizes.hidden)
        if f"{before}self_attn.q_norm.weight" in self._found:
            norms = [self._vector(f"{before}self_attn.{kind}_norm.weight", sizes.width) for kind in ("q", "k")]
            counts = (sizes.heads, sizes.groups)
            self._vectors[f"{layer}.heads"] = np.concatenate(
                [np.tile(norm, (count, 1)) for norm, count in zip(norms, counts, strict=True)]
            )

    def whole(self, *, tied: bool) -> tuple[dict[str, tuple[Rows, ...]], dict[str, NDArray[np.float32]]]:
        """Takes what belongs to no layer; all the matrices and the vectors. `tied`: the table of tokens is the head as well."""
        shape = (self._sizes.vocabulary, self._sizes.hidden)
        table = (self._matrix("model.embed_tokens", shape),)
        head = table if tied else (self._matrix("lm_head", shape),)
        norm = self._vector("model.norm.weight", self._sizes.hidden)
        return {TABLE: table, **self._matrices, HEAD: head}, {NORM: norm, **self._vectors}

    def _matrix(self, name: str, shape: tuple[int, int]) -> Stored:
        return self._one(f"{name}.weight", shape)

    def _vector(self, name: str, length: int) -> NDArray[np.float32]:
        return self._one(name, (length,)).whole()

    def _one(self, name: str, shape: tuple[int, ...]) -> Stored:
        if name not in self._found:
            raise Unsuited(f"it has no {name}")
        if self._found[name].shape != shape:
            raise Unsuited(f"its {name} has the shape {self._found[name].shape}, not {shape}")
        self.taken.add(name)
        return self._found[name]


def weight_files(folder: Path) -> list[Path]:
    """The files that a folder's weights lie in, whether they are there or not."""
    return _files(folder)


def _files(folder: Path) -> list[Path]:
    if (folder / INDEX).exists():
        parts = read_json(folder / INDEX).get("weight_map")
        names = sorted(set(parts.values())) if isinstance(parts, dict) else []
        if not names or any(not isinstance(name, str) or Path(name).name != name for name in names):
            raise Unsuited(f"its {INDEX} cannot be read")
        return [folder / name for name in names]
    if not (folder / WEIGHTS).exists():
        raise Unsuited(f"it has no {WEIGHTS}")
    return [folder / WEIGHTS]


def read_json(file: Path) -> dict[str, Any]:
    """An object from a file.

    Raises:
        Unsuited: there is none.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unsuited(f"its {file.name} cannot be read") from error
    if not isinstance(found, dict):
        raise Unsuited(f"its {file.name} is not an object")
    return found
