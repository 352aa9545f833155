"""Loads the text model in the engine and the form that suit this machine, and in none that is wrong here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from bot.words import _
from generators.service import weights
from generators.service.placement import faithful, pick_engine, pick_form, pick_threads

if TYPE_CHECKING:
    from generators.engines.text.model import TextModel
    from generators.engines.text.precision import Form


def text_model(settings: ServiceTable, device: Any, cache: Path, report: Callable[[str, float], None]) -> TextModel:
    """The text model, in what suits this machine.

    Raises:
        Misconfigured: it cannot be loaded, or not as the host has settled it.
    """
    engine = pick_engine(settings, device)
    where, name = weights.text_weights(settings.model, cache, lambda doing, done: report(doing, 0.1 + 0.6 * done))
    report(_("loading {model}").format(model=name), 0.7)
    sizes = weights.text_sizes(where)
    if engine == "openvino":
        text = _in_openvino(where, name, sizes, settings, device, cache)
        if text.engine == "openvino" and faithful(text, cache=cache, sizes=sizes):
            return text
        if settings.engine == "openvino":
            if text.engine == "openvino":
                raise _too_inexact(name)
            return text  # which is told, as it is not what the host asked for
    return _in_torch(where, name, sizes, settings, device, cache)


def _in_openvino(where: str, name: str, sizes: tuple[int, int], settings: ServiceTable, device: Any, cache: Path) -> TextModel:
    """The model in OpenVINO, which computes in eight bits whatever the weights are read as; in torch where it cannot."""
    import torch

    from generators.engines.text.model import TextModel

    read = weights.load_text(where, device=device, dtype="auto")
    if not settings.threads:
        torch.set_num_threads(pick_threads(read[0], torch.get_num_threads(), name=name, sizes=sizes, cache=cache))
    return TextModel(*read, name=name, weights="int8", engine="openvino", scratch=cache)


def _in_torch(where: str, name: str, sizes: tuple[int, int], settings: ServiceTable, device: Any, cache: Path) -> TextModel:
    """The model in torch, in the fastest form that is near enough to float32."""
    from generators.engines.text.model import TextModel

    wrong: list[Form] = []
    while True:
        form = pick_form(settings, device, model=name, sizes=sizes, cache=cache, without=wrong)
        eight = form.weights == "int8"
        dtype = "auto" if eight and settings.dtype == "auto" else form.dtype  # what is rounded is read as it is
        text = TextModel(*weights.load_text(where, device=device, dtype=dtype), name=name, weights=form.weights)
        if not eight or not text.fast or faithful(text, cache=cache, sizes=sizes):
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
