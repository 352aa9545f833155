"""What an image pipeline can do is read from what it says of itself; here stand-ins with the signatures of diffusers' own."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PIL", reason="pip install 'muselab[image]'")

from generators.engines.image.capabilities import FEW_STEPS, USUAL_STEPS, Able, able
from generators.engines.image.sizes import aspect_of, at_aspect
from generators.engines.making import Unmakeable


class Part:
    def __init__(self, **config: Any) -> None:
        self.config = config


class Pipeline:
    """A pipeline whose `__call__` is some subclass's."""

    vae_scale_factor = 8

    def __init__(self, *, patch: int = 1, processor: int = 8, scheduler: Any = None, **config: Any) -> None:
        self.config = config
        self.transformer = Part(patch_size=patch)
        self.image_processor = Part(vae_scale_factor=processor)
        self.scheduler = scheduler


class Classic(Pipeline):
    def __call__(
        self, prompt: str = "", num_inference_steps: int = 50, guidance_scale: float = 5.0, negative_prompt: str | None = None
    ) -> None:
        """Stable Diffusion XL's."""


class Qwen(Pipeline):
    def __call__(
        self,
        prompt: str = "",
        negative_prompt: str | None = None,
        true_cfg_scale: float = 4.0,
        num_inference_steps: int = 50,
        guidance_scale: float | None = None,
    ) -> None:
        """Qwen-Image's."""


class Flux(Pipeline):
    def __call__(
        self,
        prompt: str = "",
        negative_prompt: str | None = None,
        true_cfg_scale: float = 1.0,
        num_inference_steps: int = 28,
        guidance_scale: float = 3.5,
    ) -> None:
        """FLUX.1's."""


class Several(Pipeline):
    def __call__(self, image: Any = None, prompt: str = "", num_inference_steps: int = 50, guidance_scale: float = 4.0) -> None:
        """FLUX.2's: pictures are looked at one after another, for one answer."""
        for img in image:
            print(img)


class One(Pipeline):
    def __call__(self, image: Any = None, prompt: str = "", num_inference_steps: int = 28) -> None:
        """FLUX.1 Kontext's: a list is several questions."""
        print(image[0] if isinstance(image, list) else image)


class Changer(Pipeline):
    def __call__(self, prompt: str = "", image: Any = None, strength: float = 0.3, num_inference_steps: int = 50) -> None:
        """An image-to-image pipeline's."""


class LCMScheduler:
    """Of a model that was taught to do with few steps."""


@pytest.mark.parametrize(
    ("pipe", "guidance", "negative", "told"),
    [
        (Classic(), None, "", {}),
        (Classic(), 7.0, "blue", {"guidance_scale": 7.0, "negative_prompt": "blue"}),
        (Qwen(), 3.0, "", {"true_cfg_scale": 3.0, "negative_prompt": " "}),
        (Qwen(), None, "blue", {"negative_prompt": "blue"}),
        (Flux(), 2.0, "blue", {"guidance_scale": 2.0, "negative_prompt": "blue", "true_cfg_scale": 4.0}),
        (Flux(is_distilled=True), None, "", {"guidance_scale": 1.0}),
    ],
)
def test_words_are_followed_as_each_pipeline_is_told_to(pipe: Any, guidance: float | None, negative: str, told: Any) -> None:
    assert able(pipe, "a model").guided(guidance, negative) == told


@pytest.mark.parametrize(
    ("pipe", "name", "steps"),
    [
        (Classic(), "base", 50),
        (Flux(), "base", 28),
        (Flux(num_inference_steps=8), "base", 8),  # its own configuration
        (Flux(is_distilled=True), "base", FEW_STEPS),
        (Flux(is_distilled=False), "FLUX.1-schnell", FEW_STEPS),
        (Classic(scheduler=LCMScheduler()), "base", FEW_STEPS),
    ],
)
def test_steps_are_the_model_s_own(pipe: Any, name: str, steps: int) -> None:
    assert able(pipe, name).steps == steps


def test_a_pipeline_that_says_nothing_of_steps_has_the_usual() -> None:
    class Mute(Pipeline):
        def __call__(self, prompt: str = "") -> None:
            """Nothing but words."""

    assert able(Mute(), "x").steps == USUAL_STEPS


@pytest.mark.parametrize(
    ("pipe", "multiple"),
    [(Classic(), 16), (Flux(processor=16), 16), (Classic(processor=32), 32), (Classic(patch=4), 32), (Classic(patch=3), 48)],
)
def test_sizes_are_multiples_of_what_a_model_looks_at_together(pipe: Any, multiple: int) -> None:
    assert able(pipe, "x").multiple == multiple


@pytest.mark.parametrize(
    ("pipe", "edits", "several"),
    [(Several(), True, True), (One(), True, False), (Changer(), False, False), (Classic(), False, False)],
)
def test_edit_models_are_known_by_what_they_do_with_pictures(pipe: Any, edits: bool, several: bool) -> None:
    can: Able = able(pipe, "x")

    assert (can.edits, can.several) == (edits, several)


@pytest.mark.parametrize(("told", "size"), [("16:9", (1360, 768)), ("1:1", (1024, 1024)), ("9x16", (768, 1360)), ("", None)])
def test_a_shape_has_as_many_pixels_as_a_square(told: str, size: tuple[int, int] | None) -> None:
    assert at_aspect(aspect_of(told), 1024) == size


@pytest.mark.parametrize("told", ["wide", "16:0", "100:1", "1:5"])
def test_what_is_no_shape_is_refused(told: str) -> None:
    with pytest.raises(Unmakeable, match="is no shape"):
        aspect_of(told)
