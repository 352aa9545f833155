"""Any diffusers model by name or folder: pictures from text, from a picture, into a part of one; and bare VAEs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from bot.words import _
from generators.engines.making import Unmakeable
from generators.engines.shared.device import placed

SIZES = range(64, 2049)  # pixels: below nothing is seen, above no model was trained
MULTIPLE = 16  #: latents are 8 times smaller, and transformers look at two by two of them
MOST_STEPS = 150  # beyond, no scheduler gains anything
USUAL_STEPS = 30
#: Models that were taught to do with a few steps and without guidance say so in their name: FLUX.1-schnell, sdxl-turbo …
FEW_STEPS, SWIFT = 4, re.compile(r"schnell|turbo|lightning|hyper-?sd|\blcm\b|dmd2?\b", re.IGNORECASE)
Steps = Callable[[float], None]  #: told the share that is done, 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How pictures are to be made."""

    prompt: str
    negative: str = ""
    count: int = 1
    seed: int = 0
    steps: int = 0  #: none: what such a model needs
    size: tuple[int, int] | None = None  #: width, height, pixels; none: what the model was trained for
    guidance: float | None = None  #: how closely to follow the words; none: what the model is used to
    strength: float = 0.7  #: of a change to a picture, 0 none .. 1 all
    batch: int = 1  #: pictures at a time: more is faster and needs more memory


class Diffusion:
    """A text-to-image model. Loaded when first used; its image-to-image and inpainting share the weights."""

    def __init__(self, name: str, device: str, dtype: str, *, offload: str = "none") -> None:
        """Nothing is loaded yet.

        Args:
            name: on the hub, or a folder.
            device: "auto", "cpu", "cuda" …
            dtype: "auto", "float32", "bfloat16", "float16".
            offload: "none", "model" or "sequential": parts wait in main memory until they are needed; slower, for small GPUs.
        """
        self.name = name
        self._where, self._offload = (device, dtype), offload
        self._pipe: Any = None
        self._others: dict[str, Any] = {}
        self._before: dict[str, Any] = {}  #: weights that an adapter changed, as they were
        self._adapter = ""

    def pictures(self, wish: Wish, steps: Steps) -> Iterator[Image.Image]:
        """From words alone."""
        size = {} if wish.size is None else {"width": wish.size[0], "height": wish.size[1]}
        yield from self._run(self._loaded(), wish, steps, **size)

    def changed(self, picture: Image.Image, wish: Wish, steps: Steps) -> Iterator[Image.Image]:
        """A picture made anew after words."""
        whole, pipe = fitting(picture, wish.size), self._other("Image2Image")
        size = {"width": whole.width, "height": whole.height}  # some families know no other size than their own without it
        yield from self._run(pipe, wish, steps, image=whole, strength=wish.strength, **size)

    def filled(self, picture: Image.Image, mask: Image.Image, wish: Wish, steps: Steps) -> Iterator[Image.Image]:
        """The part of a picture that is white in the mask, made anew; the rest stays as it was, to the pixel."""
        whole = fitting(picture, wish.size)
        part = mask.convert("L").resize(whole.size)
        size = {"width": whole.width, "height": whole.height}
        pipe = self._other("Inpainting")
        for made in self._run(pipe, wish, steps, image=whole, mask_image=part, strength=wish.strength, **size):
            yield Image.composite(made.convert("RGB").resize(whole.size), whole, part)

    def _run(self, pipe: Any, wish: Wish, steps: Steps, **given: Any) -> Iterator[Image.Image]:
        """Batches until there are enough. Every picture has a seed of its own, so that a batch changes nothing.

        What the pipeline does not take is not given to it.
        """
        import inspect

        import torch

        takes = inspect.signature(pipe.__call__).parameters
        swift = SWIFT.search(Path(self.name).name) is not None
        number = wish.steps or (FEW_STEPS if swift else USUAL_STEPS)
        told: dict[str, Any] = {"prompt": wish.prompt, "num_inference_steps": number}
        told |= {name: value for name, value in given.items() if name in takes}
        if "strength" in told:
            told["strength"] = max(told["strength"], 1.0 / number + 1e-6)  # less than a step is none, and no pipeline makes none
        if wish.negative and "negative_prompt" in takes:
            told["negative_prompt"] = wish.negative
        if wish.guidance is not None or swift:
            told["guidance_scale"] = 1.0 if wish.guidance is None else wish.guidance
        for start in range(0, wish.count, wish.batch):
            several = min(wish.batch, wish.count - start)

            def tell(
                _pipe: Any, step: int, _time: Any, kept: dict[str, Any], start: int = start, several: int = several
            ) -> dict[str, Any]:
                steps((start + several * min(1.0, (step + 1) / number)) / wish.count)
                return kept

            if "callback_on_step_end" in takes:
                told["callback_on_step_end"] = tell
            seeds = [torch.Generator("cpu").manual_seed(wish.seed + start + place) for place in range(several)]
            try:
                made = pipe(**told, num_images_per_prompt=several, generator=seeds)
            except ValueError as error:
                raise Unmakeable(
                    _("The model {name} cannot do this: {why}").format(name=self.name, why=str(error)[:200])
                ) from error
            yield from made.images

    def _loaded(self) -> Any:
        """The pipeline.

        Raises:
            Unmakeable: there is no such model, or it is none.
        """
        if self._pipe is None:
            from diffusers import AutoPipelineForText2Image

            device, dtype = placed(*self._where)
            try:
                pipe = AutoPipelineForText2Image.from_pretrained(self.name, torch_dtype=dtype)
            except (OSError, ValueError, KeyError, AttributeError) as error:
                raise Unmakeable(
                    _("The model {name} cannot be loaded: {why}").format(name=self.name, why=str(error)[:200])
                ) from error
            pipe.set_progress_bar_config(disable=True)
            if self._offload == "model" and device != "cpu":
                pipe.enable_model_cpu_offload(device=device)
            elif self._offload == "sequential" and device != "cpu":
                pipe.enable_sequential_cpu_offload(device=device)
            else:
                pipe = pipe.to(device)
            self._pipe = pipe
        return self._pipe

    def _other(self, kind: str) -> Any:
        """The same weights in another pipeline."""
        if kind not in self._others:
            import diffusers

            try:
                pipe = getattr(diffusers, f"AutoPipelineFor{kind}").from_pipe(self._loaded())
            except ValueError as error:
                raise Unmakeable(
                    _("The model {name} cannot do this: {why}").format(name=self.name, why=str(error)[:200])
                ) from error
            pipe.set_progress_bar_config(disable=True)
            self._others[kind] = pipe
        return self._others[kind]

    def adapt(self, adapter: str) -> None:
        """Puts on an image LoRA (`learning.pictures`; a safetensors file), or takes it off with an empty name.

        Raises:
            Unmakeable: it cannot be read or is for another model.
        """
        if adapter == self._adapter:
            return
        modules = dict(self._loaded().unet.named_modules()) if hasattr(self._loaded(), "unet") else {}
        for name, weight in self._before.items():
            modules[name].weight.data.copy_(weight)
        self._before, self._adapter = {}, ""
        if not adapter:
            return
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            parts = load_file(Path(adapter))
        except (OSError, SafetensorError) as error:
            raise Unmakeable(_("The adapter {name} cannot be read.").format(name=Path(adapter).name)) from error
        for key in parts:
            name = key.removeprefix("unet.").removesuffix(".lora_A.weight")
            if not key.endswith(".lora_A.weight"):
                continue
            up = parts.get(key.replace("lora_A", "lora_B"))
            module = modules.get(name)
            if module is None or up is None or module.weight.shape != (up.shape[0], parts[key].shape[1]):
                raise Unmakeable(_("The adapter {name} is for another model.").format(name=Path(adapter).name))
            self._before[name] = module.weight.data.clone()
            module.weight.data += (up.float() @ parts[key].float()).to(module.weight)
        self._adapter = adapter

    def close(self) -> None:
        """Gives memory back. Safe to call twice."""
        self._pipe, self._others, self._before, self._adapter = None, {}, {}, ""


class Latent:
    """A bare VAE of diffusers: a picture is taken apart into latents, shaken or mixed, and put together again."""

    def __init__(self, name: str, device: str, dtype: str) -> None:
        self.name = name
        self._where = (device, dtype)
        self._vae: Any = None

    def varied(self, picture: Image.Image, strength: float, seed: int) -> Image.Image:
        """The same picture with noise of `strength` standard deviations in its latents."""
        import torch

        latents = self._taken_apart(picture)
        noise = torch.randn(latents.shape, generator=torch.Generator("cpu").manual_seed(seed)).to(latents)
        return self._put_together(latents + strength * latents.std() * noise)

    def mixed(self, one: Image.Image, other: Image.Image, share: float) -> Image.Image:
        """Between two pictures: `share` of the other."""
        return self._put_together(
            torch_lerp(self._taken_apart(one), self._taken_apart(other.resize(fitting(one, None).size)), share)
        )

    def _taken_apart(self, picture: Image.Image) -> Any:
        import numpy as np
        import torch

        plane = np.asarray(fitting(picture, None).convert("RGB"), np.float32).transpose(2, 0, 1)[None] / 127.5 - 1
        vae = self._loaded()
        with torch.inference_mode():
            return vae.encode(torch.from_numpy(plane).to(vae.device, vae.dtype)).latent_dist.mean

    def _put_together(self, latents: Any) -> Image.Image:
        import torch

        with torch.inference_mode():
            plane = self._loaded().decode(latents).sample[0].float().cpu()
        return Image.fromarray(((plane.permute(1, 2, 0).clamp(-1, 1) + 1) * 127.5).round().byte().numpy())

    def _loaded(self) -> Any:
        if self._vae is None:
            from diffusers import AutoencoderKL

            device, dtype = placed(*self._where)
            try:
                self._vae = AutoencoderKL.from_pretrained(self.name, torch_dtype=dtype).to(device).eval()
            except (OSError, ValueError) as error:
                raise Unmakeable(
                    _("The model {name} cannot be loaded: {why}").format(name=self.name, why=str(error)[:200])
                ) from error
        return self._vae

    def close(self) -> None:
        """Gives memory back. Safe to call twice."""
        self._vae = None


def torch_lerp(one: Any, other: Any, share: float) -> Any:
    """Between two tensors."""
    return one + (other - one) * share


def is_vae(name: str) -> bool:
    """Whether a folder holds a bare VAE and not a whole pipeline."""
    told = Path(name) / "config.json"
    return (
        told.is_file() and "AutoencoderKL" in told.read_text(encoding="utf-8") and not (Path(name) / "model_index.json").exists()
    )


def fitting(picture: Image.Image, size: tuple[int, int] | None) -> Image.Image:
    """A picture in a size whose sides are multiples of 16, its own or a wanted one."""
    wide, tall = size or picture.size
    return picture.convert("RGB").resize((max(64, wide // MULTIPLE * MULTIPLE), max(64, tall // MULTIPLE * MULTIPLE)))


def size_of(told: str) -> tuple[int, int] | None:
    """`1024x768` as numbers; nothing for nothing.

    Raises:
        Unmakeable: it is no size, or one that no model makes.
    """
    if not told or told == "auto":
        return None
    found = re.fullmatch(r"(\d{2,4})\s*[x×]\s*(\d{2,4})", told.strip())
    sides = tuple(int(side) for side in found.groups()) if found else ()
    if len(sides) != 2 or any(side not in SIZES for side in sides):
        raise Unmakeable(
            _("“{size}” is no size. Write width x height in pixels from {least} to {most}, for example 1024x768.").format(
                size=told[:20], least=SIZES.start, most=SIZES.stop - 1
            )
        )
    return sides[0] // MULTIPLE * MULTIPLE, sides[1] // MULTIPLE * MULTIPLE
