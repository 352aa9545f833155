"""A bare VAE of diffusers: pictures taken apart into latents, shaken or mixed, and put together again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from generators.engines.image.sizes import fitting
from generators.engines.shared.device import placed
from generators.engines.shared.refusals import unloadable


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
                raise unloadable(self.name, error) from error
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
