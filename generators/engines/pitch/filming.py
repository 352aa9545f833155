"""A film of a few seconds for a pitch, by any pipeline of diffusers that makes frames (Wan, LTX …), by what it says it takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import lcm
from typing import Any

from PIL import Image

from bot.words import _
from generators.engines.making import Unmakeable
from generators.engines.shared import pipelines
from generators.engines.shared.device import placed
from generators.engines.shared.refusals import unable

USUAL_FPS = 16  # frames a second where a pipeline takes none: Wan's
LEAST_MULTIPLE = 16  #: pixels that a film's sides are multiples of
MOST_FRAMES = 121  # five seconds of 24: what these models were trained on; more repeats itself and takes minutes
USUAL_FRAMES = 81  # where the signature names none
USUAL_AREA = 480 * 832  # pixels of a frame, likewise
MOST_STEPS = 60

Done = Callable[[float], None]  #: told the share that is done, 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What a pipeline takes, and what its frames are like."""

    takes: Mapping[str, Any]  #: its arguments, with what they are where nobody says
    fps: int
    frames: int  #: that it makes at most
    every: int  #: frames are a multiple of this, and one
    multiple: int  #: pixels that sides are multiples of
    area: int  #: pixels of a frame that it was trained on

    @property
    def sees(self) -> bool:
        """Whether it goes on from a picture."""
        return "image" in self.takes


def taking(pipe: Any) -> Taking:
    """What a pipeline takes.

    Raises:
        Unmakeable: it makes no films.
    """
    takes = {key: one.default for key, one in inspect.signature(pipe.__call__).parameters.items()}
    if "num_frames" not in takes:
        raise Unmakeable(_("The model {name} makes no films.").format(name=type(pipe).__name__))

    def number(key: str, usual: int) -> int:
        return takes[key] if isinstance(takes.get(key), int | float) and takes[key] else usual

    patch = getattr(getattr(pipe, "transformer", None), "config", {}).get("patch_size", 1)
    side = int(patch[-1]) if isinstance(patch, list | tuple) else int(patch or 1)
    return Taking(
        takes=takes,
        fps=round(number("frame_rate", USUAL_FPS)),
        frames=min(MOST_FRAMES, number("num_frames", USUAL_FRAMES)),
        every=_named(pipe, "vae_scale_factor_temporal", "vae_temporal_compression_ratio") or 4,
        multiple=lcm(
            LEAST_MULTIPLE,
            (_named(pipe, "vae_scale_factor_spatial", "vae_spatial_compression_ratio", "vae_scale_factor") or 8) * side,
        ),
        area=number("height", 0) * number("width", 0) or USUAL_AREA,
    )


def _named(pipe: Any, *names: str) -> int:
    """The first of a pipeline's own numbers that is there; 0: none."""
    return next((int(value) for name in names if isinstance(value := getattr(pipe, name, None), int | float) and value), 0)


class Film:
    """A model that makes films. Loaded when first used."""

    def __init__(self, name: str, device: str, dtype: str, *, offload: str = "none") -> None:
        """Nothing is loaded yet; the arguments are those of `Diffusion`."""
        self.name = name
        self._where, self._offload = (device, dtype), offload
        self._pipe: Any = None

    def frames(
        self,
        prompt: str,
        picture: Image.Image,
        size: tuple[int, int],
        seconds: float,
        seed: int,
        done: Done,
        *,
        steps: int = 0,
        area: int = 0,
    ) -> tuple[list[Image.Image], int]:
        """Frames, and how many there are in a second.

        Args:
            prompt: what is to be seen.
            picture: to go on from, where the model can.
            size: pixels; the frames have its shape, and as many pixels as the model was trained on.
            seconds: how long; as far as the model goes.
            seed: the same gives the same.
            done: told the share that is done.
            steps: 0: what the pipeline takes by itself.
            area: pixels of a frame; 0: as the model was trained.

        Raises:
            Unmakeable: there is no such model, or it cannot do this.
        """
        pipe = self._loaded()
        can = taking(pipe)
        count = max(1, round(min(seconds * can.fps, can.frames) / can.every)) * can.every + 1
        told = arguments(can, prompt, picture, sized(size, can.multiple, area or can.area), steps, done)
        told |= {"num_frames": count, "generator": seeded(seed)}
        try:
            made = pipe(**told).frames[0]
        except ValueError as error:
            raise unable(self.name, error) from error
        return list(made), can.fps

    def close(self) -> None:
        """Gives memory back."""
        self._pipe = None

    def _loaded(self) -> Any:
        """The pipeline.

        Raises:
            Unmakeable: there is no such model.
        """
        if self._pipe is None:
            device, dtype = placed(*self._where)
            self._pipe = pipelines.settled(pipelines.read(self.name, dtype), device, self._offload)
        return self._pipe


def arguments(
    can: Taking, prompt: str, picture: Image.Image, size: tuple[int, int], steps: int, done: Done
) -> dict[str, Any]:  # fmt: skip
    """What a pipeline is told, of its own arguments."""
    usual = can.takes.get("num_inference_steps")
    number = min(MOST_STEPS, steps or (usual if isinstance(usual, int) else MOST_STEPS))

    def tell(_pipe: Any, step: int, _time: Any, kept: dict[str, Any]) -> dict[str, Any]:
        done(min(1.0, (step + 1) / number))
        return kept

    told: dict[str, Any] = {
        "prompt": prompt, "width": size[0], "height": size[1], "num_inference_steps": number, "output_type": "pil",
        "callback_on_step_end": tell,
    }  # fmt: skip
    if can.sees:
        told["image"] = picture.convert("RGB").resize(size)
    return {key: value for key, value in told.items() if key in can.takes}


def seeded(seed: int) -> Any:
    """A generator of chance on the CPU, whose numbers are the same on every device."""
    import torch

    return torch.Generator("cpu").manual_seed(seed)


def sized(size: tuple[int, int], multiple: int, area: int) -> tuple[int, int]:
    """The size of that shape and about that area whose sides are multiples of a number of pixels."""
    scale = (area / (size[0] * size[1])) ** 0.5
    wide, tall = (max(multiple, round(side * scale / multiple) * multiple) for side in size)
    return wide, tall
