"""What a model runs on and in: as the host settled it, or as a measurement on this machine has shown, which is remembered."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import platform
import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from bot.words import _
from generators.service.measuring import recalled, remember, remembered

if TYPE_CHECKING:
    import torch

    from generators.engines.text.language_model import Engine
    from generators.engines.text.network import Network
    from generators.engines.text.precision import Form
    from generators.engines.text.rounded_weights import RoundedWeights
    from generators.engines.text.tokens import Tokens

log = logging.getLogger(__name__)


#: which say that a GPU may be there: NVIDIA's and AMD's drivers
GPUS = (Path("/proc/driver/nvidia/version"), Path("/dev/nvidiactl"), Path("/dev/kfd"), Path("/dev/dxg"))


@dataclass(frozen=True, slots=True)
class Cpu:
    """The CPU, as a device that needs no torch to be named."""

    type: str = "cpu"

    def __str__(self) -> str:
        return self.type


def without_torch(asked: str) -> bool:
    """Whether it is certain without asking torch, which takes seconds, that the model is to run on the CPU."""
    if asked != "auto":
        return asked == "cpu"
    try:
        built = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return True
    if platform.system() == "Darwin":
        return platform.machine() != "arm64"
    return "+cpu" in built or not (any(path.exists() for path in GPUS) or shutil.which("nvidia-smi"))


def pick_device(asked: str) -> Any:
    """The device to run on; "auto": a GPU where there is one.

    Raises:
        Misconfigured: it does not exist, or torch would be needed and is missing.
    """
    if without_torch(asked):
        return Cpu()
    try:
        import torch
    except ImportError as error:
        raise missing(error) from error

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


def missing(error: ImportError) -> Misconfigured:
    """The sentence for a package of the engine that is not installed."""
    return Misconfigured(_("{package} is missing. Install the engine: pip install 'muselab[engine]'").format(package=error.name))


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
    if settings.dtype != "auto" or settings.weights == "int8":
        dtype = "float32" if settings.dtype == "auto" else settings.dtype
        return precision.Form(dtype, "int8" if settings.weights == "int8" else "full")
    possible = [form for form in precision.CANDIDATES.get(device.type, (precision.Form("float32"),)) if _allowed(form, settings)]
    if len(possible) == 1:
        return possible[0]
    named = {form.name: form for form in possible}
    timed = seconds or precision.seconds
    took = remembered(cache, torch_key(device, model, sizes), list(named), lambda name: timed(named[name], *sizes, device))
    return precision.best({named[name]: value for name, value in took.items() if named[name] not in without})


def pick_threads(
    weights: RoundedWeights, most: int, *, key: str, cache: Path, seconds: Callable[[Any, int], float] | None = None
) -> int:
    """How many threads OpenVINO gets, of so many at most: the fewest that are nearly the fastest, by timing a layer of the model.

    Args:
        weights: the model's.
        most: threads that may be used.
        key: the machine, the library and the model, to remember it by.
        cache: the folder to remember it in.
        seconds: times a number of threads; `generators.engines.text.layer.seconds` when left out.
    """
    counts = sorted({most, *(2**power for power in range(most.bit_length()) if 2**power <= most)})
    if len(counts) == 1:
        return most
    from generators.engines.text.layer import seconds as of_a_layer
    from generators.engines.text.network import Unsuited
    from generators.engines.text.threads import WORTH

    try:
        took = remembered(cache, f"threads, {key}", counts, lambda count: (seconds or of_a_layer)(weights, count))
    except Unsuited:  # which is found out again, and told, when it is to be computed
        return most
    enough: list[int] = [count for count in counts if took[count] <= WORTH * min(took.values())]
    return enough[0]


def faithful(
    own: Any,
    network: Callable[[], Network],
    tokens: Tokens,
    *,
    key: str,
    told: Mapping[str, object],
    cache: Path,
    checksum: str = "",
) -> bool:
    """Whether a form in eight bits is near enough to float32 here to be served; measured on a fixed text, and remembered.

    Args:
        own: the forward pass, `Llama` or `OpenVino`.
        network: reads the model's full weights, where it must be measured.
        tokens: the model's tokenizer.
        key: the form, the machine, the library and the model, to remember it by.
        told: what the log says of it.
        cache: the folder to remember it in.
        checksum: of the file of the weights; what float32 says is known for some, and need not be computed.
    """
    from generators.engines.text import answers
    from generators.engines.text.fidelity import TEXT, TOKENS, Fidelity, fidelity

    known = recalled(cache, key, ("kl", "same"))
    if known is None:
        ids = tokens.encode(TEXT)[: min(TOKENS, tokens.most)]
        room = own.room(rows=1, tokens=len(ids))
        kept = answers.known(checksum, ids)
        nearness = fidelity(network(), own.logits, room, ids) if kept is None else kept.fidelity(own.logits, room)
        remember(cache, key, {"kl": nearness.kl, "same": nearness.same})
    else:
        nearness = Fidelity(*known)
    more = {"kl": round(nearness.kl, 4), "same": round(nearness.same, 3)}
    log.log(logging.INFO if nearness.enough else logging.WARNING, "how near eight bits are to float32", extra={**told, **more})
    return nearness.enough


def openvino_version() -> str:
    """OpenVINO, and which."""
    return f"openvino {importlib.metadata.version('openvino')}"


def machine(threads: int) -> str:
    """This machine as far as it decides what is computed here, and how fast."""
    from generators.engines.text.cpu import instructions

    return f"{_cpu()}, {instructions()}, {threads} threads"


def _allowed(form: Form, settings: ServiceTable) -> bool:
    return settings.weights == "auto" or form.weights == settings.weights


def torch_key(device: torch.device, model: str, sizes: tuple[int, int]) -> str:
    """This machine, its instructions, this library and this model."""
    import torch

    if device.type == "cuda":
        chip = torch.cuda.get_device_name(device)
    else:
        chip = f"{machine(torch.get_num_threads())}, {torch.backends.cpu.get_cpu_capability()}"
    return f"{chip}, torch {torch.__version__}: {model}, {sizes[0]} × {sizes[1]}"


def _cpu() -> str:
    """What this processor is called."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
