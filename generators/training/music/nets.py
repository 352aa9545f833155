"""The two networks in torch, for training. `generators.engines.music.nets` runs the same weights; a test holds them together."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from generators.engines.music import steps
from generators.engines.music.cells import MASK, OFFSETS, PLACES_IN_BAR, VOICES, WORDS


class Block(nn.Module):
    """Attention with rotary positions, then a feed-forward layer; both after RMS norms."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.norm1 = nn.RMSNorm(width, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.norm2 = nn.RMSNorm(width, eps=1e-6)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Tensor, turns: tuple[Tensor, Tensor], *, causal: bool, mask: Tensor | None) -> Tensor:
        """One layer.

        Args:
            x: (batch, steps, width).
            turns: cosines and sines, each (steps, width / heads / 2).
            causal: each step sees only itself and earlier ones.
            mask: which steps may be seen, (batch, 1, 1, steps); None: all.
        """
        batch, count, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, count, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(turned(q, turns), turned(k, turns), v, attn_mask=mask, is_causal=causal)
        x = x + functional.dropout(self.out(seen.transpose(1, 2).reshape(batch, count, width)), self.dropout, self.training)
        inner = functional.gelu(self.up(self.norm2(x)), approximate="tanh")
        return x + functional.dropout(self.down(inner), self.dropout, self.training)


def turned(x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary positions (Su et al. 2021, arXiv 2104.09864), halves paired; x is (batch, heads, steps, size)."""
    cos, sin = turns
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * cos - right * sin, left * sin + right * cos), dim=-1)


def turns_of(count: int, size: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of positions 0..count-1, each (count, size / 2)."""
    rates = 10_000.0 ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
    angles = torch.arange(count, dtype=torch.float32)[:, None] * rates
    return angles.cos(), angles.sin()


class Melody(nn.Module):
    """What comes next in a tune: p(pitch | before, place) and p(length | that, pitch)."""

    def __init__(self, width: int = 160, layers: int = 4, heads: int = 4, dropout: float = 0.1) -> None:
        super().__init__()
        self.size = width // heads
        self.pitch = nn.Embedding(steps.PITCHES + 1, width)
        self.length = nn.Embedding(len(steps.LENGTHS) + 1, width)
        self.place = nn.Embedding(steps.PLACES + 1, width)
        self.next_place = nn.Embedding(steps.PLACES, width)
        self.bar = nn.Embedding(steps.BARS, width)
        self.left = nn.Embedding(steps.BARS, width)
        self.kind = nn.Embedding(len(steps.KINDS), width)
        self.metre = nn.Embedding(len(steps.METRES), width)
        self.mode = nn.Embedding(4, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.RMSNorm(width, eps=1e-6)
        self.to_pitch = nn.Linear(width, steps.PITCHES)
        self.chosen = nn.Embedding(steps.PITCHES, width)
        self.mix = nn.Linear(width, width)
        self.to_length = nn.Linear(width, len(steps.LENGTHS))
        _start(self)

    def forward(self, rows: Tensor, before: Tensor, conditions: Tensor) -> tuple[Tensor, Tensor]:
        """Logits for each note.

        Args:
            rows: encoded tunes, (batch, notes, 5).
            before: the notes before, (batch, notes, 3).
            conditions: kind, metre, mode, (batch, 3).

        Returns:
            Of pitches, (batch, notes, PITCHES), and of lengths given the pitch in `rows`, (batch, notes, lengths).
        """
        x = self.pitch(before[..., 0]) + self.length(before[..., 1]) + self.place(before[..., 2])
        x = x + self.next_place(rows[..., steps.PLACE]) + self.bar(rows[..., steps.BAR]) + self.left(rows[..., steps.LEFT])
        whole = self.kind(conditions[:, 0]) + self.metre(conditions[:, 1]) + self.mode(conditions[:, 2])
        x = x + whole[:, None]
        turns = turns_of(x.shape[1], self.size)
        for block in self.blocks:
            x = block(x, turns, causal=True, mask=None)
        x = self.norm(x)
        inner = functional.gelu(self.mix(x + self.chosen(rows[..., steps.PITCH])), approximate="tanh")
        return self.to_pitch(x), self.to_length(inner)


class FourParts(nn.Module):
    """What stands in masked cells of a four-part piece, given all others."""

    def __init__(self, width: int = 192, layers: int = 5, heads: int = 6, dropout: float = 0.1) -> None:
        super().__init__()
        self.size = width // heads
        self.cell = nn.Embedding(VOICES * WORDS, width // 2)
        self.join = nn.Linear(VOICES * width // 2, width)
        self.place = nn.Embedding(PLACES_IN_BAR, width)
        self.close = nn.Embedding(2, width)
        self.mode = nn.Embedding(2, width)
        self.offset = nn.Embedding(OFFSETS, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.RMSNorm(width, eps=1e-6)
        self.to_cells = nn.Linear(width, VOICES * MASK)
        _start(self)

    def forward(self, cells: Tensor, places: Tensor, closes: Tensor, wholes: Tensor, mask: Tensor | None = None) -> Tensor:
        """Logits for each cell.

        Args:
            cells: words, MASK where hidden, (batch, steps, voices).
            places: eighths into the bar, (batch, steps).
            closes: 1 where a phrase closes, (batch, steps).
            wholes: mode (0 major, 1 minor) and offset of the tonic, (batch, 2).
            mask: true where a step is no padding, (batch, steps).

        Returns:
            (batch, steps, voices, MASK).
        """
        batch, count, _ = cells.shape
        voices = torch.arange(VOICES) * WORDS
        x = self.join(self.cell(cells + voices).flatten(2)) + self.place(places) + self.close(closes)
        x = x + (self.mode(wholes[:, 0]) + self.offset(wholes[:, 1]))[:, None]
        turns = turns_of(count, self.size)
        seen = None if mask is None else mask[:, None, None, :]
        for block in self.blocks:
            x = block(x, turns, causal=False, mask=seen)
        logits: Tensor = self.to_cells(self.norm(x))
        return logits.view(batch, count, VOICES, MASK)


def _start(net: nn.Module) -> None:
    for module in net.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=0.04)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
    layers = len(net.blocks)  # type: ignore[arg-type]
    for block in net.blocks:  # type: ignore[union-attr]
        nn.init.normal_(block.out.weight, std=0.04 / (2 * layers) ** 0.5)
        nn.init.normal_(block.down.weight, std=0.04 / (2 * layers) ** 0.5)
