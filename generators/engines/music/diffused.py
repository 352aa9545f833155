"""Sound by any pipeline of diffusers that makes some (ACE-Step, Stable Audio, AudioLDM …), by what it says it takes."""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np

from bot.words import _
from generators.engines.making import Unmakeable
from generators.engines.music.soundmodels import Done, Order, Raw
from generators.engines.shared.device import placed
from generators.engines.shared.refusals import unable

LENGTHS = ("audio_duration", "audio_length_in_s", "audio_end_in_s", "audio_duration_s")  #: how pipelines call the seconds
USUAL_STEPS = 50  # where the signature names none
#: Scripts that tell a song's language, by the codes that models know; others are taken for English.
SCRIPTS = {"ja": re.compile(r"[\u3040-\u30ff]"), "ko": re.compile(r"[\uac00-\ud7af]"), "zh": re.compile(r"[\u3400-\u9fff]"),
           "ru": re.compile(r"[\u0400-\u04ff]")}  # fmt: skip


class Diffused:
    """A loaded pipeline."""

    def __init__(self, name: str, device: str, dtype: str) -> None:
        """Loads it.

        Raises:
            OSError, ValueError, KeyError, AttributeError: there is no such model, or it is none.
            Unmakeable: it makes no sound.
        """
        from diffusers import DiffusionPipeline

        where, kind = placed(device, dtype)
        pipe = DiffusionPipeline.from_pretrained(name, torch_dtype=kind)
        self._name = name
        self._takes = {key: one.default for key, one in inspect.signature(pipe.__call__).parameters.items()}
        self._length = next((key for key in LENGTHS if key in self._takes), "")
        if not self._length:
            raise Unmakeable(_("The model {name} makes no sound.").format(name=name))
        pipe.set_progress_bar_config(disable=True)
        self._pipe: Any = pipe.to(where)

    @property
    def sings(self) -> bool:
        """Whether it takes words to be sung."""
        return "lyrics" in self._takes

    @property
    def most_s(self) -> float:
        """Seconds that it makes at most, as far as it says."""
        config = getattr(getattr(self._pipe, "transformer", None), "config", {})
        vae = getattr(self._pipe.vae, "config", {})
        if self._length != "audio_end_in_s" or not config.get("sample_size"):
            return float("inf")
        return float(config["sample_size"] * getattr(self._pipe.vae, "hop_length", 1) / vae["sampling_rate"])

    def sound(self, order: Order, done: Done) -> Raw:
        """What it plays, and samples a second.

        Raises:
            Unmakeable: it cannot do this.
        """
        import torch

        told = self._told(order, done) | {"generator": torch.Generator("cpu").manual_seed(order.seed)}
        try:
            with torch.inference_mode():
                made = self._pipe(**told).audios[0]
        except ValueError as error:
            raise unable(self._name, error) from error
        audio = made.float().cpu().numpy() if hasattr(made, "cpu") else np.asarray(made)
        return audio, self._rate()

    def _told(self, order: Order, done: Done) -> dict[str, Any]:
        """The arguments, of those that it takes."""
        usual = self._takes.get("num_inference_steps")
        number = usual if isinstance(usual, int) and usual > 0 else USUAL_STEPS

        def tell(_pipe: Any, step: int, _time: Any, kept: dict[str, Any]) -> dict[str, Any]:
            done(min(1.0, (step + 1) / number))
            return kept

        told: dict[str, Any] = {
            "prompt": order.prompt, self._length: order.seconds, "num_inference_steps": number, "lyrics": order.lyrics,
            "callback_on_step_end": tell,
        }  # fmt: skip
        if order.lyrics:
            told["vocal_language"] = next((code for code, script in SCRIPTS.items() if script.search(order.lyrics)), "en")
        if order.tempo:
            told["bpm"] = round(order.tempo)
        if order.key:
            told["keyscale"] = order.key
        if getattr(self._pipe, "is_turbo", False):
            told["guidance_scale"] = 1.0  # it is in the weights
        return {key: value for key, value in told.items() if key in self._takes}

    def _rate(self) -> int:
        """Samples a second."""
        for part in (self._pipe.vae, getattr(self._pipe, "vocoder", None)):
            found = getattr(part, "config", {})
            rate = found.get("sampling_rate") if hasattr(found, "get") else getattr(found, "sampling_rate", None)
            if rate:
                return int(rate)
        raise Unmakeable(_("The model {name} does not say how many samples its sound has a second.").format(name=self._name))
