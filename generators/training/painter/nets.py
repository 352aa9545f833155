"""The painter and its critic: a small U-Net conditioned on words, style and palette, and a patch discriminator."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

WORDS = 384  #: length of a sentence vector
STYLES = 4  #: a fifth place says "any"
PALETTE = 16  #: four colours of red, green, blue, share; a seventeenth place says "given"
CONDITION = WORDS + STYLES + 1 + PALETTE + 1
WIDTHS = (24, 48, 96, 160, 192)  #: channels at full size, 1/2, 1/4, 1/8, 1/16


def condition(words: Tensor, style: Tensor, palette: Tensor) -> Tensor:
    """What steers the painter, in one row each.

    Args:
        words: sentence vectors of unit length, or zeros for "unsaid", shape (batch, WORDS).
        style: 0..STYLES-1, or STYLES for "any", shape (batch,).
        palette: shape (batch, 4, 4); all zeros for "free".

    Returns:
        Shape (batch, CONDITION).
    """
    flat = palette.flatten(1)
    given = (flat.abs().sum(1, keepdim=True) > 0).to(flat.dtype)
    return torch.cat([words * WORDS**0.5, functional.one_hot(style, STYLES + 1).to(flat.dtype), flat, given], 1)


class Steered(nn.Module):
    """A convolution whose channels are scaled and shifted by the condition (FiLM, Perez et al. 2018, arXiv 1709.07871)."""

    def __init__(self, given: int, made: int, steer: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(given, made, 3, padding=1)
        self.norm = nn.GroupNorm(8, made, affine=False)
        self.film = nn.Linear(steer, 2 * made)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Shapes (batch, given, h, w), (batch, steer) -> (batch, made, h, w)."""
        scale, shift = self.film(c)[..., None, None].chunk(2, 1)
        return functional.silu(self.norm(self.conv(x)) * (1 + scale) + shift)


class Painter(nn.Module):
    """Colours a line drawing. Fully convolutional: any side that is a multiple of 16."""

    def __init__(self, steer: int = 128) -> None:
        super().__init__()
        self.steer = nn.Sequential(nn.Linear(CONDITION, 192), nn.SiLU(), nn.Linear(192, steer), nn.SiLU())
        self.first = nn.Conv2d(1, WIDTHS[0], 3, padding=1)
        pairs = list(pairwise(WIDTHS))
        self.down = nn.ModuleList(nn.Conv2d(a, b, 4, stride=2, padding=1) for a, b in pairs)
        self.calm = nn.ModuleList(nn.GroupNorm(8, b) for _a, b in pairs)
        self.middle = nn.ModuleList(Steered(WIDTHS[-1], WIDTHS[-1], steer) for _ in range(2))
        self.up = nn.ModuleList(Steered(a + b, a, steer) for a, b in reversed(pairs))
        self.last = nn.Conv2d(WIDTHS[0], 4, 3, padding=1)

    def forward(self, lines: Tensor, c: Tensor) -> Tensor:
        """Paints.

        Args:
            lines: 0 paper .. 1 ink, shape (batch, 1, side, side).
            c: from `condition`.

        Returns:
            Premultiplied red, green, blue and alpha, 0..1, shape (batch, 4, side, side).
        """
        c = self.steer(c)
        x = functional.silu(self.first(lines))
        kept = []
        for down, calm in zip(self.down, self.calm, strict=True):
            kept.append(x)
            x = functional.silu(calm(down(x)))
        for block in self.middle:
            x = x + block(x, c)
        for block, skip in zip(self.up, reversed(kept), strict=True):
            x = block(torch.cat([functional.interpolate(x, scale_factor=2.0, mode="nearest"), skip], 1), c)
        return torch.sigmoid(self.last(x))


class Critic(nn.Module):
    """Says for every patch how real a painting of these lines looks (PatchGAN, Isola et al. 2017, arXiv 1611.07004)."""

    def __init__(self) -> None:
        super().__init__()
        sizes = (6, 32, 64, 128)  # painting on white, its alpha and its lines, and a constant plane of ones for the edges
        self.layers = nn.ModuleList(
            nn.utils.parametrizations.spectral_norm(nn.Conv2d(a, b, 4, stride=2, padding=1)) for a, b in pairwise(sizes)
        )
        self.verdict = nn.Conv2d(128, 1, 3, padding=1)
        self.match = nn.Linear(CONDITION, 128)  # projection discriminator, Miyato & Koyama 2018 (arXiv 1802.05637)

    def forward(self, painting: Tensor, lines: Tensor, c: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Verdicts (batch, 1, side/8, side/8), higher is more real, and the features on the way."""
        white = painting[:, :3] + 1 - painting[:, 3:]
        x = torch.cat([white, painting[:, 3:], lines, torch.ones_like(lines)], 1) * 2 - 1
        seen = []
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.2)
            seen.append(x)
        return self.verdict(x) + (x * self.match(c)[..., None, None]).mean(1, keepdim=True), seen
