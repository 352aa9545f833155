"""An image LoRA from pictures that a team liked: small matrices beside a diffusion model's attention, in diffusers' own format.

It knows no votes: who calls it chooses pictures and words. For models of the Stable Diffusion 1, 2 and XL families (a UNet that
predicts noise or velocity); others are refused. torch and diffusers are imported when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from bot.domain.errors import Refusal
from bot.words import _

if TYPE_CHECKING:
    from torch import Tensor, nn

TARGETS = ("to_q", "to_k", "to_v", "to_out.0")  #: of each attention, as Hu et al. 2021 (arXiv 2106.09685) and diffusers choose
FEWEST = 4  # pictures: fewer are learnt by heart
SILENT = 0.1  # of the steps are without words, so that guidance still has something to guide away from (Ho & Salimans 2022)


@dataclass(frozen=True, slots=True, kw_only=True)
class Liked:
    """A picture and the words it was made for."""

    picture: Image.Image
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to train."""

    steps: int = 400
    rank: int = 8
    rate: float = 1e-4  #: learning rate, as diffusers' own example for LoRA
    side: int = 0  #: pixels; none: what the model was trained for
    batch: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """Words as a model hears them."""

    words: Tensor  #: shape (1, tokens, width)
    beside: dict[str, Tensor]  #: of the XL family: the whole text, shape (1, width), and the picture's sizes, shape (1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What came of it."""

    before: float  #: mean squared error of the predicted noise on these pictures, same noise before and after
    after: float
    parameters: int


def train(
    base: str, liked: Sequence[Liked], target: Path, plan: Plan, *, device: str = "cpu", report: Callable[[float], None]
) -> Learnt:
    """Trains a LoRA and writes it to `target`, a safetensors file that diffusers and our image engine load.

    Args:
        base: a diffusers model by name or folder.
        liked: at least `FEWEST` pictures.
        target: where to.
        plan: how.
        device: where it runs.
        report: told the share of steps done, 0..1.

    Raises:
        Refusal: too few pictures, or a model of another family.
    """
    import torch

    if len(liked) < FEWEST:
        raise Refusal(
            _("An image style needs at least {least} liked pictures; there are {count}.").format(least=FEWEST, count=len(liked))
        )
    pipe = _pipeline(base, device)
    torch.manual_seed(plan.seed)
    side = plan.side or pipe.unet.config.sample_size * pipe.vae_scale_factor
    with torch.no_grad():
        latents = [_latents(pipe, each.picture, side) for each in liked]
        conditions = [_told(pipe, each.words, side) for each in liked]
        silence = _told(pipe, "", side)
    layers = _dressed(pipe.unet, plan.rank)
    trained = [parameter for layer in layers.values() for parameter in (layer.down, layer.up)]
    before = _error(pipe, latents, conditions, plan.seed)
    _steps(pipe, trained, latents, conditions, silence, plan, report)
    _save(layers, target)
    return Learnt(
        before=before, after=_error(pipe, latents, conditions, plan.seed), parameters=sum(each.numel() for each in trained)
    )


def _steps(
    pipe: Any,
    trained: list[Any],
    latents: list[Any],
    conditions: list[Any],
    silence: Any,
    plan: Plan,
    report: Callable[[float], None],
) -> None:
    """Every step of the training, on a few pictures each, some without their words."""
    import torch

    optimizer = torch.optim.AdamW(trained, plan.rate, weight_decay=1e-2)
    chance = np.random.default_rng(plan.seed)
    for step in range(plan.steps):
        places = chance.integers(0, len(latents), plan.batch)
        words = [silence if chance.random() < SILENT else conditions[place] for place in places]
        seeded = torch.Generator("cpu").manual_seed(plan.seed + step)
        loss = _loss(pipe, torch.cat([latents[place] for place in places]), words, seeded)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        report((step + 1) / plan.steps)


def _pipeline(base: str, device: str) -> Any:
    from diffusers import AutoPipelineForText2Image, DDPMScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline
    from diffusers.utils import logging

    logging.disable_progress_bar()  # `report` tells how far it is
    try:
        pipe = AutoPipelineForText2Image.from_pretrained(base)
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise Refusal(_("The model {name} cannot be loaded: {why}").format(name=base, why=str(error)[:200])) from error
    known = isinstance(pipe, StableDiffusionPipeline | StableDiffusionXLPipeline)
    if not known or pipe.scheduler.config.prediction_type not in ("epsilon", "v_prediction"):
        raise Refusal(
            _(
                "An image style can be learnt for models of the Stable Diffusion 1, 2 and XL families; {name} is of another "
                "({family}). It makes pictures all the same."
            ).format(name=base, family=type(pipe).__name__.removesuffix("Pipeline"))
        )
    for part in pipe.components.values():
        if hasattr(part, "requires_grad_"):
            part.requires_grad_(False)
    # Whatever draws its pictures, it learnt from noise that was mixed in as this one does.
    pipe.scheduler = DDPMScheduler.from_config(pipe.scheduler.config)
    return pipe.to(device)


def _latents(pipe: Any, picture: Image.Image, side: int) -> Tensor:
    """A picture as the model sees it, shape (1, 4, side / 8, side / 8)."""
    import torch
    from PIL import ImageOps

    plane = np.asarray(ImageOps.fit(picture.convert("RGB"), (side, side)), np.float32).transpose(2, 0, 1)[None] / 127.5 - 1
    seen: Tensor = pipe.vae.encode(torch.from_numpy(plane).to(pipe.device)).latent_dist.mean * pipe.vae.config.scaling_factor
    return seen


def _told(pipe: Any, words: str, side: int) -> Told:
    """Words as the model hears them; the XL family is told as well that the picture is whole and as large as it looks."""
    import torch

    heard = pipe.encode_prompt(words, device=pipe.device, num_images_per_prompt=1, do_classifier_free_guidance=False)
    if len(heard) < 4:  # with a second reader there is the whole text as well
        return Told(heard[0], {})
    sizes = torch.tensor([[side, side, 0, 0, side, side]], dtype=heard[0].dtype, device=pipe.device)
    return Told(heard[0], {"text_embeds": heard[2], "time_ids": sizes})


def _loss(pipe: Any, latents: Tensor, conditions: Sequence[Told], chance: Any) -> Tensor:
    """Mean squared error of the prediction at random times (Ho et al. 2020, eq. 14; velocity: Salimans & Ho 2022)."""
    import torch

    noise = torch.randn(latents.shape, generator=chance).to(latents)
    times = torch.randint(0, pipe.scheduler.config.num_train_timesteps, (len(latents),), generator=chance).to(latents.device)
    noisy = pipe.scheduler.add_noise(latents, noise, times)
    wanted = noise if pipe.scheduler.config.prediction_type == "epsilon" else pipe.scheduler.get_velocity(latents, noise, times)
    words = torch.cat([each.words for each in conditions])
    beside = {name: torch.cat([each.beside[name] for each in conditions]) for name in conditions[0].beside}
    prediction = pipe.unet(noisy, times, words, added_cond_kwargs=beside or None).sample
    return torch.nn.functional.mse_loss(prediction, wanted)


def _error(pipe: Any, latents: list[Tensor], conditions: list[Told], seed: int) -> float:
    """The loss over all pictures, with the same noise and times whenever it is asked for."""
    import torch

    chance = torch.Generator("cpu").manual_seed(seed)
    with torch.no_grad():
        return float(
            np.mean(
                [
                    _loss(pipe, seen, [words], chance).item()
                    for seen, words in zip(latents, conditions, strict=True)
                    for _time in range(4)
                ]
            )
        )


def _dressed(unet: nn.Module, rank: int) -> dict[str, Any]:
    """Puts a LoRA on every attention projection: y = W x + B A x with B = 0 at first."""
    import torch
    from torch import nn

    class Worn(nn.Module):
        def __init__(self, own: nn.Linear) -> None:
            super().__init__()
            self.own = own
            self.down = nn.Parameter(torch.randn(rank, own.in_features, device=own.weight.device) / rank)
            self.up = nn.Parameter(torch.zeros(own.out_features, rank, device=own.weight.device))

        def forward(self, x: Tensor) -> Tensor:
            worn: Tensor = self.own(x) + x @ self.down.T @ self.up.T
            return worn

    layers: dict[str, Any] = {}
    for name, module in list(unet.named_modules()):
        if name.endswith(TARGETS) and isinstance(module, nn.Linear):
            parent, _dot, last = name.rpartition(".")
            layers[name] = Worn(module)
            setattr(unet.get_submodule(parent), last, layers[name])
    return layers


def _save(layers: dict[str, Any], target: Path) -> None:
    """Whole or not at all."""
    from safetensors.torch import save_file

    parts = {}
    for name, layer in layers.items():
        parts[f"unet.{name}.lora_A.weight"] = layer.down.detach().cpu().contiguous()
        parts[f"unet.{name}.lora_B.weight"] = layer.up.detach().cpu().contiguous()
    work = target.with_suffix(".part")
    save_file(parts, work)
    work.replace(target)
