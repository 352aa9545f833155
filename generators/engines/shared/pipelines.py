"""Pipelines of diffusers: read by name or folder, and put where they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generators.engines.shared.refusals import unloadable


def read(name: str, dtype: Any, by: Callable[[str, Any], Any] | None = None) -> Any:
    """A pipeline, still in main memory, which draws no bars of its own.

    Args:
        name: on the hub, or a folder.
        dtype: of its weights, torch's.
        by: what reads it; none: by the class that its own index names.

    Raises:
        Unmakeable: there is no such model, or it is none.
    """
    try:
        pipe = (by or whole)(name, dtype)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise unloadable(name, error) from error
    pipe.set_progress_bar_config(disable=True)
    return pipe


def whole(name: str, dtype: Any) -> Any:
    """A pipeline of the class that its own index names.

    Raises:
        OSError, ValueError, KeyError, AttributeError: there is no such model, or it is none.
    """
    from diffusers import DiffusionPipeline

    return DiffusionPipeline.from_pretrained(name, torch_dtype=dtype)


def settled(pipe: Any, device: str, offload: str = "none") -> Any:
    """The pipeline where it runs.

    Args:
        pipe: as it was read.
        device: torch's name.
        offload: "none", "model" or "sequential": parts wait in main memory until they are needed; on a CPU they are there anyway.
    """
    if offload == "model" and device != "cpu":
        pipe.enable_model_cpu_offload(device=device)
    elif offload == "sequential" and device != "cpu":
        pipe.enable_sequential_cpu_offload(device=device)
    else:
        pipe = pipe.to(device)
    return pipe
