"""Turns a GGUF file of the Llama, Qwen or Gemma family into a Hugging Face folder, a tensor at a time, without torch.

transformers can read such a file itself, but only with a further package; it takes three times as long, and holds all of it in
single precision.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import Misconfigured
from bot.words import _
from generators.engines.text.safetensors_file import HalvesFile
from generators.service.gguf_families import FAMILIES, FREQUENCIES, WHOLE, Family, slower
from generators.service.gguf_tokenizer import write_tokenizer

Report = Callable[[str, float], None]  #: what is being done, and the share of it that is done

AT_ONCE = 2**22  # numbers of a tensor made at a time: 16 MB in single precision
#: How far a table of tokens and a head may lie apart and still be one matrix that was rounded twice, as a share of their size;
#: 0.045 was measured between five and eight bits, 1.4 is what two matrices without anything in common have.
SAME_MATRIX = 0.15
LOOKED_AT = 64  # rows of both


def convert(source: Path, target: Path, report: Report) -> None:
    """Writes config, weights (bfloat16, as most models were published) and tokenizer into `target`.

    Raises:
        Misconfigured: the file is of another family, or damaged.
    """
    doing = _("converting {model}").format(model=source.stem)
    report(doing, 0.0)
    reader = _reader(source)
    family, config = _config(reader, source)
    report(doing, 0.2)
    tensors = {name: tensor for tensor in reader.tensors if (name := _name(tensor.name, family)) is not None}
    head = tensors.get("lm_head.weight")
    if head is not None and _same(head, tensors["model.embed_tokens.weight"]):
        tensors["model.embed_tokens.weight"] = _finer(head, tensors["model.embed_tokens.weight"])
        del tensors["lm_head.weight"]
    config["tie_word_embeddings"] = "lm_head.weight" not in tensors
    config["vocab_size"] = int(tensors["model.embed_tokens.weight"].shape[1])
    with HalvesFile(target / "model.safetensors", {name: _shape(tensor) for name, tensor in tensors.items()}) as file:
        for index, (name, tensor) in enumerate(tensors.items()):
            for begin, rows in _rows(name, tensor, family, config):
                file.put(name, begin, rows)
            report(doing, 0.2 + 0.5 * index / len(tensors))
    (target / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    report(doing, 0.7)
    write_tokenizer(reader, source, target)
    report(doing, 1.0)


def _reader(source: Path) -> Any:
    try:
        return gguf.GGUFReader(source)
    except (ValueError, IndexError, KeyError, OverflowError, OSError) as error:
        raise Misconfigured(_("{file} is no GGUF file, or is damaged: {why}.").format(file=source.name, why=error)) from error


def _config(reader: Any, source: Path) -> tuple[Family, dict[str, Any]]:
    """The family, and the config.json that the file's header describes."""

    def field(name: str) -> Any:
        value = reader.get_field(name)
        return None if value is None else value.contents()

    named = field("general.architecture")
    if named not in FAMILIES:
        raise Misconfigured(
            _("{file} is not a model of the Llama family or its kin, but {family}. What can be converted: {known}.").format(
                file=source.name, family=named, known=", ".join(FAMILIES)
            )
        )
    config = FAMILIES[named].config(lambda name: field(f"{named}.{name}"))
    for mark, key in (("bos", "bos"), ("eos", "eos"), ("pad", "padding")):
        config[f"{mark}_token_id"] = field(f"tokenizer.ggml.{key}_token_id")
    turned = next((tensor for tensor in reader.tensors if tensor.name == f"{FREQUENCIES}.weight"), None)
    if turned is not None:
        config["rope_scaling"] = slower(np.asarray(turned.data, np.float32), config)
    if (turned is not None and not config["rope_scaling"]) or field(f"{named}.rope.scaling.type") not in (None, "none", "linear"):
        raise Misconfigured(_("{file} turns positions in a way that is not known here.").format(file=source.name))
    return FAMILIES[named], config


def _name(name: str, family: Family) -> str | None:
    """A tensor's name as transformers has it; None: it has none such."""
    stem, _dot, kind = name.rpartition(".")
    if stem == FREQUENCIES:
        return None
    if not stem.startswith("blk."):
        return f"{WHOLE[stem]}.{kind}"
    _blk, layer, part = stem.split(".")
    return f"model.layers.{layer}.{family.layer[part]}.{kind}"


def _shape(tensor: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in reversed(tensor.shape.tolist()))


def _rows(name: str, tensor: Any, family: Family, config: dict[str, Any]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """A tensor's numbers as transformers has them, in runs of rows, each with the place of its first row."""
    shape = _shape(tensor)
    if len(shape) == 1:
        values = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        yield 0, values - np.float32(family.norm_offset) if name.endswith("norm.weight") else values
        return
    if family.paired and name.endswith((".q_proj.weight", ".k_proj.weight")):
        heads = config["num_attention_heads" if ".q_proj." in name else "num_key_value_heads"]
        yield 0, _halves(gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32), heads)
        return
    most = max(1, AT_ONCE // shape[1])
    for begin in range(0, shape[0], most):
        yield begin, gguf.dequantize(tensor.data[begin : begin + most], tensor.tensor_type).astype(np.float32)


def _halves(weights: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows of each head from GGUF's order for rotary embeddings (pairs side by side) to transformers' (two halves)."""
    width = weights.shape[0] // heads
    return np.ascontiguousarray(weights.reshape(heads, width // 2, 2, -1).swapaxes(1, 2).reshape(weights.shape))


def _same(one: Any, other: Any) -> bool:
    """Whether two tensors are one matrix, which the file has twice, rounded in two ways."""
    if _shape(one) != _shape(other):
        return False
    some = np.linspace(0, _shape(one)[0] - 1, LOOKED_AT).astype(int)
    mine, theirs = (gguf.dequantize(tensor.data[some], tensor.tensor_type).astype(np.float32) for tensor in (one, other))
    return bool(np.linalg.norm(mine - theirs) < SAME_MATRIX * np.linalg.norm(mine))


def _finer(one: Any, other: Any) -> Any:
    return one if one.n_bytes >= other.n_bytes else other
