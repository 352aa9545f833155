"""Makes a model of the Llama family ready in OpenVINO from its folder, without torch; what takes long is kept on the disk."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from generators.service.digests import Digests
from generators.service.measuring import recalled, remember
from generators.service.placement import faithful, machine, openvino_version, pick_threads

if TYPE_CHECKING:
    from generators.engines.text.graph_model import GraphModel
    from generators.engines.text.layer import Safe
    from generators.engines.text.network import Network
    from generators.engines.text.rounded_weights import RoundedWeights
    from generators.engines.text.tokens import Tokens
    from generators.service.weights import Place

KEPT = 4  # files of rounded weights: those of the models that were used last; one has as many bytes as its model has weights

log = logging.getLogger(__name__)


def from_place(place: Place, *, threads: int, settled: bool, cache: Path) -> GraphModel | None:
    """A model from a folder as transformers writes it, or from its outline; None where it strays from float32 here.

    Args:
        place: where configuration, weights and tokenizer are.
        threads: that it may have.
        settled: whether that is how many it gets; otherwise how many pay is measured.
        cache: the folder for what takes long.

    Raises:
        Unsuited: it is not covered; transformers may know it.
    """
    from generators.engines.text import checkpoint, rounded_weights
    from generators.engines.text.network import Unsuited

    folder, name = Path(place.where), place.name
    digests = Digests(cache)
    try:
        files = [folder / checkpoint.CONFIG, *([place.packed] if place.packed else checkpoint.weight_files(folder))]
        identity = f"{rounded_weights.FORM} {openvino_version()} " + " ".join(digests.of(file) for file in files)
        tokens = _tokens(folder)
        key = hashlib.sha256(identity.encode()).hexdigest()
        file = cache / "rounded" / f"{name.replace('/', '-')[:80]}-{key[:16]}.bin"
        weights = rounded_weights.read(file, key=key) or _rounded(_network(place), file, key)
    except OSError as error:
        raise Unsuited(f"its files cannot be read: {error.strerror or error}") from error
    with suppress(OSError):
        os.utime(file)  # the last use of it
    return made(
        weights,
        tokens,
        lambda: _network(place),
        name=name,
        key=key,
        threads=threads,
        settled=settled,
        cache=cache,
        checksum=checksum(place, digests),
    )


def checksum(place: Place, digests: Digests) -> str:
    """Of the file that a model's weights are in, and of what is added to them; empty: they are in no one file."""
    return " ".join(digests.of(file) for file in (place.packed, place.taught) if file) if place.packed else ""


def _tokens(folder: Path) -> Tokens:
    """A folder's tokenizer.

    Raises:
        Unsuited: it is not covered.
    """
    from generators.engines.text.checkpoint import CONFIG, read_json
    from generators.engines.text.tokenizer_file import TokenizerFile
    from generators.engines.text.tokens import Tokens, context, ends

    generation = folder / "generation_config.json"
    told = read_json(generation) if generation.exists() else {}
    config, tokenizer = read_json(folder / CONFIG), TokenizerFile(folder)
    return Tokens(tokenizer, ends=ends(told, config, tokenizer), most=context(config, tokenizer))


def _network(place: Place) -> Network:
    """A model's full weights, of which nothing is read before it is wanted.

    Raises:
        Unsuited: it is not covered.
        OSError: its files cannot be read.
    """
    if place.packed is not None:
        from generators.service import gguf_llama

        return gguf_llama.network(place.packed, Path(place.where), place.taught)
    from generators.engines.text import checkpoint

    return checkpoint.network(Path(place.where))


def made(
    weights: RoundedWeights,
    tokens: Tokens,
    network: Callable[[], Network],
    *,
    name: str,
    key: str,
    threads: int,
    settled: bool,
    cache: Path,
    checksum: str = "",
) -> GraphModel | None:
    """A model from its rounded weights; None where it strays from what its full weights, which `network` reads, would give.

    `checksum` is that of the weights, as the function of that name tells it.

    Raises:
        Unsuited: OpenVINO cannot compute it.
    """
    from generators.engines.text.graph_model import GraphModel

    here = f"{openvino_version()}, {machine(threads)}: {name}, {key[:16]}"
    if not settled:
        threads = pick_threads(weights, threads, key=here, cache=cache)
    model = GraphModel(weights, tokens, name=name, threads=threads, safe=_safe(weights, threads, here, cache))
    key = f"fidelity of int8 in {here}"
    if not faithful(model.own, network, tokens, key=key, told={"model": name}, cache=cache, checksum=checksum):
        return None
    model.own.warm()
    return model


def _rounded(network: Network, file: Path, key: str) -> RoundedWeights:
    """A network's weights, rounded into a file; in memory where that cannot be written."""
    from generators.engines.text import rounded_weights
    from generators.engines.text.unlinked_arrays import Nameless

    try:
        rounded_weights.write(network, file, key=key)
        _sweep(file)
        if (found := rounded_weights.read(file, key=key)) is not None:
            return found
    except OSError as error:
        log.warning("rounded weights are not kept", extra={"file": str(file), "why": error.strerror or str(error)})
    return rounded_weights.rounded(network, Nameless(None))


def _sweep(newest: Path) -> None:
    """Removes the files of models that were not used lately, and what killed writers left."""
    with suppress(OSError):
        files = sorted(newest.parent.glob("*.bin"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in files[KEPT:]:
            if old != newest:
                old.unlink()


def _safe(weights: RoundedWeights, threads: int, here: str, cache: Path) -> Safe:
    """Which sizes of a pass keep a row's bits here: as it was tried out not long ago, or now."""
    from generators.engines.text.layer import Safe, safe

    key = f"sizes of a pass that keep bits, {threads} in use, {here}"
    if (known := recalled(cache, key, ("alone", "most", "anywhere"))) is not None:
        return Safe(alone=bool(known[0]), most=int(known[1]), anywhere=bool(known[2]))
    found = safe(weights, threads, weights.sizes.rounded_together)
    remember(cache, key, {"alone": float(found.alone), "most": float(found.most), "anywhere": float(found.anywhere)})
    return found
