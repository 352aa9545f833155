"""Turns a GGUF file of the Llama, Qwen or Gemma family into a Hugging Face folder, a tensor at a time, without torch.

transformers can read such a file itself, but only with a further package; it takes three times as long, and holds all of it in
single precision.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import Misconfigured
from bot.words import _
from generators.engines.text import checkpoint
from generators.engines.text.network import Network
from generators.engines.text.safetensors_file import HalvesFile, in_halves
from generators.service import taught_weights
from generators.service.gguf_families import FAMILIES, FREQUENCIES, WHOLE, Family, slower
from generators.service.gguf_file import BadGguf, GgufFile, GgufTensor
from generators.service.gguf_tokenizer import write_tokenizer
from generators.service.taught_weights import Change

Report = Callable[[str, float], None]  #: what is being done, and the share of it that is done

AT_ONCE = 2**16  # numbers of a tensor made at a time: they stay in a core's own cache
#: How far a table of tokens and a head may lie apart and still be one matrix that was rounded twice, as a share of their size;
#: 0.045 was measured between five and eight bits, 1.4 is what two matrices without anything in common have.
SAME_MATRIX = 0.15
LOOKED_AT = 64  # rows of both
MARK = "muselab_taught"  # in config.json: which lessons are in the weights


def convert(source: Path, target: Path, report: Report, taught: Path | None = None) -> None:
    """Writes config, weights (bfloat16, as most models were published) and tokenizer into `target`.

    Args:
        source: the file.
        target: a folder that is there.
        report: told of the progress.
        taught: what is added to the weights; None: nothing.

    Raises:
        Misconfigured: the file is of another family, or damaged.
    """
    doing = _("converting {model}").format(model=source.stem)
    report(doing, 0.0)
    packed = _Packed(source, taught)
    report(doing, 0.2)
    matrices = packed.matrices()
    with HalvesFile(target / "model.safetensors", {name: one.shape for name, one in matrices.items()}) as file:
        for index, (name, one) in enumerate(matrices.items()):
            for begin, rows in one.runs():
                file.put(name, begin, rows)
            report(doing, 0.2 + 0.5 * index / len(matrices))
    report(doing, 0.7)
    packed.describe(target)
    report(doing, 1.0)


def outline(source: Path, target: Path, report: Report, taught: Path | None = None) -> None:
    """Writes config and tokenizer into `target`, as `convert` does, and no weights: `network` reads those where they are.

    Raises:
        Misconfigured: the file is of another family, or damaged.
    """
    doing = _("converting {model}").format(model=source.stem)
    report(doing, 0.0)
    _Packed(source, taught).describe(target)
    report(doing, 1.0)


def network(source: Path, folder: Path, taught: Path | None = None) -> Network:
    """The network that `convert` would write, to the bit, read from the file itself: no more of it than is wanted at a time.

    Args:
        source: the file.
        folder: with its outline.
        taught: what is added to its weights; None: nothing.

    Raises:
        Unsuited: it is not of a family that is computed without torch.
        Misconfigured: the file is damaged.
    """
    return checkpoint.network_of(checkpoint.Config(folder), _Packed(source, taught).matrices())


class _Packed:
    """A file of a family that is known, its tensors under transformers' names."""

    def __init__(self, source: Path, taught: Path | None) -> None:
        self._source, self._file, self._taught = source, _opened(source), taught
        self._family, self._config = _config(self._file, source)
        tensors = {name: tensor for tensor in self._file.tensors if (name := _name(tensor.name, self._family)) is not None}
        head = tensors.get("lm_head.weight")
        if head is not None and _same(head, tensors["model.embed_tokens.weight"]):
            tensors["model.embed_tokens.weight"] = _finer(head, tensors["model.embed_tokens.weight"])
            del tensors["lm_head.weight"]
        self._config["tie_word_embeddings"] = "lm_head.weight" not in tensors
        self._config["vocab_size"] = int(tensors["model.embed_tokens.weight"].shape[0])
        if taught is not None:
            self._config[MARK] = taught_weights.mark(taught)
        self._tensors = tensors

    def matrices(self) -> dict[str, PackedTensor]:
        """Its tensors, by name."""
        changes = {} if self._taught is None else taught_weights.read(self._taught)
        return {
            name: PackedTensor(one, self._order(name, one), self._offset(name), changes.get(name.removesuffix(".weight")))
            for name, one in self._tensors.items()
        }

    def describe(self, target: Path) -> None:
        """Writes config and tokenizer."""
        (target / "config.json").write_text(json.dumps(self._config, indent=1), encoding="utf-8")
        write_tokenizer(self._file.get, self._source, target)

    def _order(self, name: str, tensor: GgufTensor) -> NDArray[np.intp] | None:
        """Where each row of transformers' is in the file; None: where it is there.

        Rows of each head are in GGUF's order for rotary embeddings (pairs side by side), and not in two halves.
        """
        if not (self._family.paired and name.endswith((".q_proj.weight", ".k_proj.weight"))):
            return None
        heads = self._config["num_attention_heads" if ".q_proj." in name else "num_key_value_heads"]
        return np.arange(tensor.shape[0]).reshape(heads, -1, 2).swapaxes(1, 2).reshape(-1)

    def _offset(self, name: str) -> np.float32:
        """What is to be taken from the numbers."""
        return np.float32(self._family.norm_offset if name.endswith("norm.weight") else 0)


class PackedTensor:
    """One tensor as transformers has it, in bfloat16, whose numbers are unpacked as they are read."""

    def __init__(
        self, tensor: GgufTensor, order: NDArray[np.intp] | None, offset: np.float32, change: Change | None = None
    ) -> None:
        self.shape = tensor.shape
        self._tensor, self._order, self._offset, self._change = tensor, order, offset, change

    def full(self, begin: int, end: int) -> NDArray[np.float32]:
        """Rows from `begin` to before `end` before they are rounded to sixteen bits, with what they were taught."""
        found = self._tensor.rows(begin, end) if self._order is None else self._tensor.some(self._order[begin:end])
        if self._change is not None:
            return found + self._change.rows(begin, end)
        return found - self._offset if self._offset else found

    def read(self, begin: int, end: int) -> NDArray[np.float32]:
        """See `Rows`."""
        return in_halves(self.full(begin, end))

    def whole(self) -> NDArray[np.float32]:
        """All of it, copied."""
        return self.read(0, self.shape[0])

    def runs(self) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """All of it in runs of rows, each with the place of its first row."""
        most = max(1, AT_ONCE // self.shape[-1])
        for begin in range(0, self.shape[0], most):
            yield begin, self.full(begin, min(self.shape[0], begin + most))


def _opened(source: Path) -> GgufFile:
    try:
        return GgufFile(source)
    except (BadGguf, OSError) as error:
        raise Misconfigured(_("{file} is no GGUF file, or is damaged: {why}.").format(file=source.name, why=error)) from error


def _config(file: GgufFile, source: Path) -> tuple[Family, dict[str, Any]]:
    """The family, and the config.json that the file's header describes."""
    field = file.get
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
    turned = next((tensor for tensor in file.tensors if tensor.name == f"{FREQUENCIES}.weight"), None)
    if turned is not None:
        config["rope_scaling"] = slower(turned.whole(), config)
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


def _same(one: GgufTensor, other: GgufTensor) -> bool:
    """Whether two tensors are one matrix, which the file has twice, rounded in two ways."""
    if one.shape != other.shape:
        return False
    some = np.linspace(0, one.shape[0] - 1, LOOKED_AT).astype(int)
    mine, theirs = one.some(some), other.some(some)
    return bool(np.linalg.norm(mine - theirs) < SAME_MATRIX * np.linalg.norm(mine))


def _finer(one: GgufTensor, other: GgufTensor) -> GgufTensor:
    return one if one.data.nbytes >= other.data.nbytes else other
