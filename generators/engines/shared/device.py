"""Where a production model runs, and in how many bits."""

from __future__ import annotations

from typing import Any


def placed(device: str, dtype: str) -> tuple[str, Any]:
    """A device's name and a torch dtype for the configuration's words; `auto` takes the GPU and half precision if there is one."""
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if dtype == "auto":
        half = torch.bfloat16 if device.startswith("cuda") and torch.cuda.is_bf16_supported() else torch.float16
        return device, torch.float32 if device == "cpu" else half
    return device, getattr(torch, dtype)
