"""Low-rank changes of a model's matrices (LoRA), read from PEFT's folders and applied beside the matrices, request by request."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.domain.models import CONTENT_NAME, content_name
from generators.engines.text.network import JOINED
from generators.engines.text.safetensors_file import KINDS, widened

WEIGHTS, CONFIG, MANIFEST = "adapter_model.safetensors", "adapter_config.json", "manifest.json"
PREFIX = "base_model.model.model.layers."  # what PEFT puts before the names of the family's layers
HIGHEST_RANK = 256  # vLLM's highest; the products beside the matrices would cost more than these
UNKNOWN = ("use_dora", "rank_pattern", "alpha_pattern", "fan_in_fan_out", "modules_to_save", "lora_bias", "layer_replication")

Array = NDArray[np.float32]
Added = Mapping[tuple[int, str], tuple[Array, Array]]  #: A and B of each changed matrix, by layer and name; B is scaled


class BadAdapter(Exception):
    """This folder holds no adapter that can be used here; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to one product: x A^T B^T."""

    down: Any  #: A of all that have this input, shape (ranks, in); an array or a tensor, as the pass has laid it
    up: Any  #: B of each in its own rows and columns, scaled, shape (out, ranks)

    @property
    def ranks(self) -> int:
        """Of all together."""
        return len(self.down)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """The changes of one adapter, by layer and product."""

    name: str
    digest: str  #: of its weights file
    layers: tuple[Mapping[str, Change], ...]

    @property
    def ranks(self) -> int:
        """The most of one product."""
        return max(change.ranks for layer in self.layers for change in layer.values())

    @property
    def size(self) -> int:
        """Bytes."""
        changes = [change for layer in self.layers for change in layer.values()]
        return sum(int(part.nbytes) for change in changes for part in (change.down, change.up))


class Changeable(Protocol):
    """A forward pass that adapters can change."""

    @property
    def depth(self) -> int:
        """Layers."""

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Outputs and inputs of each matrix that an adapter can change, by its name within a layer."""

    def ordered(self, name: str, rows: Array) -> Array:
        """Rows of a matrix in the order and of the size that this pass has them in."""

    def laid(self, matrix: Array) -> Any:
        """A matrix where and as this pass reads it."""


def read(folder: Path, model: Changeable, *, name: str, base: str) -> Adapter:
    """An adapter from a folder, checked against the model.

    Args:
        folder: with PEFT's two files, and perhaps a manifest of ours.
        model: the forward pass that it is to change.
        name: what clients call the adapter.
        base: what clients call the model.

    Raises:
        BadAdapter: it cannot be used, and why.
    """
    config, named = _config(folder, base)
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or not 0 < rank <= HIGHEST_RANK or not isinstance(alpha, int | float):
        raise BadAdapter(f"The adapter's rank must be 1..{HIGHEST_RANK}, and lora_alpha a number.")
    scale = alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)
    state, digest = _weights(folder)
    if named is not None:
        _as_named(folder, named, digest)
    pairs = _pairs(state, rank, model)
    return Adapter(name=name, digest=digest, layers=_layers(model, pairs, scale))


def taking_back(added: Added, model: Changeable, *, name: str, digest: str) -> Adapter:
    """An adapter that takes back what was added to a model's matrices.

    Args:
        added: what that is.
        model: the forward pass that has it.
        name: what clients call the model without it.
        digest: of what was added.
    """
    return Adapter(name=name, digest=digest, layers=_layers(model, added, -1.0))


def digest_of(folder: Path) -> str:
    """Names the content of an adapter's weights."""
    try:
        with (folder / WEIGHTS).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadAdapter(f"The adapter's weights cannot be read: {error.strerror or error}.") from error


def _as_named(folder: Path, named: str, digest: str) -> None:
    """Refuses what is not what its manifest, or a folder named by its content, says: damaged, or somebody else's."""
    actual = content_name(hashlib.sha256((folder / CONFIG).read_bytes()).digest(), bytes.fromhex(digest))
    by_content = len(folder.name) == CONTENT_NAME and set(folder.name) <= set("0123456789abcdef")
    if actual != named or (by_content and folder.name != named):
        raise BadAdapter("The adapter is not the one that its folder and manifest name: it was damaged or exchanged.")


def _config(folder: Path, base: str) -> tuple[Mapping[str, Any], str | None]:
    """PEFT's configuration, of a kind that can be used, and the name in our manifest."""
    if not folder.is_dir():
        raise BadAdapter("There is no such folder of an adapter.")
    if not (folder / WEIGHTS).is_file():
        pickled = (folder / "adapter_model.bin").exists()
        why = " adapter_model.bin is not read, as it could run programs; save it as safetensors." if pickled else ""
        raise BadAdapter(f"The adapter's folder has no {WEIGHTS}.{why}")
    config, manifest = _json(folder / CONFIG), _json(folder / MANIFEST, optional=True)
    if config.get("peft_type") != "LORA":
        raise BadAdapter("Only adapters of the kind LORA are supported.")
    for setting in UNKNOWN:
        if config.get(setting):
            raise BadAdapter(f"An adapter with {setting} is not supported.")
    if config.get("bias", "none") != "none":
        raise BadAdapter("An adapter that changes biases is not supported.")
    known = manifest.get("base")
    base_name = known.get("name") if isinstance(known, dict) else known or config.get("base_model_name_or_path")
    if base_name and not _same(str(base_name), base):
        raise BadAdapter(f"The adapter is for another model, {Path(str(base_name)).name}; this is {base}.")
    named = manifest.get("adapter")
    return config, named if isinstance(named, str) else None


def _same(reference: str, base: str) -> bool:
    """Whether a name or path of a model means this one: our own folders add a size and a form to the name."""
    one, other = (Path(name).name.casefold() for name in (reference, base))
    return one == other or one.startswith(other + "-") or other.startswith(one + "-")


def _json(file: Path, *, optional: bool = False) -> Mapping[str, Any]:
    if optional and not file.exists():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadAdapter(f"The adapter's {file.name} cannot be read.") from error
    if not isinstance(content, dict):
        raise BadAdapter(f"The adapter's {file.name} is not an object.")
    return content


def _weights(folder: Path) -> tuple[dict[str, Array], str]:
    from safetensors import SafetensorError, deserialize

    try:
        content = (folder / WEIGHTS).read_bytes()
        read: Any = deserialize
        return {name: _array(**told) for name, told in read(content)}, hashlib.sha256(content).hexdigest()
    except (OSError, SafetensorError, ValueError, KeyError) as error:
        raise BadAdapter(f"The adapter's {WEIGHTS} cannot be read: {error}.") from error


def _array(*, dtype: str, shape: list[int], data: bytes) -> Array:
    """A tensor as the file has it, in single precision."""
    return widened(np.frombuffer(data, KINDS[dtype]).reshape(shape), dtype)


def _pairs(state: Mapping[str, Array], rank: int, model: Changeable) -> Added:
    """A and B of each changed matrix, by layer and name, of the shapes that this model has."""
    sizes = model.sizes()
    by_place: dict[tuple[int, str], dict[str, Array]] = {}
    for key, tensor in state.items():
        number, _dot, rest = key.removeprefix(PREFIX).partition(".")
        module, _lora, kind = rest.partition(".lora_")
        if not key.startswith(PREFIX) or not number.isdecimal() or module not in sizes or kind not in ("A.weight", "B.weight"):
            raise BadAdapter(f"The adapter changes something that cannot be changed here: {key[:100]}.")
        if int(number) >= model.depth:
            raise BadAdapter(f"The adapter is for a model with more layers: it changes layer {number} of {model.depth}.")
        out, into = sizes[module]
        shape = (rank, into) if kind.startswith("A") else (out, rank)
        if tuple(tensor.shape) != shape:
            why = f"{key[:100]} is {tuple(tensor.shape)} and would have to be {shape}"
            raise BadAdapter(f"The adapter is for another model: {why}.")
        if not np.isfinite(tensor).all():
            raise BadAdapter("The adapter's weights are not all numbers.")
        by_place.setdefault((int(number), module), {})[kind[0]] = tensor
    if not by_place or any(len(pair) != 2 for pair in by_place.values()):
        raise BadAdapter("The adapter's weights are incomplete.")
    return {place: (pair["A"], pair["B"]) for place, pair in by_place.items()}


def _layers(model: Changeable, pairs: Added, scale: float) -> tuple[Mapping[str, Change], ...]:
    """The changes of all layers, by product."""
    return tuple(
        {key: change for key, of in JOINED.items() if (change := _change(model, pairs, index, of, scale)) is not None}
        for index in range(model.depth)
    )


def _change(model: Changeable, pairs: Added, index: int, modules: tuple[str, ...], scale: float) -> Change | None:
    """The changes of what has the same input, as one; None where nothing changes."""
    sizes = model.sizes()
    changed = [(module, pairs[index, module]) for module in modules if (index, module) in pairs]
    if not changed:
        return None
    downs, ups, column = [], [], 0
    ranks = sum(len(down) for _module, (down, _up) in changed)
    for module in modules:
        rows = np.zeros((sizes[module][0], ranks), np.float32)
        for other, (down, up) in changed:
            if other == module:
                with np.errstate(over="ignore"):  # which is looked for below
                    rows[:, column : column + len(down)] = model.ordered(module, up) * scale
                downs.append(down)
                column += len(down)
        ups.append(rows)
    change = Change(model.laid(np.concatenate(downs)), model.laid(np.concatenate(ups)))
    if not all(bool((abs(part) < math.inf).all()) for part in (change.down, change.up)):  # an array or a tensor
        raise BadAdapter("The adapter's weights are too large for numbers of this size.")
    return change
