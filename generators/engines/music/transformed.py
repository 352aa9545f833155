"""Sound by any text-to-audio model of transformers, such as MusicGen."""

from __future__ import annotations

from typing import Any

from generators.engines.music.soundmodels import Done, Order, Raw

FRAMES_A_SECOND = 50  # of the codec that MusicGen speaks in, where a model's configuration does not say
LONGEST_S = 30.0  # what such models were trained on; beyond, they repeat themselves


class Transformed:
    """A loaded model."""

    sings = False
    most_s = LONGEST_S

    def __init__(self, name: str, device: str, dtype: str) -> None:
        """Loads it; raises as `soundloading.loaded`."""
        import torch
        from transformers import pipeline

        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        kind = (torch.float16 if device.startswith("cuda") else torch.float32) if dtype == "auto" else dtype
        self._pipe: Any = pipeline("text-to-audio", model=name, device=device, dtype=kind)

    def sound(self, order: Order, done: Done) -> Raw:
        """See `SoundModel`."""
        import torch

        pipe = self._pipe
        torch.manual_seed(order.seed)
        config = getattr(pipe.model.config, "audio_encoder", pipe.model.config)
        frames = getattr(config, "frame_rate", FRAMES_A_SECOND)
        said = {"generate_kwargs": {"max_new_tokens": max(8, int(order.seconds * frames)), "do_sample": True}}
        found = pipe(order.prompt, **(said if pipe.model.can_generate() else {}))
        found = found[0] if isinstance(found, list) else found
        done(1.0)
        return found["audio"], int(found["sampling_rate"])
