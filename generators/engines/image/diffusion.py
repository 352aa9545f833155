"""Any diffusers model by name or folder: pictures from text, from a picture, into a part of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from bot.words import _
from generators.engines.image.capabilities import MOST_STEPS, Able, able
from generators.engines.image.sizes import at_aspect, fitting
from generators.engines.making import Unmakeable
from generators.engines.shared import pipelines
from generators.engines.shared.device import placed
from generators.engines.shared.refusals import unable

SQUARE = 1024  # pixels of a side that models are trained for which say no other
EFFORTS = {"low": 0.5, "medium": 1.0, "high": 1.5, "xhigh": 2.0, "max": 3.0}  #: OpenAI's words, as shares of the usual steps
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
    aspect: float = 0.0  #: width by height, where no size is told; none: the model's own
    guidance: float | None = None  #: how closely to follow the words; none: what the model is used to
    strength: float = 0.7  #: of a change to a picture, 0 none .. 1 all
    batch: int = 1  #: pictures at a time: more is faster and needs more memory
    effort: str = ""  #: one of EFFORTS: as a share of the steps that such a model needs; none: all of them
    fidelity: str = ""  #: "high": most of a picture that is changed stays; a pipeline that has a strength is told so by that


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
        self._known: dict[type, Able] = {}

    def pictures(self, wish: Wish, steps: Steps) -> Iterator[Image.Image]:
        """From words alone."""
        pipe = self._loaded()
        size = self._size(pipe, wish.size or at_aspect(wish.aspect, _side(pipe)))
        yield from self._run(pipe, wish, steps, **({} if size is None else {"width": size[0], "height": size[1]}))

    def changed(self, pictures: Sequence[Image.Image], wish: Wish, steps: Steps) -> Iterator[Image.Image]:
        """A picture made anew after words; of an edit model one of two or more.

        Raises:
            Unmakeable: it makes nothing of several pictures.
        """
        own = self._able(self._loaded())
        if len(pictures) > 1 and not own.several:
            raise Unmakeable(_("The model {name} makes one picture anew, not several together.").format(name=self.name))
        pipe = self._loaded() if own.edits else self._other("Image2Image")
        first = fitting(pictures[0], self._size(pipe, wish.size or pictures[0].size))
        size = {"width": first.width, "height": first.height}  # some families know no other size than their own without it
        several = [first, *(each.convert("RGB") for each in pictures[1:])]
        yield from self._run(pipe, wish, steps, image=several if own.several else first, strength=wish.strength, **size)

    def filled(self, picture: Image.Image, mask: Image.Image, wish: Wish, steps: Steps) -> Iterator[Image.Image]:
        """The part of a picture that is white in the mask, made anew; the rest stays as it was, to the pixel."""
        pipe = self._other("Inpainting")
        whole = fitting(picture, self._size(pipe, wish.size or picture.size))
        part = mask.convert("L").resize(whole.size)
        size = {"width": whole.width, "height": whole.height}
        for made in self._run(pipe, wish, steps, image=whole, mask_image=part, strength=wish.strength, **size):
            yield Image.composite(made.convert("RGB").resize(whole.size), whole, part)

    def _able(self, pipe: Any) -> Able:
        if type(pipe) not in self._known:
            self._known[type(pipe)] = able(pipe, self.name)
        return self._known[type(pipe)]

    def _size(self, pipe: Any, size: tuple[int, int] | None) -> tuple[int, int] | None:
        """A size that this pipeline can make: sides are multiples of its own."""
        if size is None:
            return None
        own = self._able(pipe).multiple
        return max(own, size[0] // own * own), max(own, size[1] // own * own)

    def _run(self, pipe: Any, wish: Wish, steps: Steps, **given: Any) -> Iterator[Image.Image]:
        """Batches until there are enough. Every picture has a seed of its own, so that a batch changes nothing.

        Raises:
            Unmakeable: the model knows nothing of what is wished for, or cannot do it.
        """
        import torch

        can = self._able(pipe)
        self._refuse_unknown(can, wish)
        number = wish.steps or min(MOST_STEPS, max(1, round(can.steps * EFFORTS.get(wish.effort, 1.0))))
        told: dict[str, Any] = {"prompt": wish.prompt, "num_inference_steps": number}
        told |= {name: value for name, value in given.items() if name in can.takes}
        if "strength" in told:
            told["strength"] = max(told["strength"], 1.0 / number + 1e-6)  # less than a step is none, and no pipeline makes none
        told |= can.guided(wish.guidance, wish.negative)
        for start in range(0, wish.count, wish.batch):
            several = min(wish.batch, wish.count - start)

            def tell(
                _pipe: Any, step: int, _time: Any, kept: dict[str, Any], start: int = start, several: int = several
            ) -> dict[str, Any]:
                steps((start + several * min(1.0, (step + 1) / number)) / wish.count)
                return kept

            if "callback_on_step_end" in can.takes:
                told["callback_on_step_end"] = tell
            seeds = [torch.Generator("cpu").manual_seed(wish.seed + start + place) for place in range(several)]
            try:
                made = pipe(**told, num_images_per_prompt=several, generator=seeds)
            except ValueError as error:
                raise unable(self.name, error) from error
            yield from made.images

    def _refuse_unknown(self, can: Able, wish: Wish) -> None:
        """Nothing that is wished for is passed over in silence."""
        if wish.negative and not can.negative:
            raise Unmakeable(_("The model {name} knows no words for what is not wanted. Leave them out.").format(name=self.name))
        if wish.guidance is not None and not can.guidance:
            raise Unmakeable(_("The model {name} cannot be told how closely to follow the words.").format(name=self.name))

    def _loaded(self) -> Any:
        """The pipeline.

        Raises:
            Unmakeable: there is no such model, or it is none.
        """
        if self._pipe is None:
            device, dtype = placed(*self._where)
            self._pipe = pipelines.settled(pipelines.read(self.name, dtype, pipeline_of), device, self._offload)
        return self._pipe

    def _other(self, kind: str) -> Any:
        """The same weights in another pipeline."""
        if kind not in self._others:
            import diffusers

            try:
                pipe = getattr(diffusers, f"AutoPipelineFor{kind}").from_pipe(self._loaded())
            except ValueError as error:
                raise unable(self.name, error) from error
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


def _side(pipe: Any) -> int:
    """Pixels of the square that a model was trained for."""
    parts = [getattr(pipe, part, None) for part in ("unet", "transformer")]
    told = [getattr(getattr(part, "config", None), "sample_size", None) for part in parts]
    samples = [getattr(pipe, "default_sample_size", None), *told]
    sample = next((each for each in samples if isinstance(each, int) and each), 0)
    return sample * int(getattr(pipe, "vae_scale_factor", 8)) if sample else SQUARE


def pipeline_of(name: str, dtype: Any) -> Any:
    """A model's pipeline for words, or that which its own index names, where diffusers knows none for words alone.

    Raises:
        OSError, ValueError, KeyError, AttributeError: there is no such model, or it is none.
    """
    from diffusers import AutoPipelineForText2Image

    try:
        return AutoPipelineForText2Image.from_pretrained(name, torch_dtype=dtype)
    except ValueError:  # edit models, and classes that the automatic choice lacks
        return pipelines.whole(name, dtype)
