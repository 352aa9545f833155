"""What a loaded image pipeline can do, read from its own signature and configuration: no model is known here by its name alone."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import lcm
from pathlib import Path
from typing import Any

USUAL_STEPS = 30  # where neither the pipeline nor its configuration says how many
FEW_STEPS = 4  # of models that were taught to do with few
MOST_STEPS = 150  # beyond, no scheduler gains anything
LEAST_MULTIPLE = 16  #: latents are 8 times smaller, and transformers look at two by two of them
TRUE_GUIDANCE = 4.0  # how closely words that are not wanted are heeded where a model computes that anew; Qwen-Image's own
GUIDANCE = ("guidance_scale", "true_cfg_scale")
#: Models that were taught to do with a few steps and without guidance, and say so in their name alone.
SWIFT = re.compile(r"schnell|turbo|lightning|hyper-?sd|\blcm\b|dmd2?\b", re.IGNORECASE)
SWIFT_SCHEDULERS = ("LCMScheduler", "TCDScheduler")  # that are of no use to other models
#: How a pipeline says in its code that several pictures are one question, and not one question each.
SEVERAL = re.compile(r"\bfor \w+(?:, \w+)? in (?:enumerate\()?(?:image|input_images)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Able:
    """What one pipeline takes, and what it needs."""

    takes: Mapping[str, Any]  #: its arguments, with what they are where nobody says
    guidance: str  #: the argument that says how closely words are followed; empty: there is none
    swift: bool  #: it was taught to do with a few steps and without guidance
    steps: int  #: what it needs
    multiple: int  #: pixels that a picture's sides are multiples of
    edits: bool  #: it makes a picture anew by itself, without another pipeline for it
    several: bool  #: it makes one picture of two or more

    @property
    def negative(self) -> bool:
        """Whether it knows words for what is not wanted."""
        return "negative_prompt" in self.takes

    def guided(self, guidance: float | None, negative: str) -> dict[str, Any]:
        """The arguments that say how closely to follow the words, and which are not wanted."""
        told: dict[str, Any] = {}
        if guidance is not None:
            told[self.guidance] = guidance
        elif self.swift and self.guidance:
            told[self.guidance] = 1.0
        if negative:
            told["negative_prompt"] = negative
            if "true_cfg_scale" in self.takes and self.guidance != "true_cfg_scale":  # else nothing looks at these words
                told["true_cfg_scale"] = TRUE_GUIDANCE
        elif self.guidance == "true_cfg_scale" and self.negative and not self.swift:
            told["negative_prompt"] = " "  # without any, such a model follows nothing closely
        return told


def able(pipe: Any, name: str) -> Able:
    """What a pipeline can do.

    Args:
        pipe: of diffusers, loaded.
        name: of the model, on the hub or a folder.
    """
    takes = {key: one.default for key, one in inspect.signature(pipe.__call__).parameters.items()}
    swift = _is_swift(pipe, name)
    usual = takes.get("num_inference_steps")
    steps = FEW_STEPS if swift else usual if isinstance(usual, int) and usual > 0 else USUAL_STEPS
    picture = "image" in takes and "strength" not in takes and "mask_image" not in takes
    return Able(
        takes=takes,
        guidance=next((key for key in GUIDANCE if isinstance(takes.get(key), int | float)), ""),
        swift=swift,
        steps=min(MOST_STEPS, _told(pipe, "num_inference_steps") or steps),
        multiple=_multiple(pipe),
        edits=picture,
        several=picture and SEVERAL.search(inspect.getsource(type(pipe).__call__)) is not None,
    )


def _is_swift(pipe: Any, name: str) -> bool:
    """By a flag in model_index.json, by the model's scheduler, or by its name."""
    if any(_config(pipe).get(flag) for flag in ("is_distilled", "distilled", "guidance_distilled")):
        return True
    scheduler = type(getattr(pipe, "scheduler", None)).__name__
    return scheduler in SWIFT_SCHEDULERS or SWIFT.search(Path(name).name) is not None


def _multiple(pipe: Any) -> int:
    """By what its own picture processor makes sizes fit, and by how many latents its transformer looks at together."""
    latent = int(getattr(pipe, "vae_scale_factor", 8) or 8)
    processor = int(_config(getattr(pipe, "image_processor", None)).get("vae_scale_factor", 0) or 0)
    patch = _config(getattr(pipe, "transformer", None)).get("patch_size", 1)
    sides = patch if isinstance(patch, list | tuple) else (patch,)
    return lcm(LEAST_MULTIPLE, processor or latent, *(latent * int(side or 1) for side in sides[-2:]))


def _told(pipe: Any, key: str) -> int:
    """A number in the pipeline's own configuration; 0: it tells none."""
    found = _config(pipe).get(key)
    return found if isinstance(found, int) and found > 0 else 0


def _config(part: Any) -> Mapping[str, Any]:
    found = getattr(part, "config", None)
    return found if isinstance(found, Mapping) else {}
