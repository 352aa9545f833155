"""What a model runs on and in: as the host settled it, or as a measurement on this machine has shown, which is remembered."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import platform
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from bot.words import _
from generators.service.measuring import recalled, remember, remembered

if TYPE_CHECKING:
    import torch

    from generators.engines.text.model import Engine, TextModel
    from generators.engines.text.precision import Form

log = logging.getLogger(__name__)


def pick_device(asked: str) -> Any:
    """The device to run on; "auto": a GPU where there is one.

    Raises:
        Misconfigured: it does not exist.
    """
    import torch

    if asked == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(asked)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        why = str(error).split("\n", maxsplit=1)[0][:150]
        raise Misconfigured(_("The device “{device}” cannot be used: {why}").format(device=asked, why=why)) from error
    return device


def pick_engine(settings: ServiceTable, device: Any) -> Engine:
    """What computes; "auto": OpenVINO on a CPU where it is installed and nobody asks for full weights or a dtype.

    Raises:
        Misconfigured: OpenVINO is asked for where it cannot be.
    """
    installed = importlib.util.find_spec("openvino") is not None
    if settings.engine == "openvino":
        if not installed:
            raise Misconfigured(_("OpenVINO is not installed. Install it: pip install --no-deps openvino"))
        if device.type != "cpu" or settings.weights == "full":
            raise Misconfigured(_("OpenVINO is for int8 weights on a CPU. Set MUSELAB_SERVICE__ENGINE to “auto”."))
        return "openvino"
    free = settings.engine == "auto" and settings.weights != "full" and settings.dtype == "auto"
    return "openvino" if free and installed and device.type == "cpu" else "torch"


def pick_form(
    settings: ServiceTable,
    device: torch.device,
    *,
    model: str,
    sizes: tuple[int, int],
    cache: Path,
    seconds: Callable[[Form, int, int, torch.device], float] | None = None,
    without: Collection[Form] = (),
) -> Form:
    """The dtype and the form of the matrices; what is "auto" is chosen by timing a matrix of this model, once for this machine.

    Args:
        settings: what the host has settled.
        device: where it is to run.
        model: its name, to remember it by.
        sizes: outputs and inputs of its largest product.
        cache: the folder to remember it in.
        seconds: times a form; `generators.engines.text.precision.seconds` when left out.
        without: forms that are not to be chosen, however fast.

    Raises:
        Misconfigured: eight bits are asked for on a GPU.
    """
    from generators.engines.text import precision

    if settings.weights == "int8" and device.type != "cpu":
        raise Misconfigured(_("int8 weights are for a CPU. Set MUSELAB_SERVICE__WEIGHTS to “auto”."))
    possible = [form for form in precision.CANDIDATES.get(device.type, (precision.Form("float32"),)) if _allowed(form, settings)]
    if settings.dtype != "auto" or settings.weights == "int8":
        return precision.Form(
            "float32" if settings.dtype == "auto" else settings.dtype, "int8" if settings.weights == "int8" else "full"
        )
    if len(possible) == 1:
        return possible[0]
    named = {form.name: form for form in possible}
    took = remembered(
        cache, _key(device, model, sizes), list(named), lambda name: (seconds or precision.seconds)(named[name], *sizes, device)
    )
    return precision.best({named[name]: value for name, value in took.items() if named[name] not in without})


def pick_threads(
    model: Any, most: int, *, name: str, sizes: tuple[int, int], cache: Path, seconds: Callable[[Any, int], float] | None = None
) -> int:
    """How many threads OpenVINO gets, of so many at most: the fewest that are nearly the fastest, by timing a layer of the model.

    Args:
        model: as transformers has loaded it.
        most: threads that may be used.
        name: the model's, to remember it by.
        sizes: outputs and inputs of its largest product.
        cache: the folder to remember it in.
        seconds: times a number of threads; `generators.engines.text.layer.seconds` when left out.
    """
    counts = sorted({most, *(2**power for power in range(most.bit_length()) if 2**power <= most)})
    if len(counts) == 1:
        return most
    from generators.engines.text.layer import seconds as of_a_layer
    from generators.engines.text.llama import Unsuited
    from generators.engines.text.threads import WORTH

    try:
        took = remembered(
            cache,
            f"{_openvino()}, {_key(model.device, name, sizes)}",
            counts,
            lambda count: (seconds or of_a_layer)(model, count),
        )
    except Unsuited:  # which is found out again, and told, when it is to be computed
        return most
    enough: list[int] = [count for count in counts if took[count] <= WORTH * min(took.values())]
    return enough[0]


def faithful(text: TextModel, *, cache: Path, sizes: tuple[int, int]) -> bool:
    """Whether a form in eight bits is near enough to float32 here to be served; measured on a fixed text, and remembered.

    Args:
        text: a loaded model, whose own weights are still there.
        cache: the folder to remember it in.
        sizes: outputs and inputs of its largest product.
    """
    from generators.engines.text.fidelity import Fidelity, fidelity

    library = _openvino() if text.engine == "openvino" else "torch"
    key = f"fidelity of {text.weights} in {library}, {_key(text.device, text.name, sizes)}"
    known = recalled(cache, key, ("kl", "same"))
    found = Fidelity(*known) if known else fidelity(text)
    if known is None:
        remember(cache, key, {"kl": found.kl, "same": found.same})
    told = {"model": text.name, "engine": text.engine, "kl": round(found.kl, 4), "same": round(found.same, 3)}
    log.log(logging.INFO if found.enough else logging.WARNING, "how near eight bits are to float32", extra=told)
    return found.enough


def _openvino() -> str:
    return f"openvino {importlib.metadata.version('openvino')}"


def _allowed(form: Form, settings: ServiceTable) -> bool:
    return settings.weights == "auto" or form.weights == settings.weights


def _key(device: torch.device, model: str, sizes: tuple[int, int]) -> str:
    """This machine, its instructions, this library and this model."""
    import torch

    from generators.engines.text.cpu import instructions

    if device.type == "cuda":
        chip = torch.cuda.get_device_name(device)
    else:
        chip = f"{_cpu()}, {instructions()}, {torch.backends.cpu.get_cpu_capability()}, {torch.get_num_threads()} threads"
    return f"{chip}, torch {torch.__version__}: {model}, {sizes[0]} × {sizes[1]}"


def _cpu() -> str:
    """What this processor is called."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
