"""Loads the models in the engine and the form that suit this machine, and in none that is wrong here."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from bot.words import _
from generators.service import graphs, weights
from generators.service.placement import faithful, missing, pick_engine, pick_form, torch_key

if TYPE_CHECKING:
    from generators.engines.text.graph_model import GraphModel
    from generators.engines.text.language_model import LanguageModel
    from generators.engines.text.model import TextModel
    from generators.engines.text.precision import Form
    from generators.engines.text.vectors import Encoder

Report = Callable[[str, float], None]

log = logging.getLogger(__name__)


def text_model(settings: ServiceTable, device: Any, cache: Path, report: Report) -> LanguageModel:
    """The text model, in what suits this machine.

    Raises:
        Misconfigured: it cannot be loaded, or not as the host has settled it.
    """
    engine = pick_engine(settings, device)

    def unpacking(doing: str, done: float) -> None:
        report(doing, 0.1 + 0.6 * done)

    if engine == "openvino":
        place = weights.text_place(settings.model, cache, unpacking, taught=settings.taught)
        report(_("loading {model}").format(model=place.name), 0.7)
        found = _in_openvino(place, settings, cache, report)
        if found is not None:
            return found
    where, name = weights.text_weights(settings.model, cache, unpacking, taught=settings.taught)
    device = begin_torch(settings, device, report)
    report(_("loading {model}").format(model=name), 0.75)
    return _in_torch(where, name, settings, device, cache)


def vector_model(where: str, name: str, device: Any, settings: ServiceTable, report: Report) -> Encoder:
    """The embedder: without torch where it is of BERT's family, in a folder and on the CPU."""
    from generators.engines.text.network import Unsuited

    if device.type == "cpu" and Path(where).is_dir():
        from generators.engines.text.sentence_encoder import SentenceEncoder

        try:
            return SentenceEncoder(Path(where), name=name)
        except (Unsuited, OSError, KeyError) as why:
            log.info("this embedder is read by transformers", extra={"model": name, "why": str(why)})
    device = begin_torch(settings, device, report)
    import torch
    from transformers import AutoModel, AutoTokenizer

    from generators.engines.text.embedding import VectorModel

    try:
        return VectorModel(
            AutoModel.from_pretrained(where, dtype=torch.float32).to(device), AutoTokenizer.from_pretrained(where), name=name
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise weights.unloadable(where, error) from error


def begin_torch(settings: ServiceTable, device: Any, report: Report) -> Any:
    """Imports torch and transformers, which takes seconds; the device as torch has it.

    Raises:
        Misconfigured: they are missing.
    """
    report(_("starting torch"), 0.72)
    try:
        import torch
        from transformers.utils import logging as noise
    except ImportError as error:
        raise missing(error) from error
    noise.disable_progress_bar()
    noise.set_verbosity_error()
    torch.set_num_threads(settings.threads or most_threads())
    return torch.device(device.type) if device.type == "cpu" else device


def most_threads() -> int:
    """How many threads a model may have where the host has not settled it: one core is left to others."""
    return max(1, (os.cpu_count() or 2) - 1)


def _in_openvino(place: weights.Place, settings: ServiceTable, cache: Path, report: Report) -> GraphModel | None:
    """The model in OpenVINO, which computes in eight bits; None where it cannot, and the host has not insisted.

    Raises:
        Misconfigured: the host has insisted.
    """
    from generators.engines.text.network import Unsuited

    threads, settled, name = settings.threads or most_threads(), bool(settings.threads), place.name
    try:
        try:
            found = graphs.from_place(place, threads=threads, settled=settled, cache=cache)
        except Unsuited as why:
            log.info("this folder is read by transformers", extra={"model": name, "why": str(why)})
            where, _name = weights.text_weights(settings.model, cache, report, taught=settings.taught)
            found = _through_transformers(where, name, settings, cache, report)
    except (Unsuited, ImportError, RuntimeError, TypeError, AttributeError) as why:
        log.info("this model cannot run in OpenVINO", extra={"model": name, "why": str(why)})
        if settings.engine == "openvino":
            raise Misconfigured(
                _("The model “{name}” cannot run in OpenVINO. Set MUSELAB_SERVICE__ENGINE to “auto”.").format(name=name)
            ) from why
        return None
    if found is None and settings.engine == "openvino":
        raise _too_inexact(name)
    return found


def _through_transformers(where: str, name: str, settings: ServiceTable, cache: Path, report: Report) -> GraphModel | None:
    """A model of the family that only transformers can read, or find: from the hub, with another kind of tokenizer or angles.

    Raises:
        Unsuited: it is of another family.
    """
    from generators.service.placement import Cpu

    device = begin_torch(settings, Cpu(), report)
    from generators.engines.text.model import tokens_of
    from generators.engines.text.network import FAMILY, Unsuited
    from generators.engines.text.released_weights import emptied
    from generators.engines.text.rounded_weights import rounded
    from generators.engines.text.transformers_network import network_of
    from generators.engines.text.unlinked_arrays import Nameless

    report(_("loading {model}").format(model=name), 0.75)
    named = getattr(weights.text_config(where), "architectures", None) or [""]
    if named[0] not in FAMILY:
        raise Unsuited(f"{named[0]} is not of the family")
    model, tokenizer = weights.load_text(where, device=device, dtype="auto")
    network = network_of(model)
    found = graphs.made(
        rounded(network, Nameless(cache)),
        tokens_of(model, tokenizer),
        lambda: network,
        name=name,
        key=f"{network.sizes.layers} × {network.sizes.hidden}, {model.dtype}",
        threads=settings.threads or most_threads(),
        settled=bool(settings.threads),
        cache=cache,
    )
    emptied(model)
    return found


def _in_torch(where: str, name: str, settings: ServiceTable, device: Any, cache: Path) -> TextModel:
    """The model in torch, in the fastest form that is near enough to float32."""
    from generators.engines.text.model import TextModel
    from generators.engines.text.transformers_network import network_of

    sizes = weights.text_sizes(where)
    wrong: list[Form] = []
    while True:
        form = pick_form(settings, device, model=name, sizes=sizes, cache=cache, without=wrong)
        eight = form.weights == "int8"
        dtype = "auto" if eight and settings.dtype == "auto" else form.dtype  # what is rounded is read as it is
        text = TextModel(*weights.load_text(where, device=device, dtype=dtype), name=name, weights=form.weights)
        if not eight or not text.fast:
            return text
        key = f"fidelity of int8 in torch, {torch_key(device, name, sizes)}"
        told = {"model": name, "engine": "torch"}
        if faithful(text.own, partial(network_of, text.model), text.tokens, key=key, told=told, cache=cache):
            return text
        if settings.weights == "int8":
            raise _too_inexact(name)
        wrong.append(form)


def _too_inexact(name: str) -> Misconfigured:
    return Misconfigured(
        _(
            "The model “{name}” in eight bits is too far from what it is in full on this machine. "
            "Set MUSELAB_SERVICE__WEIGHTS to “full”, and MUSELAB_SERVICE__ENGINE to “auto”."
        ).format(name=name)
    )
