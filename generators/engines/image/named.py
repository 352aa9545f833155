"""The models that the settings name for pictures and for models in space; nothing of them is loaded here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from generators.engines.image.diffusion import Diffusion
    from generators.engines.image.foreign import Foreign
    from generators.engines.image.latent import Latent
    from generators.engines.image.modelled import Sculptor

EMBEDDED = "embedded"


class Settings(Protocol):
    """What this engine needs of the configuration."""

    image: str  #: "embedded", a diffusers model by name or folder, or the URL of a service that speaks OpenAI's `/v1/images`
    solid: str  #: models in space: "embedded", or a diffusers model that makes meshes, by name or folder
    device: str
    dtype: str
    offload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """None: the embedded parts do it."""

    diffusion: Diffusion | Foreign | None = None
    latent: Latent | None = None
    sculptor: Sculptor | None = None


def models(settings: Settings) -> Models:
    """The models. What boards do not need is imported where it is named."""
    diffusion, latent = _pictures(settings)
    if settings.solid == EMBEDDED:
        return Models(diffusion=diffusion, latent=latent)
    from generators.engines.image.modelled import Sculptor

    sculptor = Sculptor(settings.solid, settings.device, settings.dtype)
    return Models(diffusion=diffusion, latent=latent, sculptor=sculptor)


def _pictures(settings: Settings) -> tuple[Diffusion | Foreign | None, Latent | None]:
    if settings.image == EMBEDDED:
        return None, None
    from generators.engines.image.diffusion import Diffusion
    from generators.engines.image.foreign import Foreign
    from generators.engines.image.latent import Latent, is_vae
    from generators.engines.shared.foreign import Server

    server = Server.named(settings.image)
    if server is not None:
        return Foreign(server), None
    if is_vae(settings.image):
        return None, Latent(settings.image, settings.device, settings.dtype)
    return Diffusion(settings.image, settings.device, settings.dtype, offload=settings.offload), None
